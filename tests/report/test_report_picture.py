"""The README's picture is what ``archspec show`` prints today."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_picture_is_up_to_date() -> None:
    script = runpy.run_path(str(ROOT / "docs" / "make_picture.py"))
    picture = (ROOT / "docs" / "table.svg").read_text(encoding="utf-8")
    assert picture == script["picture"](), "run docs/make_picture.py"


def test_the_picture_loads_nothing() -> None:
    picture = (ROOT / "docs" / "table.svg").read_text(encoding="utf-8")
    assert set(re.findall(r"https?://[^\"' )]+", picture)) == {"http://www.w3.org/2000/svg"}
    assert "@font-face" not in picture
