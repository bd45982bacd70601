"""The docstring of a rule or finding is its documentation: what it promises is tried here."""

from __future__ import annotations

import re
from itertools import zip_longest
from pathlib import Path
from typing import get_args

import pytest

import archspec
from archspec import rules
from archspec.commands.command_line import run as run_command
from archspec.report.rule_examples import ExampleResult, rule_pages, try_bad, try_good
from archspec.report.rules_markdown import _section
from archspec.rules._base import Group, Rule
from archspec.rules._documentation import SECTIONS, documentation
from archspec.rules._names import NAMES
from archspec.rules.stages import SPEC, STAGE_FINDINGS, SYNTAX, stage_finding
from archspec.rules.stages._base import StageFinding

ALL_RULES = {**rules.RULES, **rules.FAMILY_RULES}
FOLDER = Path(rules.__file__).parent
PACKAGE = FOLDER.parent
PAGE = (PACKAGE.parent / "docs" / "rules.md").read_text("utf-8")
UNTRIED = {"node-limit", "finding-limit", "internal-error", "unwritable-file", "unfinished-fix"}
"""Names with a remark for an example: too long for a page, unknown, or a matter of permissions."""


def fired(tried: ExampleResult) -> list[str]:
    """The names of the findings that are told of an example, infos too."""
    return re.findall(r"^(?:error|warning|info)\[([a-z0-9-]+)\]", tried.text, re.MULTILINE)


def test_table_and_folder_agree() -> None:
    files = {path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_")}
    assert {listed.target.partition(":")[0] for listed in ALL_RULES.values()} == files
    assert len(ALL_RULES) == len(files)


def test_every_name_that_is_told_is_documented() -> None:
    told = {
        name for path in PACKAGE.rglob("*.py") for name in re.findall(r'rule="([a-z0-9-]+)"', path.read_text("utf-8"))
    }
    assert told == set(STAGE_FINDINGS)
    assert len(NAMES) == len(set(NAMES)) == len(STAGE_FINDINGS) + len(ALL_RULES)


@pytest.mark.parametrize("name", ALL_RULES)
def test_rule_stands_in_the_table_under_its_name(name: str) -> None:
    rule = rules.rule(name)
    assert issubclass(rule, Rule)
    assert rule.name == name
    assert rule.__module__ == f"archspec.rules.{name.replace('-', '_')}"
    assert rule.__name__ == name.title().replace("-", "")
    assert rule.group in get_args(Group)
    assert rule.group not in ("syntax", "spec")
    assert isinstance(rule.severity, archspec.Severity)


@pytest.mark.parametrize("name", STAGE_FINDINGS)
def test_stage_finding_stands_in_the_table_under_its_name(name: str) -> None:
    found = stage_finding(name)
    assert isinstance(found, StageFinding)
    assert found.name == name
    assert type(found).__name__ == name.title().replace("-", "")
    assert found.group == ("syntax" if name in SYNTAX else "spec")
    assert not set(SYNTAX) & set(SPEC)


@pytest.mark.parametrize("name", NAMES)
def test_docstring_has_every_section(name: str) -> None:
    docstring = (type(stage_finding(name)) if name in STAGE_FINDINGS else rules.rule(name)).__doc__ or ""
    assert tuple(re.findall(rf"^ *({'|'.join(SECTIONS)}):", docstring, re.MULTILINE)) == SECTIONS
    documented = documentation(name)
    assert all(len(part.split()) >= 2 for part in (documented.what, documented.why, documented.source))
    assert len(documented.summary) <= 120
    for example in (documented.bad, documented.good):
        assert bool(example.text) != bool(example.remark)


def test_examples_are_tried() -> None:
    assert {name for name in NAMES if documentation(name).bad.remark} == UNTRIED


@pytest.mark.parametrize("name", NAMES)
def test_bad_example_fires_this_rule_alone(name: str) -> None:
    assert fired(try_bad(documentation(name), run_command)) == ([] if name in UNTRIED else [name])


@pytest.mark.parametrize("name", NAMES)
def test_bad_example_fires_at_the_documented_level(name: str) -> None:
    levels = {found.severity for found in try_bad(documentation(name), run_command).findings}
    assert levels <= {documentation(name).severity}


@pytest.mark.parametrize("name", NAMES)
def test_bad_example_is_reported_as_the_page_shows(name: str) -> None:
    """To the letter: the message, labels, notes and help of every rule."""
    (page,) = rule_pages([name], run_command)
    assert _section(page) in PAGE, "run: archspec rules --format markdown > docs/rules.md"


@pytest.mark.parametrize("name", NAMES)
def test_good_example_fires_nothing(name: str) -> None:
    assert fired(try_good(documentation(name), run_command)) == []


@pytest.mark.parametrize("name", NAMES)
def test_good_example_differs_little(name: str) -> None:
    """A reader compares the two: they differ in a line or two."""
    documented = documentation(name)
    bad, good = documented.bad.text.splitlines(), documented.good.text.splitlines()
    differing = sum(old != new for old, new in zip_longest(bad, good))
    assert documented.bad != documented.good
    assert len(bad) == len(good) or name in STAGE_FINDINGS
    assert differing <= (8 if name in STAGE_FINDINGS else 2)


@pytest.mark.parametrize("name", NAMES)
def test_source_is_there_when_it_is_ours(name: str) -> None:
    source = " ".join(documentation(name).source.split())
    for page, heading in re.findall(r'((?:docs/)?\w+\.md)(?:, "([^"]+)")?', source):
        text = (PACKAGE.parent / page).read_text()
        assert not heading or re.search(rf"^#+ {re.escape(heading)}$", text, re.MULTILINE), heading
