"""Workflow commands, read back as the runner of GitHub Actions reads them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from archspec.diagnostics import Diagnostic, Severity
from archspec.report.formats import render_findings
from archspec.source import Source, Span
from archspec.text.views import FindingsView

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


class Command(NamedTuple):
    name: str
    properties: dict[str, str]
    message: str


def parsed(line: str) -> Command:
    """One command: the runner's ActionCommand takes what stands before the next `::`, splits it, and then unescapes."""
    match = re.fullmatch(r"::(\w+) (.*?)::(.*)", line)
    assert match, line
    pairs = dict(pair.split("=", 1) for pair in match[2].split(","))
    message = match[3].replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
    return Command(match[1], {name: unescaped(value) for name, value in pairs.items()}, message)


def unescaped(value: str) -> str:
    for escape, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        value = value.replace(escape, character)
    return value


def commands(*diagnostics: Diagnostic, show_info: bool = False) -> list[Command]:
    lines = render_findings(diagnostics, "github", FindingsView(files=1, show_info=show_info)).splitlines()
    found = [parsed(line) for line in lines if line.startswith("::")]
    assert all(re.match(r"\d", summary) for summary in lines[len(found) :])
    return found


def test_every_property_of_a_finding() -> None:
    source = Source("specs/a.yaml", "name: x\nlayers:\n  - konv\n")
    found = Diagnostic(rule="r", message="m", span=Span(source, 20, 24), notes=("n",), help=("h", "i"))
    assert commands(found) == [
        Command(
            "error",
            {
                "title": "archspec (r)",
                "file": "specs/a.yaml",
                "line": "3",
                "endLine": "3",
                "col": "5",
                "endColumn": "9",
            },
            "specs/a.yaml:3:5: m\nnote: n\nhelp: h\nhelp: i",
        )
    ]


def test_severities_and_infos_on_request() -> None:
    found = [Diagnostic(rule="r", message="m", path="a", severity=severity) for severity in Severity]
    assert [command.name for command in commands(*found)] == ["error", "warning"]
    assert [command.name for command in commands(*found, show_info=True)] == ["error", "warning", "notice"]


def test_nothing_breaks_out_of_its_command(nasty: list[Diagnostic]) -> None:
    text = render_findings(nasty, "github", FindingsView(files=1, show_info=True))
    assert all(line.isprintable() for line in text.splitlines())
    nowhere, first, again, info, whole = commands(*nasty, show_info=True)
    words = (
        "100% of ::error file=x,line=1::y, [a](1) ]]> <b>&amp;\r\n::stop-commands::z\\x1b[31m\\x00\\udcff \\u202e名😀"
    )
    assert nowhere == Command("warning", {"title": "archspec (no-such-rule)"}, words)
    assert whole.properties == {"title": "archspec (unreadable-file)", "file": "\\udcff ]]>&<.yaml"}
    assert first.properties["file"] == again.properties["file"] == "a b/\u00fc%20:x,y.yaml"
    assert first.message == f"a b/\u00fc%20:x,y.yaml:3:14: {words}\nnote: {words}\nnote: one\ntwo\nhelp: write `conv`"
    assert [first.properties[name] for name in ("line", "endLine", "col", "endColumn")] == ["3", "3", "14", "18"]
    assert info.properties | {"title": ""} == {
        "title": "",
        "file": "a b/\u00fc%20:x,y.yaml",
        "line": "4",
        "endLine": "5",
    }


def test_paths_are_those_of_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "repository" / "sub").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "repository" / "sub")
    found = [Diagnostic(rule="r", message="m", path=path) for path in ("./a.yaml", "../b.yaml", "../../c.yaml")]
    found.append(Diagnostic(rule="r", message="m", path=str(tmp_path / "repository" / "..d" / "e.yaml")))
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    monkeypatch.delenv("CI_PROJECT_DIR", raising=False)
    assert {command.properties["file"] for command in commands(*found)} == {
        "a.yaml",
        *(each.file for each in found[1:]),
    }
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path / "repository"))
    shown = {command.properties["file"] for command in commands(*found)}
    assert shown == {"sub/a.yaml", "b.yaml", "../../c.yaml", "..d/e.yaml"}


def test_no_findings() -> None:
    assert render_findings([], "github", FindingsView(files=3)) == "3 files checked: no findings\n"
