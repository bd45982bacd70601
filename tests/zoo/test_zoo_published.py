"""The zoo against torchvision: every figure in published.json, to the unit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypedDict

import pytest

from archspec.examination import examine


class Model(TypedDict):
    name: str
    input: str
    params: int
    macs: int
    buffers: int


MODELS: list[Model] = json.loads((Path(__file__).parent / "published.json").read_text())["models"]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model["name"])
def test_meets_what_torchvision_counts(model: Model) -> None:
    seen = examine(f"zoo:{model['name']}")
    assert seen.errors == []
    assert seen.report is not None
    totals, volumes = seen.report.totals, seen.report.graph.inputs.values()
    assert {
        "name": seen.report.graph.header.name,
        "input": " ".join(str(volume) for volume in volumes),
        "params": totals.params,
        "macs": totals.macs,
        "buffers": totals.buffers,
    } == model


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model["name"])
def test_the_spec_says_so_itself(model: Model) -> None:
    seen = examine(f"zoo:{model['name']}")
    assert seen.spec is not None
    facts = seen.spec.expect
    assert facts is not None
    assert (facts.params, facts.macs) == (model["params"], model["macs"])
    assert facts.buffers == model["buffers"] or not model["buffers"]
    assert facts.output is not None
    assert (facts.output.positions, facts.output.channels) == (1, 1000)
