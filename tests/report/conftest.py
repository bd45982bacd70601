"""Specs and expected texts that the tests of reports share, in tests/golden."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from archspec.analysis.report import Report
from archspec.examination import examine

GOLDEN = Path(__file__).parent.parent / "golden"
UPDATE = "ARCHSPEC_UPDATE_GOLDEN"

Golden = Callable[[str, str], None]
Analyzed = Callable[[str], Report]


@pytest.fixture
def golden() -> Golden:
    """Compares a text with a file of tests/golden; with ARCHSPEC_UPDATE_GOLDEN set it writes the file."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if os.environ.get(UPDATE):
            path.write_bytes(text.encode())
        assert text.encode() == path.read_bytes(), (
            f"{name} differs; run with {UPDATE}=1 if that is meant, and read the diff"
        )

    return compare


@pytest.fixture
def analyzed() -> Analyzed:
    """The report of a spec given as text."""

    def analyze(text: str) -> Report:
        report = examine(text).report
        assert report is not None
        return report

    return analyze


@pytest.fixture
def network(analyzed: Analyzed) -> Report:
    """Ten layers, with every mark a table knows."""
    return analyzed((GOLDEN / "network.yaml").read_text())


@pytest.fixture
def broken(analyzed: Analyzed) -> Report:
    """A network with two layers that fail, one behind the other."""
    return analyzed((GOLDEN / "broken.yaml").read_text())


@pytest.fixture
def staged(network: Report) -> Report:
    """The same ten layers with paths as blocks will give them."""
    paths = (
        "stem",
        "a.one.conv1",
        "a.one.relu1",
        "a.two.conv1",
        "a.two.conv2",
        "b.main.conv1",
        "b.lrn1",
        "fc1",
        "a.x",
        "b",
    )
    named = zip(network.layers, paths, strict=True)
    layers = tuple(layer._replace(node=replace(layer.node, name=path)) for layer, path in named)
    return replace(network, layers=layers)
