"""Examines one network, all networks of a file, or the graph of a program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.analysis.report import analyze
from archspec.examination.merging import in_order, merged_variants
from archspec.examination.networks import Examination, SharedWork, enabled_findings, examine_network
from archspec.examination.opened_spec import OpenedSpec, open_spec, usual_variants
from archspec.graph.build import MAX_NODES
from archspec.rules import run, run_family
from archspec.rules._settings import DEFAULT, Settings
from archspec.spec.selection import NetworkSelection
from archspec.syntax.collector import collector_paused

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph
    from archspec.spec.models import Spec

_EVERYTHING = NetworkSelection()
"""A selection that chooses and changes nothing."""


@collector_paused()
def examine(
    spec: Spec | str | Path, selection: NetworkSelection | None = None, max_nodes: int = MAX_NODES
) -> Examination:
    """Examines one network; of a family, the chosen variant or the first. Findings in order of place.

    Raises:
        ChoiceError: the spec has no such variant or parameter, or the input can't be read.

    """
    found: list[Diagnostic] = []
    opened = open_spec(spec, found)
    if opened is None:
        return Examination(in_order(found))
    selection = selection or _EVERYTHING
    network = examine_network(opened, selection._replace(variant=selection.variant or opened.variant), max_nodes)
    findings = _without_suppressed([*opened.findings, *network.diagnostics], opened)
    return network._replace(diagnostics=in_order(findings))


@collector_paused()
def examine_family(
    spec: Spec | str | Path,
    selection: NetworkSelection | None = None,
    max_nodes: int = MAX_NODES,
    settings: Settings = DEFAULT,
    variants: Sequence[str] = (),
) -> list[Examination]:
    """Every network of a file, or the one chosen; the first has the findings of all of them, each once.

    Of a family that has some of ``variants``, these are all, unless one is chosen. ``settings`` are for the rules.

    Raises:
        ChoiceError: the spec has no such variant or parameter, or the input can't be read.

    """
    found: list[Diagnostic] = []
    opened = open_spec(spec, found)
    if opened is None:
        return [Examination(in_order(enabled_findings(found, settings)))]
    selection = selection or _EVERYTHING
    chosen = selection.variant or opened.variant or opened.spec.chosen
    names = (chosen,) if chosen or not opened.spec.variants else usual_variants(opened.spec, variants)
    shared = SharedWork()
    networks = [
        examine_network(opened, selection._replace(variant=name), max_nodes, settings, shared) for name in names
    ]
    is_whole = chosen is None and len(names) >= len(opened.spec.variants)
    is_as_written = selection == _EVERYTHING and all(each.graph.is_known for each in networks if each.graph)
    findings = _findings_of_file(opened, networks, settings, is_whole=is_whole)
    findings = _without_suppressed(findings, opened, settings, reports_unused=is_whole and is_as_written)
    first, *others = networks
    return [first._replace(diagnostics=in_order(findings)), *(each._replace(diagnostics=[]) for each in others)]


def _findings_of_file(
    opened: OpenedSpec, networks: Sequence[Examination], settings: Settings, *, is_whole: bool
) -> list[Diagnostic]:
    """Findings of a file and of its networks; of a whole family, also those that need all networks."""
    found = list(opened.findings)
    if is_whole:
        run_family(opened.spec, [each.graph for each in networks if each.graph], found.append, settings)
    return [*enabled_findings(found, settings), *merged_variants(networks)]


def _without_suppressed(
    found: list[Diagnostic], opened: OpenedSpec, settings: Settings = DEFAULT, *, reports_unused: bool = False
) -> list[Diagnostic]:
    """The findings that no comment suppresses, what is wrong with such comments, and which suppress nothing."""
    suppressions = opened.suppressions
    if suppressions is None:
        return found
    left = suppressions.without(found)
    faults = [*suppressions.faults(left)]
    if reports_unused:
        faults += suppressions.unused_suppressions(opened.spec.tree.span.source, settings)
    return [*left, *enabled_findings(faults, settings)]


@collector_paused()
def examine_graph(graph: Graph, settings: Settings = DEFAULT) -> Examination:
    """Examines the graph of a program; its findings have no place, and are in the order of its layers."""
    found: list[Diagnostic] = []
    report = analyze(graph)
    if any(node.ignored for node in graph.nodes):
        from archspec.suppression.ignored_names import unknown_rules_of_nodes  # noqa: PLC0415 - few layers ignore any

        found.extend(enabled_findings([*unknown_rules_of_nodes(graph.nodes)], settings))
    run(report, found.append, settings)
    if not graph.is_known:
        from archspec.examination import explained  # noqa: PLC0415 - for faulty networks only

        found += explained.unexplained(report, found)
    places = {node.name: place for place, node in enumerate(graph.nodes)}
    found.sort(key=lambda each: (places.get(each.layer or "", len(places)), each.sort_key))
    return Examination(found, graph.origin, graph, report)
