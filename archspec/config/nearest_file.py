"""The file that configures a folder: the nearest, from the folder up to the root of the file system.

Every check looks for it and most folders have none, so a folder is asked about once, and costs two questions.
"""

# ruff: noqa: PTH113, PTH118, PTH120, PTH123 -- importing pathlib takes longer than reading a spec

from __future__ import annotations

import os
import re

OWN, SHARED = "archspec.toml", "pyproject.toml"
"""Our own file, and one with a table ``[tool.archspec]``. The first takes precedence."""
_TABLE = rb"""(?m)^(?:\xef\xbb\xbf)?[ \t]*(?:\[?[ \t]*["']?tool\b.*archspec|["']?archspec["']?[ \t]*(?:\.|=[ \t]*\{))"""
"""How a line in the table may begin: most projects need no TOML parser."""


def nearest_file(folder: str, known: dict[str, str | None]) -> str | None:
    """Path of the file that configures an absolute folder; None when there is none.

    ``known`` keeps what was found for each folder on the way.
    """
    way = [folder]
    while way[-1] not in known:
        here = way[-1]
        above = os.path.dirname(here)
        found = file_in(here)
        if found is not None or above == here:
            known[here] = found
        else:
            way.append(above)
    known.update(dict.fromkeys(way, known[way[-1]]))
    return known[folder]


def file_in(folder: str) -> str | None:
    """The file of a folder that configures it, if it has one."""
    own, shared = os.path.join(folder, OWN), os.path.join(folder, SHARED)
    if os.path.isfile(own):
        return own
    return shared if os.path.isfile(shared) and has_table(shared) else None


def has_table(path: str) -> bool:
    """Whether a pyproject.toml has a table ``[tool.archspec]``; also when it seems to, but is no TOML."""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError:
        return False
    if b"archspec" not in data or not re.search(_TABLE, data):
        return False
    import tomllib  # noqa: PLC0415 - see above

    try:
        tool = tomllib.loads(data.decode("utf-8-sig")).get("tool")
    except (ValueError, RecursionError):
        return True
    return isinstance(tool, dict) and "archspec" in tool
