"""``archspec rule`` and ``archspec rules``, as somebody who met a finding uses them."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any, get_args

import pytest

from archspec.commands import Status
from archspec.commands.rule import explain_rule
from archspec.commands.rules import list_rules
from archspec.rules import FAMILY_RULES, RULES
from archspec.rules._base import Group
from archspec.rules._names import NAMES
from archspec.rules.stages import SYNTAX

if TYPE_CHECKING:
    from pathlib import Path

BUDGET = """\
budget  budget, error

The network exceeds a limit that the spec states under `budget`, or that the configuration sets for
all specs.

Why
  Memory and time of a device are limited, and a design that exceeds them should fail before
  training. For the same figure, the limit in the spec takes precedence over the one in the
  configuration.

Bad
    name: example
    input: 32x32x3
    layers:
      - fc: 10
    budget: {params: 30k}

    error[budget]: the network has 30,730 params, above the budget of 30,000: 730 too many
      --> bad.arch.yaml:5:18
       |
     5 | budget: {params: 30k}
       |                  ^^^
       |
       = note: the largest: fc1 30,730

Good
    name: example
    input: 32x32x3
    layers:
      - fc: 10
    budget: {params: 31k}

Settings
  `param-memory`, 0 by default: bytes that the parameters of a network may take; 0 sets no limit
  `peak-memory`, 0 by default: bytes that inference may hold at once, for a batch; 0 sets no limit

Source
  docs/language.md, "Facts and ceilings".
"""


def test_a_rule_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert explain_rule("budget") is Status.OK
    assert capsys.readouterr() == (BUDGET, "")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("frational-output", "did you mean fractional-output?"),
        ("unused", "did you mean unused-layer or unused-block or unused-anchor?"),
        ("FractionalOutput", "did you mean fractional-output?"),
        ("nonsense", "`archspec rules` lists them"),
        ("\x1b[2J", "`archspec rules` lists them"),
    ],
)
def test_an_unknown_name_is_refused(name: str, meant: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert explain_rule(name) is Status.UNUSABLE
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: there is no rule ")
    assert err.endswith(f"; {meant}\n")
    assert "\x1b" not in err


def test_a_group_is_no_rule(capsys: pytest.CaptureFixture[str]) -> None:
    assert explain_rule("shape") is Status.UNUSABLE
    assert capsys.readouterr().err == ("error: shape is a group of rules; `archspec rules --group shape` lists them\n")


def terminal(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setattr("shutil.get_terminal_size", lambda *_, **__: os.terminal_size((columns, 24)))


@pytest.mark.parametrize("columns", [60, 80, 160])
def test_prose_fits_a_terminal(
    columns: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal(columns, monkeypatch)
    monkeypatch.setenv("NO_COLOR", "1")
    for name in NAMES:
        explain_rule(name)
        prose = re.sub(r"^ {4}.*$|https?://\S+", "", capsys.readouterr().out, flags=re.MULTILINE)
        assert max(map(len, prose.splitlines())) <= min(columns, 100), name


def test_a_terminal_gets_colour(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    terminal(80, monkeypatch)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    explain_rule("budget")
    coloured = capsys.readouterr().out
    assert "\x1b[1mbudget\x1b[0m" in coloured
    assert "\x1b[1;31merror[budget]\x1b[0m" in coloured


def listed(capsys: pytest.CaptureFixture[str], output_format: str, group: str | None = None) -> str:
    assert list_rules(output_format, group) is Status.OK
    return capsys.readouterr().out


def test_the_table_lists_every_name_under_its_group(capsys: pytest.CaptureFixture[str]) -> None:
    lines = listed(capsys, "table").splitlines()
    groups = [line for line in lines if line in get_args(Group)]
    assert groups == [group for group in get_args(Group) if group in groups]
    names = [line.split()[0] for line in lines if line.startswith("  ")]
    assert sorted(names) == sorted(NAMES)
    (tag,) = [" ".join(line.split()) for line in lines if line.startswith("  yaml-tag ")]
    assert tag == "yaml-tag error safe A value has a tag, such as `!!str` or `!python/object`."


def test_one_group_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    names = [line.split()[0] for line in listed(capsys, "table", "syntax").splitlines() if line.startswith("  ")]
    assert names == list(SYNTAX)


def test_the_table_fits_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    terminal(80, monkeypatch)
    monkeypatch.setenv("NO_COLOR", "1")
    assert max(map(len, listed(capsys, "table").splitlines())) <= 80


def test_json_holds_all_that_is_documented(capsys: pytest.CaptureFixture[str]) -> None:
    data: dict[str, Any] = json.loads(listed(capsys, "json"))
    assert data["version"] == 1
    found = {each["name"]: each for each in data["rules"]}
    assert set(found) == set(NAMES)
    fractional = found["fractional-output"]
    assert fractional["group"] == "shape"
    assert (fractional["severity"], fractional["default"]) == ("error", True)
    assert fractional["finding"].startswith("error[fractional-output]: ")
    assert all(found[name]["group"] not in ("syntax", "spec") for name in (*RULES, *FAMILY_RULES))


def test_examples_leave_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    explain_rule("fractional-output")
    assert list(tmp_path.iterdir()) == []
