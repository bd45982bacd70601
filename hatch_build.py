"""The README as a package index shows it, which has none of the files that it links to.

Links become addresses below ``Repository`` of ``[project.urls]``, at the tag of the version. As long as the project
states none there, links are their words alone and the picture is left out, so that nothing on the page is dead.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_LINK = re.compile(r"(?P<picture>!?)\[(?P<words>[^\]]*)\]\((?P<target>(?!https?://|#)[^)\s]+)\)")
_CODE = re.compile(r"(^```.*?^```$|`[^`\n]*`)", re.MULTILINE | re.DOTALL)


class CustomMetadataHook(MetadataHookInterface):
    """Adds the README to the metadata of the distribution."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set ``readme``."""
        text = (Path(self.root) / "README.md").read_text("utf-8")
        repository = metadata.get("urls", {}).get("Repository", "")
        metadata["readme"] = {"content-type": "text/markdown", "text": for_index(text, repository, _version(self.root))}


def _version(root: str) -> str:
    text = (Path(root) / "archspec" / "_version.py").read_text("utf-8")
    found = re.search(r'__version__ = "([^"]+)"', text)
    if found is None:
        raise ValueError("archspec/_version.py states no version")
    return found[1]


def for_index(text: str, repository: str, version: str) -> str:
    """The README with links that work anywhere; code is left alone."""
    address = repository.rstrip("/")

    def link(match: re.Match[str]) -> str:
        words, target = match["words"], match["target"]
        if not address:
            return "" if match["picture"] else words
        kind = "raw" if match["picture"] else "blob"
        return f"{match['picture']}[{words}]({address}/{kind}/v{version}/{target})"

    parts = _CODE.split(text)
    return "".join(part if place % 2 else _LINK.sub(link, part) for place, part in enumerate(parts))
