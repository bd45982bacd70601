"""What a program calls: load, check, analyze, compile. Each stage's value goes into the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from archspec.analysis.report import Report
from archspec.analysis.report import analyze as _analyze
from archspec.diagnostics import Diagnostic, Severity
from archspec.graph.build import build
from archspec.rules import run
from archspec.source import Source
from archspec.spec.models import Spec
from archspec.spec.reader import read_spec
from archspec.syntax import parse, read

if TYPE_CHECKING:
    from pathlib import Path

    from archspec.engine.network import Network
    from archspec.graph.model import Graph


class SpecError(ValueError):
    """A spec has errors, all of them in ``diagnostics``; the message shows them with their places."""

    def __init__(self, diagnostics: list[Diagnostic]) -> None:
        from archspec.report.findings_text import plain_text  # noqa: PLC0415 - only an error needs it

        self.diagnostics = diagnostics
        super().__init__("the spec has errors\n\n" + plain_text(diagnostics))


class Examination(NamedTuple):
    """All that is known of one spec file: as far as its faults allow."""

    diagnostics: list[Diagnostic]
    spec: Spec | None = None
    graph: Graph | None = None
    report: Report | None = None

    @property
    def errors(self) -> list[Diagnostic]:
        """The findings that are errors."""
        return [found for found in self.diagnostics if found.severity is Severity.ERROR]


def read_source(path_or_text: str | Path, found: list[Diagnostic]) -> Source | None:
    """The text of a file; a string of several lines is the text itself."""
    if isinstance(path_or_text, str) and "\n" in path_or_text:
        return Source("<text>", path_or_text)
    return read(str(path_or_text), found.append)


def _read(path_or_text: str | Path, found: list[Diagnostic]) -> Spec | None:
    source = read_source(path_or_text, found)
    tree = parse(source, found.append) if source else None
    return read_spec(tree, found.append) if tree else None


def examine(spec: Spec | str | Path, *, input: str | None = None, batch: int | None = None) -> Examination:  # noqa: A002 - the spec's own word
    """Everything about a spec in one go, past all its faults; findings in order of file, place and rule.

    ``input`` (``256x256x3``) and ``batch`` replace the spec's own; its facts and ceilings are then left aside.
    """
    found: list[Diagnostic] = []
    read = spec if isinstance(spec, Spec) else _read(spec, found)
    if read is None:
        return Examination(_in_order(found))
    found.extend(read.findings)
    read = read.at(input=input, batch=batch)
    graph = build(read, found.append)
    report = _analyze(graph)
    run(report, found.append)
    return Examination(_in_order(found), read, graph, report)


def _in_order(found: list[Diagnostic]) -> list[Diagnostic]:
    """Findings by place, each once: an alias repeats those of its anchor.

    A value that was misread by YAML's rules is not also told to be wrong.
    """
    found = list(
        {(each.rule, each.span and (each.span.start, each.span.end), each.message): each for each in found}.values()
    )
    misread = {(each.span.start, each.span.end) for each in found if each.span and each.rule == "yaml-ambiguity"}
    kept = [
        each
        for each in found
        if each.rule != "invalid-value" or not each.span or (each.span.start, each.span.end) not in misread
    ]
    return sorted(kept, key=lambda each: each.sort_key)


def load(path_or_text: str | Path) -> Spec:
    """Read a spec from a file, or from a string of several lines.

    Raises:
        SpecError: it can't be read as a spec. What does not fit inside a readable one, :func:`check` tells.

    """
    found: list[Diagnostic] = []
    spec = _read(path_or_text, found)
    if spec is None or any(each.severity is Severity.ERROR for each in found):
        raise SpecError(found)
    return spec.model_copy(update={"findings": tuple(found)})


def check(spec: Spec | str | Path) -> list[Diagnostic]:
    """All findings about a spec (a loaded one, a path or text), in order of place. Raises nothing for a bad spec."""
    return examine(spec).diagnostics


def analyze(spec: Spec | str | Path) -> Report:
    """Shapes, parameters, costs, memory and receptive fields of every layer and in total.

    Layers that fail have None for figures; so have totals that would need them.

    Raises:
        SpecError: the spec can't be read.

    """
    return _analyze(build(spec if isinstance(spec, Spec) else load(spec), _ignore))


def compile(spec: Spec | str | Path, seed: int = 0, memory_limit: int | None = None) -> Network:  # noqa: A001 - the stage's name
    """An executable NumPy network, its weights drawn from ``seed``.

    ``memory_limit`` is in bytes; by default half of the machine's memory.

    Raises:
        SpecError: the spec has errors.
        CompileError: it needs more than the memory limit.

    """
    from archspec.engine.network import compile_graph  # noqa: PLC0415 - brings NumPy, which checking does without

    seen = examine(spec)
    if seen.errors or seen.graph is None:
        raise SpecError(seen.errors)
    return compile_graph(seen.graph, seed, memory_limit)


def _ignore(_: Diagnostic) -> None:
    """Findings that :func:`check` tells are no concern of a count."""
