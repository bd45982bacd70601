"""Findings and reports of a graph that is in no file, in every format."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft202012Validator

import archspec
from archspec.report.formats import FINDINGS_FORMATS, REPORT_FORMATS, render_findings, render_report
from archspec.report.schema import schema
from archspec.text.views import FindingsView


def graph() -> archspec.Graph:
    g = archspec.GraphBuilder("net", input="32x32x3")
    with g.block("stage"):
        g.fc(g.max_pool(g.input, kernel=3, stride=2), 10)
    return g.build()


def rendered(output_format: str) -> str:
    return render_findings(archspec.check(graph()), output_format, FindingsView(files=1))


MESSAGE = "3x3 window with stride 2 does not fit 32x32: (32 - 3 + 2*0)/2 + 1 = 15.5"


@pytest.mark.parametrize("output_format", FINDINGS_FORMATS)
def test_findings(output_format: str) -> None:
    text = rendered(output_format)
    assert "fractional-output" in text
    assert "None" not in text
    assert "<program>" not in text


def test_findings_for_people() -> None:
    assert rendered("full").splitlines()[:3] == [
        f"error[fractional-output]: {MESSAGE}",
        "  --> layer stage1.max_pool1",
        "   |",
    ]
    assert rendered("concise").startswith(f"layer stage1.max_pool1: error[fractional-output] {MESSAGE}\n")


def test_findings_for_github() -> None:
    assert rendered("github").startswith(
        f"::error title=archspec (fractional-output)::layer stage1.max_pool1: {MESSAGE}%0A"
    )


def test_findings_for_programs() -> None:
    data = json.loads(rendered("json"))
    Draft202012Validator(schema("findings")).validate(data)
    (finding,) = data["diagnostics"]
    assert (finding["file"], finding["line"], finding["layer"]) == ("", None, "stage1.max_pool1")
    (result,) = json.loads(rendered("sarif"))["runs"][0]["results"]
    assert result["locations"][0]["logicalLocations"] == [
        {"fullyQualifiedName": "stage1.max_pool1", "kind": "element"}
    ]  # fmt: skip
    (issue,) = json.loads(rendered("gitlab"))
    assert not issue["location"]["path"]
    (failure,) = ET.fromstring(rendered("junit")).iter("failure")  # noqa: S314 - our own text
    assert failure.get("message") == MESSAGE


@pytest.mark.parametrize("output_format", REPORT_FORMATS)
def test_reports(output_format: str) -> None:
    text = render_report(archspec.analyze(graph()), output_format)
    assert "fc1" in text
    assert "None" not in text


def test_reports_for_programs() -> None:
    data = json.loads(render_report(archspec.analyze(graph()), "json"))
    Draft202012Validator(schema("report")).validate(data)
    assert (data["name"], data["file"]) == ("net", None)
    assert [layer["line"] for layer in data["layers"]] == [None, None]
