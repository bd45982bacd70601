"""The JSON contracts: schemas, and the examples of docs/json.md, which are what archspec prints."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import pytest
from jsonschema import Draft202012Validator

from archspec.examination import examine
from archspec.report.formats import render_findings, render_report
from archspec.report.schema import contract_model, schema
from archspec.text.views import FindingsView, ReportView

if TYPE_CHECKING:
    from archspec.analysis.report import Report

DOC = (Path(__file__).parents[2] / "docs" / "json.md").read_text(encoding="utf-8")
Contract = Literal["report", "findings", "sizes", "profile"]
CONTRACTS = get_args(Contract)


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", DOC, re.DOTALL)


@pytest.mark.parametrize("contract", CONTRACTS)
def test_the_schemas_are_schemas(contract: Contract) -> None:
    Draft202012Validator.check_schema(schema(contract))


@pytest.mark.parametrize("contract", CONTRACTS)
def test_the_schemas_close_every_mapping_of_known_keys(contract: Contract) -> None:
    """A key that is not documented is in none of them, and none may be missing."""
    found = schema(contract)
    for form in (found, *found["$defs"].values()):
        if "properties" in form:
            assert form["additionalProperties"] is False
            assert form["required"] == list(form["properties"])


def test_what_is_printed_makes_an_equal_model(network: Report, broken: Report, staged: Report) -> None:
    for report in (network, broken, staged):
        text = render_report(report, "json")
        assert contract_model("report").model_validate_json(text).model_dump(mode="json") == json.loads(text)
    text = render_findings(examine("name: a\nlayers: [konv]").diagnostics, "json", FindingsView(files=1))
    assert contract_model("findings").model_validate_json(text).model_dump(mode="json") == json.loads(text)


def test_reports_keep_the_contract(network: Report, broken: Report, staged: Report) -> None:
    validator = Draft202012Validator(schema("report"))
    for report in (network, broken, staged):
        validator.validate(json.loads(render_report(report, "json")))


def test_unknown_figures_are_null_and_every_key_is_there(broken: Report) -> None:
    data = json.loads(render_report(broken, "json"))
    failed = data["layers"][1]
    known = {"name", "op", "line", "inputs", "arguments"}
    assert {key for key, value in failed.items() if value is not None} == known
    assert data["layers"][3]["arguments"] is None
    assert data["totals"]["training_bytes"] == {"sgd": None, "momentum": None, "adam": None}
    assert data["output"] == {"fc1": None}


def test_columns_and_depth_have_no_influence(staged: Report) -> None:
    view = ReportView(columns=("name",), depth=1, width=20, colour=True, unicode=False)
    assert render_report(staged, "json", view) == render_report(staged, "json")


def test_the_examples_of_the_documentation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tiny, wrong), (report_text, findings_text) = blocks("yaml"), blocks("json")
    Path("tiny.yaml").write_text(tiny)
    Path("wrong.yaml").write_text(wrong)
    report = examine("tiny.yaml").report
    assert report is not None
    assert render_report(report, "json") == report_text
    assert render_findings(examine("wrong.yaml").diagnostics, "json", FindingsView(files=1)) == findings_text
