"""Print the oldest versions that pyproject.toml allows, as pip's constraints: `numpy>=2.2` gives `numpy==2.2`."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))
requirements = [
    *project["project"]["dependencies"],
    *(each for extra in project["project"]["optional-dependencies"].values() for each in extra),
    *project["dependency-groups"]["test"],
]
for requirement in requirements:
    match = re.fullmatch(r"([\w-]+)>=([\d.]+)", requirement)
    if match is None:
        raise SystemExit(f"pyproject.toml: {requirement!r} has no lower bound; write `name>=version`")
    print(f"{match[1]}=={match[2]}")  # noqa: T201 - printing is what it does
