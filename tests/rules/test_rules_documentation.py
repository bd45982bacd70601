"""The docstring of a rule is its documentation: what it promises is tried here."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import get_args

import pytest

import archspec
from archspec import rules
from archspec.rules._base import Group, Rule

ALL_RULES = {**rules.RULES, **rules.FAMILY_RULES}
FOLDER = Path(rules.__file__).parent
SECTIONS = ("Why", "Source", "Bad", "Good")


def sections(name: str) -> dict[str, str]:
    """The parts of a rule's docstring: the summary under ``""``, then the sections in order."""
    text = textwrap.dedent("    " + (type(rules.rule(name)).__doc__ or ""))
    first, *rest = re.split(rf"^({'|'.join(SECTIONS)}):", text, flags=re.MULTILINE)
    return {"": first, **dict(zip(rest[::2], rest[1::2], strict=True))}


def fired(name: str, section: str) -> list[str]:
    """The rules that an example fires, infos too."""
    example = "name: example\n" + textwrap.dedent(sections(name)[section].lstrip("\n"))
    return [found.rule for found in archspec.check(example)]


def test_table_and_folder_agree() -> None:
    files = {path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_")}
    assert {target.partition(":")[0] for target in ALL_RULES.values()} == files
    assert len(ALL_RULES) == len(files)


@pytest.mark.parametrize("name", ALL_RULES)
def test_stands_in_the_table_under_its_name(name: str) -> None:
    rule = rules.rule(name)
    assert isinstance(rule, Rule)
    assert rule.name == name
    assert type(rule).__module__ == f"archspec.rules.{name.replace('-', '_')}"
    assert type(rule).__name__ == name.title().replace("-", "")
    assert rule.group in get_args(Group)
    assert isinstance(rule.severity, archspec.Severity)


@pytest.mark.parametrize("name", ALL_RULES)
def test_docstring_has_every_section(name: str) -> None:
    parts = sections(name)
    assert tuple(parts) == ("", *SECTIONS)
    assert all(len(part.split()) >= 3 for part in parts.values())
    assert len(parts[""].strip().splitlines()[0]) <= 120


@pytest.mark.parametrize("name", ALL_RULES)
def test_bad_example_fires_this_rule_alone(name: str) -> None:
    assert fired(name, "Bad") == [name]


@pytest.mark.parametrize("name", ALL_RULES)
def test_good_example_fires_nothing(name: str) -> None:
    assert fired(name, "Good") == []


@pytest.mark.parametrize("name", ALL_RULES)
def test_good_example_differs_little(name: str) -> None:
    """A reader compares the two: they have the same lines but one or two."""
    bad, good = (sections(name)[section].strip().splitlines() for section in ("Bad", "Good"))
    assert bad != good
    assert len(bad) == len(good)
    assert sum(old != new for old, new in zip(bad, good, strict=True)) <= 2


@pytest.mark.parametrize("name", ALL_RULES)
def test_source_is_there_when_it_is_ours(name: str) -> None:
    for page, heading in re.findall(r'(docs/\S+\.md)(?:, "([^"]+)")?', sections(name)["Source"]):
        text = (FOLDER.parent.parent / page).read_text()
        assert not heading or re.search(rf"^#+ {re.escape(heading)}", text, re.MULTILINE)
