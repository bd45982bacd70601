from __future__ import annotations

import json
from typing import Any

from jsonschema import Draft202012Validator

from archspec.diagnostics import Diagnostic, Edit, Fix, Severity
from archspec.report.formats import render_findings
from archspec.report.schema import schema
from archspec.source import Source, Span
from archspec.text.views import FindingsView

SOURCE = Source("a.yaml", "name: x\nlayers:\n  - konv: {filters: 8}\n")
PLACE = Span(SOURCE, 20, 24)


def data(*diagnostics: Diagnostic, files: int = 1) -> Any:
    found = json.loads(render_findings(diagnostics, "json", FindingsView(files=files)))
    Draft202012Validator(schema("findings")).validate(found)
    return found


def test_every_key_of_a_finding() -> None:
    other = Fix("write `elu`", (Edit(PLACE, "elu"),))
    fix = Fix("write `conv`", (Edit(PLACE, "conv"),), safe=True, otherwise=other)
    full = Diagnostic(
        rule="unknown-operator", message="m", span=PLACE, notes=("n",), help=("h", "i"), layer="konv1", fix=fix
    )
    place = {"line": 3, "column": 5, "end_line": 3, "end_column": 9}
    edit = {"file": "a.yaml", **place, "offset": 20, "end_offset": 24}
    assert data(full)["diagnostics"] == [
        {
            "rule": "unknown-operator",
            "severity": "error",
            "message": "m",
            "notes": ["n"],
            "help": ["h", "i"],
            "file": "a.yaml",
            **place,
            "layer": "konv1",
            "fix": {"title": "write `conv`", "safe": True, "edits": [{**edit, "text": "conv"}]},
            "fixes": [
                {"title": "write `conv`", "safe": True, "edits": [{**edit, "text": "conv"}]},
                {"title": "write `elu`", "safe": False, "edits": [{**edit, "text": "elu"}]},
            ],
        }
    ]


def test_a_finding_about_a_whole_file_has_no_place() -> None:
    (found,) = data(Diagnostic(rule="unreadable", message="m", path="b.yaml"))["diagnostics"]
    assert found["file"] == "b.yaml"
    assert [found[key] for key in ("line", "column", "end_line", "end_column", "fix", "layer")] == [None] * 6


def test_the_summary_counts_all_and_infos_are_listed() -> None:
    infos = [Diagnostic(rule=f"i{n}", message="m", severity=Severity.INFO, path="a") for n in range(2)]
    found = data(*infos, Diagnostic(rule="e", message="m", path="a"), files=4)
    assert found["summary"] == {"files": 4, "errors": 1, "warnings": 0, "infos": 2}
    assert [each["rule"] for each in found["diagnostics"]] == ["e", "i0", "i1"]


def test_no_findings() -> None:
    assert data(files=0) == {
        "version": 1,
        "summary": {"files": 0, "errors": 0, "warnings": 0, "infos": 0},
        "diagnostics": [],
    }


def test_the_order_of_findings_does_not_matter() -> None:
    found = [Diagnostic(rule=rule, message="m", span=Span(SOURCE, n, n)) for n in (3, 1) for rule in "ba"]
    texts = {render_findings(order, "json", FindingsView(files=1)) for order in (found, found[::-1])}
    assert len(texts) == 1


def test_only_ascii_is_printed() -> None:
    text = render_findings(
        [Diagnostic(rule="r", message="\x9b \u202e é \udc80", path="a")], "json", FindingsView(files=1)
    )
    assert text.isascii()
    assert json.loads(text)["diagnostics"][0]["message"] == "\x9b \u202e é \udc80"
