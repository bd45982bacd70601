"""Specs in tests/cases and, beside each, what ``archspec check --show-info`` says of it, to the letter.

``ARCHSPEC_REWRITE_CASES=1 pytest tests/test_cases.py`` writes the texts anew; read the difference before you commit it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from archspec.commands.checking.check_files import check_files
from archspec.commands.checking.options import CheckOptions
from archspec.examination import examine_family
from archspec.rules import FAMILY_RULES, RULES, rule
from archspec.rules._settings import Settings

FOLDER = Path(__file__).parent / "cases"
NAMES = [file.removesuffix(".yaml") for file in sorted(path.name for path in FOLDER.glob("*.yaml"))]
REWRITE = "ARCHSPEC_REWRITE_CASES" in os.environ


@pytest.fixture(autouse=True)
def _in_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)  # so that texts hold no path but the file's name


@pytest.mark.parametrize("name", NAMES)
def test_case(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    status = check_files([f"{name}.yaml"], CheckOptions(show_info=True))
    text, complaints = capsys.readouterr()
    expected = FOLDER / f"{name}.txt"
    if REWRITE:
        expected.write_text(text, encoding="utf-8")
    assert text == expected.read_text(encoding="utf-8")
    assert complaints == ""
    assert status == (1 if re.search(r"^error\[", text, re.MULTILINE) else 0)


def test_every_text_has_its_spec() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(NAMES)
    assert len(NAMES) >= 60


@pytest.mark.parametrize("name", NAMES)
def test_case_is_minimal_and_explained(name: str) -> None:
    """A case says in its first line what it is about, unless there is no room for a comment, and it stays short."""
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    assert text.startswith("# ") or name == "file-empty"
    assert len(text.splitlines()) <= 40


@pytest.mark.parametrize("name", NAMES)
def test_rules_that_are_off_by_default_change_nothing_else(name: str) -> None:
    """They cope with every mistake of the cases, and none of them hides what another rule reports."""
    on = frozenset(each for each in (*RULES, *FAMILY_RULES) if rule(each).default)
    assert len(on) < len(RULES) + len(FAMILY_RULES)
    all_rules = Settings(frozenset((*RULES, *FAMILY_RULES)))
    by_default, with_all = (examine_family(f"{name}.yaml", settings=each) for each in (Settings(on), all_rules))
    for before, after in zip(by_default, with_all, strict=True):
        kept = [each for each in after.diagnostics if each.rule in on]
        assert [(each.rule, each.layer, each.message, each.help) for each in before.diagnostics] == [
            (each.rule, each.layer, each.message, each.help) for each in kept
        ]


def test_all_at_once_say_the_same() -> None:
    """The command itself, over all files in one go: the same findings in the same order, and one summary."""
    command = [sys.executable, "-m", "archspec", "check", "--show-info", *(f"{name}.yaml" for name in NAMES)]
    together = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    texts = [(FOLDER / f"{name}.txt").read_text(encoding="utf-8") for name in NAMES]
    findings = "".join("".join(text.rpartition("\n\n")[:2]) for text in texts)  # the summary is what follows the last
    assert together.stdout.startswith(findings)
    assert together.stdout.removeprefix(findings).count("\n") == 2  # and of these, how many can be fixed
    assert f"in {len(NAMES)} files\n" in together.stdout
    assert (together.returncode, together.stderr) == (1, "")
