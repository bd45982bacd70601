"""One network of an opened spec, processed by all stages: graph, figures, rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from archspec.analysis.report import Report, analyze
from archspec.diagnostics import Diagnostic, Severity
from archspec.graph.build import build
from archspec.graph.expansions import Expansions
from archspec.graph.trail import deduplicate
from archspec.rules import run
from archspec.rules._settings import DEFAULT, Settings
from archspec.spec.selection import NetworkSelection, select

if TYPE_CHECKING:
    from archspec.examination.opened_spec import OpenedSpec
    from archspec.graph.model import Graph
    from archspec.graph.operator_call import OperatorCall
    from archspec.spec.models import Spec

_UNREAD_ITEMS = frozenset(("spec-form", "unknown-key", "unknown-operator", "unknown-volume", "duplicate-key"))
"""Findings about items that could not be read; what they read is not known."""
_UNSURE = ("unused-layer",)
"""Rules that are left out beside these: an item that could not be read may be what reads a layer."""


@dataclass
class SharedWork:
    """What the examination of a network shares with those of others in the file, with the same settings.

    ``quiet`` are the rules that find nothing in a call.
    """

    expansions: Expansions = field(default_factory=Expansions)
    quiet: dict[OperatorCall, frozenset[str]] = field(default_factory=dict)


class Examination(NamedTuple):
    """The results for one network, as complete as its errors allow."""

    diagnostics: list[Diagnostic]
    spec: Spec | None = None
    graph: Graph | None = None
    report: Report | None = None

    @property
    def errors(self) -> list[Diagnostic]:
        """The findings that are errors."""
        return [found for found in self.diagnostics if found.severity is Severity.ERROR]

    @property
    def is_known(self) -> bool:
        """Whether there is a network, and all of it is known."""
        return self.graph is not None and self.graph.is_known


def examine_network(
    opened: OpenedSpec,
    selection: NetworkSelection,
    max_nodes: int,
    settings: Settings = DEFAULT,
    shared: SharedWork | None = None,
) -> Examination:
    """A network of a spec; its diagnostics are its own alone, without those of the file."""
    shared = shared or SharedWork()
    spec, suppressions = opened.spec, opened.suppressions
    found: list[Diagnostic] = []
    chosen = spec if spec.is_selected else select(spec, selection, found.append)
    graph = build(chosen, found.append, max_nodes, expansions=shared.expansions)
    report = analyze(graph)
    left_out = _UNSURE if any(each.rule in _UNREAD_ITEMS for each in (*opened.findings, *found)) else ()
    stages = [*opened.findings, *found]
    run(report, found.append, settings, suppressions.without if suppressions else None, left_out, shared.quiet)
    if not graph.is_known:
        from archspec.examination import explained  # noqa: PLC0415 - for faulty networks only

        found += explained.unexplained(report, stages, found)
    return Examination(deduplicate(enabled_findings(found, settings), graph), chosen, graph, report)


def enabled_findings(found: list[Diagnostic], settings: Settings) -> list[Diagnostic]:
    """Findings without those of disabled rules, which earlier stages may report."""
    if settings.selected is None:
        return found
    return [each for each in found if each.rule in settings.selected]
