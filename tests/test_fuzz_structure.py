"""Specs with their structure mutated: no traceback, no hanging, no contradiction, and fixes that come to an end.

Each spec is made by a seed, so that what fails can be looked at again: ``python -m tests.test_fuzz_structure SEED``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

import archspec
from archspec.api import SpecError
from archspec.diagnostics import Severity
from archspec.examination import examine, examine_family
from archspec.examination.examined import Examined
from archspec.fixing.repair import FixSelection, repair
from archspec.report.formats import REPORT_FORMATS, render_report
from tests.mutation import corpus, mutated
from tests.work import no_hanging, work

if TYPE_CHECKING:
    from archspec.diagnostics import Diagnostic
    from archspec.examination import Examination
    from archspec.graph.model import Graph

QUICK, CI, MANY, SHARD = 200, 8_000, 100_000, 2_000
NODES = 2_000
"""Layers that are expanded: enough to be refused, few enough to be quick."""
LINES = 4_000_000
"""Lines of archspec's code that may run for one spec; nearly all take a hundredth of it."""
PATIENCE = 20
"""Seconds, for what hangs in C code, where no line is counted."""
RUNNABLE = 4_000_000
"""FLOPs and bytes of networks that are run."""


def text_of(seed: int) -> str:
    return mutated(Random(seed))  # noqa: S311 - no secret is made of it


def check(seed: int) -> None:
    """All that must hold of one spec."""
    text = text_of(seed)
    with no_hanging(PATIENCE):
        networks = examine_family(_as_text(text), max_nodes=NODES)
        for each in networks:
            check_network(each, networks[0].diagnostics)
        if seed % 10 == 1:
            check_reports(networks)
        check_commands(text)
        if seed % 5 == 0:
            check_fixes(text)


def _as_text(text: str) -> str:
    """A text that is taken for a spec and not for the name of a file."""
    return f"# a spec:\n{text}"


def check_network(seen: Examination, found: list[Diagnostic]) -> None:
    """What is not fully known has an error; what has no error is known to the last figure."""
    has_errors = any(each.severity is Severity.ERROR for each in found)
    for each in found:
        for span in filter(None, (each.span, *(label.span for label in each.labels))):
            assert 0 <= span.start <= span.end <= len(span.source.text)
        assert max(map(len, (each.message, *each.notes, *each.help))) < 10_000
    if seen.graph is None or seen.report is None:
        assert has_errors
        return
    if not seen.graph.is_known:
        assert has_errors or is_suppressing(seen.graph)
        assert seen.report.totals.params is None
    elif not has_errors:
        assert all(type(figure) is int for figure in seen.report.totals if not isinstance(figure, dict))


def check_reports(networks: list[Examination]) -> None:
    for seen in networks:
        for name in REPORT_FORMATS:
            assert seen.report is None or render_report(seen.report, name).endswith("\n")


def is_suppressing(graph: Graph) -> bool:
    """Whether errors may be suppressed."""
    return any(node.ignored for node in graph.nodes)


def check_commands(text: str) -> None:
    """Check, analyze, sizes and compile agree."""
    text = _as_text(text)
    seen = examine(text, max_nodes=NODES)
    graph = seen.graph
    if graph is None or seen.errors or not graph.is_whole:
        if graph is None or graph.is_whole:
            with pytest.raises(SpecError):
                archspec.compile(text)
        return
    assert graph.is_known or is_suppressing(graph)
    assert archspec.analyze(text).totals == seen.report.totals  # type: ignore[union-attr]
    if not graph.is_known:
        with pytest.raises(archspec.CompileError):
            archspec.compile(text)
        return
    assert seen.report is not None
    totals = seen.report.totals
    costs = (totals.flops or 0) + (totals.forward_bytes or 0) + (totals.param_bytes or 0)
    if costs < RUNNABLE:
        run(text)


def run(text: str) -> None:
    """The outputs of the network that is compiled have the shapes that the table says."""
    import numpy as np  # noqa: PLC0415 - for few specs

    network = archspec.compile(text)
    volumes = {name: volume for name, volume in network.graph.inputs.items() if volume}
    arrays = {name: np.zeros((1, *volume.shape), network.dtype) for name, volume in volumes.items()}
    results = network(arrays if len(arrays) > 1 else next(iter(arrays.values())))
    named = results if isinstance(results, dict) else {network.graph.outputs[0]: results}
    for name, array in named.items():
        volume = network.graph.volume(name)
        assert volume is not None
        assert array.shape[1:] == volume.shape


def check_fixes(text: str) -> None:
    """Fixing a second time changes nothing."""
    selection = FixSelection(unsafe=True)
    with TemporaryDirectory() as folder:
        path = Path(folder, "net.yaml")
        path.write_text(text, encoding="utf-8")
        first = repair([str(path)], _findings, selection)
        (data,) = first.data.values()
        path.write_bytes(data)
        second = repair([str(path)], _findings, selection)
        assert second.data == first.data
        assert second.fixed == 0


def _findings(path: str) -> Examined:
    networks = examine_family(path, max_nodes=NODES)
    return Examined(networks[0].diagnostics, networks)


def test_the_corpus_is_there() -> None:
    assert len(corpus()) > 500


@pytest.mark.parametrize("first", range(0, QUICK, 50))
def test_mutated_specs(first: int) -> None:
    for seed in range(first, first + 50):
        check(seed)


@pytest.mark.parametrize("seed", range(0, QUICK, 20))
def test_work_is_bounded(seed: int) -> None:
    with work(LINES):
        examine_family(_as_text(text_of(seed)), max_nodes=NODES)


@pytest.mark.slow
@pytest.mark.parametrize(
    "first",
    [first if first < CI else pytest.param(first, marks=pytest.mark.proof) for first in range(0, MANY, SHARD)],
)
def test_many_mutated_specs(first: int) -> None:
    for seed in range(first, first + SHARD):
        check(seed)


if __name__ == "__main__":
    from archspec.examination.explained import Checks

    Checks.are_on = True
    for number in map(int, sys.argv[1:]):
        sys.stdout.write(text_of(number))
        check(number)
