"""Code Quality reports against what GitLab documents of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

import archspec
from archspec.diagnostics import Diagnostic, Severity
from archspec.report.formats import render_findings
from archspec.text.views import FindingsView

if TYPE_CHECKING:
    from collections.abc import Sequence

DOCUMENTED = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "positions"],
                "properties": {
                    "path": {"type": "string", "not": {"pattern": "^(\\./|/)"}},
                    "positions": {
                        "required": ["begin"],
                        "additionalProperties": {
                            "required": ["line", "column"],
                            "additionalProperties": {"type": "integer", "minimum": 1},
                        },
                    },
                },
            },
        },
    },
}
"""The table in docs.gitlab.com, "Code Quality", section "Code Quality report format", in our own words."""
SPEC = """name: a
input: 8x8x3
bugdet: {params: 1}
dtype: float33
layers:
  - conv: {filters: 8, kernel: 3, stride: 2}
  - relu: {stryde: 1, strode: 1}
"""


def issues(diagnostics: Sequence[Diagnostic], show_info: bool = False) -> Any:
    text = render_findings(diagnostics, "gitlab", FindingsView(files=1, show_info=show_info))
    text.encode("ascii")
    data = json.loads(text)
    Draft202012Validator(DOCUMENTED).validate(data)
    prints = [each["fingerprint"] for each in data]
    assert len(set(prints)) == len(prints), "GitLab drops all but the first of one fingerprint"
    return data


def fingerprints(text: str) -> list[str]:
    return [each["fingerprint"] for each in issues(archspec.check(text))]


def test_nothing_breaks_out(nasty: list[Diagnostic]) -> None:
    nowhere, first, _, info, whole = issues(nasty, show_info=True)
    assert (nowhere["severity"], nowhere["location"]["path"]) == ("minor", "")
    assert whole["location"] == {"path": "\\udcff ]]>&<.yaml", "positions": {"begin": {"line": 1, "column": 1}}}
    assert first["location"]["path"] == "a b/\u00fc%20:x,y.yaml"
    assert first["location"]["positions"] == {"begin": {"line": 3, "column": 14}, "end": {"line": 3, "column": 18}}
    assert (first["check_name"], first["severity"], info["severity"]) == ("unknown-operator", "major", "info")
    assert first["description"].startswith("100% of ::error")
    assert all(each["description"].isprintable() for each in (nowhere, whole, info, first))


def test_no_findings() -> None:
    assert render_findings([], "gitlab", FindingsView(files=1)) == "[]\n"
    assert issues([Diagnostic(rule="r", message="m", severity=Severity.INFO, path="a")]) == []


def test_fingerprints_do_not_know_lines() -> None:
    """Comments and layers above, another indent, other numbers: a finding stays the one that it was."""
    before = fingerprints(SPEC)
    assert len(before) == 5
    for text in (
        "# a comment\n\n" + SPEC,
        SPEC.replace("layers:\n", "layers:\n  - sigmoid\n"),
        SPEC.replace("  - ", "      - "),
        SPEC.replace("8x8x3", "10x10x3"),
        SPEC.replace("float33", "float17"),
    ):
        assert fingerprints(text) == before


def test_fingerprints_know_rule_file_layer_and_count() -> None:
    before = fingerprints(SPEC)
    assert fingerprints(SPEC + "  - conv: {filters: 8, kernel: 99}\n")[: len(before)] == before
    assert set(fingerprints(SPEC.replace("bugdet", "bugted"))) != set(before)
    one, other = (issues([Diagnostic(rule="r", message="m", path=path)])[0]["fingerprint"] for path in ("a", "b"))
    assert one != other
    twice = issues([Diagnostic(rule="r", message=message, path="a") for message in "mn"])
    assert twice[0]["fingerprint"] == one
