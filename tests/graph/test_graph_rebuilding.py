"""A graph that a program builds is a spec's: figures, findings and outputs of every network are the same."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import archspec
from archspec.analysis.report import analyze
from archspec.engine.network import compile_graph
from archspec.examination import examine_family
from archspec.files import zoo
from archspec.rules import RULES, run
from tests.graph.rebuilding import rebuild

if TYPE_CHECKING:
    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph

TESTS = Path(__file__).parents[1]
FILES = [str(path) for folder in ("corpus", "cases") for path in sorted((TESTS / folder).rglob("*.yaml"))]
SMALL = 100_000_000
"""MACs of the networks that are run."""


def built(spec: str) -> list[Graph]:
    """The graphs of a file that a program could build: those of which only rules find faults."""
    return [
        each.graph
        for each in examine_family(spec)
        if each.graph is not None
        and each.graph.nodes
        and each.graph.header.name
        and all(node.operator for node in each.graph.nodes)
        and not any(error.rule not in RULES for error in each.errors)
    ]


def findings(graph: Graph, *, with_help: bool) -> list[tuple[object, ...]]:
    found: list[Diagnostic] = []
    run(analyze(graph), found.append)
    return sorted(
        (
            each.rule,
            each.message,
            each.severity,
            each.layer or "",
            [without_lines(text) for text in each.help if with_help],
        )
        for each in found
    )


def repeats_an_item(graph: Graph) -> bool:
    """Whether layers are written once for several: these change together, so that other changes help than for one."""
    return max(Counter(node.origin for node in graph.nodes).values()) > 1


def without_lines(text: str) -> str:
    return re.sub(r" \(line \d+\)", "", text)


def assert_equal(original: Graph, again: Graph) -> None:
    expected, report = analyze(original), analyze(again)
    assert [layer[1:] for layer in report.layers] == [layer[1:] for layer in expected.layers]
    assert [layer.name for layer in report.layers] == [layer.name for layer in expected.layers]
    assert (report.totals, report.outputs) == (expected.totals, expected.outputs)
    with_help = not repeats_an_item(original)
    assert findings(again, with_help=with_help) == findings(original, with_help=with_help)


@pytest.mark.parametrize("name", zoo.entries())
def test_networks_of_the_zoo(name: str) -> None:
    (original,) = built(f"zoo:{name}")
    again = rebuild(original)
    assert_equal(original, again)
    if (archspec.analyze(again).totals.macs or SMALL) < SMALL:
        x = sample(original)
        np.testing.assert_equal(compile_graph(again, seed=1)(x), compile_graph(original, seed=1)(x))


def sample(graph: Graph) -> np.ndarray[Any, np.dtype[np.float32]]:
    (volume,) = graph.inputs.values()
    assert volume
    return np.random.default_rng(0).random((2, *volume.shape), np.float32)


@pytest.mark.parametrize("file", FILES, ids=lambda file: Path(file).stem)
def test_networks_with_faults(file: str) -> None:
    for original in built(file):
        assert_equal(original, rebuild(original))


def test_layers_of_one_line_change_together() -> None:
    """The pools are one line of a loop: in a file they change together, which fits where one alone does not."""
    (original,) = built(str(TESTS / "corpus/faulty/unet-572-same.arch.yaml"))
    found, again = findings(original, with_help=True), findings(rebuild(original), with_help=True)
    assert [each[:-1] for each in again] == [each[:-1] for each in found]
    offers = [str(each[-1]).partition(" would make")[0] for each in (found[0], again[0])]
    assert offers == [
        "['`fit: pad` at max_pool4 or `output_padding: 1` at conv_transpose1",
        "['`output_padding: 1` at conv_transpose1",
    ]


def test_networks_with_faults_are_among_them() -> None:
    rules = {found[0] for file in FILES for graph in built(file) for found in findings(graph, with_help=False)}
    assert len(rules) > len(RULES) / 2
