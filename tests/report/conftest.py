"""Specs and expected texts that the tests of reports share, in tests/golden."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from archspec.analysis.report import Report
from archspec.diagnostics import Diagnostic, Edit, Fix, Label, Severity
from archspec.examination import examine
from archspec.source import Source, Span

GOLDEN = Path(__file__).parent.parent / "golden"
UPDATE = "ARCHSPEC_UPDATE_GOLDEN"

NASTY_TEXT = (
    "name: x\r\n# e\u0301 \u540d\U0001f600\U0001f600\r\nlayers: [\u00e9\U0001f600, konv]\r\n  - \u540d relu\n  - two\n"
)
NASTY_WORDS = (
    "100% of ::error file=x,line=1::y, [a](1) ]]> <b>&amp;\r\n"
    "::stop-commands::z\x1b[31m\x00\udcff \u202e\u540d\U0001f600"
)
"""Commands of a runner, links, tags, ends of lines and of data, escape codes, half a pair, reversed writing."""

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
    vars(network)["layers"] = layers
    return network


@pytest.fixture
def nasty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Diagnostic]:
    """Findings that try to break out of every format, in files that need not be there.

    In order: one without file, three with places behind characters of every width, one about a whole file.
    """
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
        monkeypatch.delenv(name, raising=False)
    here = Source("a b/\u00fc%20:x,y.yaml", NASTY_TEXT)
    there = Source("./c/../blocks\n\x1b[31m.yaml", "name: b\n")
    spans = {word: Span(here, (start := NASTY_TEXT.index(word)), start + len(word)) for word in ("konv", "relu", "two")}
    end = spans["two"].end
    return [
        Diagnostic(rule="no-such-rule", message=NASTY_WORDS, severity=Severity.WARNING),
        Diagnostic(
            rule="unknown-operator",
            message=NASTY_WORDS,
            span=spans["konv"],
            label=NASTY_WORDS,
            labels=(Label(spans["relu"], "and\nhere"), Label(Span(there, 6, 7), "there")),
            notes=(NASTY_WORDS, "one\ntwo"),
            help=("write `conv`",),
            layer="stage1.konv\u00fc",
            fix=Fix("write `conv`", (Edit(spans["konv"], "conv"), Edit(Span(there, 6, 7), "\U0001f600]]>\n"))),
        ),
        Diagnostic(rule="unknown-operator", message="again", span=spans["konv"], layer="stage1.konv\u00fc"),
        Diagnostic(rule="lopsided-padding", message="i", severity=Severity.INFO, span=spans["relu"]._replace(end=end)),
        Diagnostic(rule="unreadable-file", message="gone", path="\udcff ]]>&<.yaml", unusable=True),
    ]
