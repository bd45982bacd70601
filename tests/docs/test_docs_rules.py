"""docs/rules.md is what the docstrings of the rules say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archspec.rules._names import NAMES

if TYPE_CHECKING:
    from tests.docs.conftest import Read, Shell

COMMAND = "archspec rules --format markdown"


def test_the_page_is_what_its_command_prints(read: Read, shell: Shell) -> None:
    assert shell(COMMAND).stdout == read("docs/rules.md").text, f"run: {COMMAND} > docs/rules.md"
    assert f"{COMMAND} > docs/rules.md" in read("CONTRIBUTING.md").text


def test_every_name_has_a_heading_of_its_own(read: Read) -> None:
    titles = re.findall(r"^###? (.*)$", read("docs/rules.md").text, re.MULTILINE)
    assert len(titles) == len(set(titles))
    assert set(NAMES) <= set(titles)
