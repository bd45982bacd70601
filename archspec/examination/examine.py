"""Examines one network, all networks of a file, or the graph of a program."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from archspec.analysis.report import analyze
from archspec.examination.merging import in_order, merged_variants
from archspec.examination.networks import Examination, SharedWork, enabled_findings, examine_network
from archspec.examination.opened_spec import OpenedSpec, open_spec, usual_variants
from archspec.rules import run, run_family
from archspec.rules._settings import DEFAULT, Settings
from archspec.spec.selection import NetworkSelection
from archspec.spec.values import out_of_work
from archspec.syntax import DEFAULT_LIMITS
from archspec.syntax.collector import collector_paused
from archspec.work_budget import MAX_NODES, NETWORK, OutOfWorkError, WorkBudget, spending, work_budget

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph
    from archspec.spec.models import Spec

_MOST_FAULTS = DEFAULT_LIMITS.findings + 1
"""Findings about suppressions: one more than are reported of a file."""
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
    with spending(WorkBudget(max_nodes)):
        return _examine(spec, selection or _EVERYTHING, max_nodes)


def _examine(spec: Spec | str | Path, selection: NetworkSelection, max_nodes: int) -> Examination:
    found: list[Diagnostic] = []
    opened = open_spec(spec, found)
    if opened is None:
        return Examination(in_order(found))
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
    with spending(WorkBudget(max_nodes)):
        return _examine_family(spec, selection or _EVERYTHING, max_nodes, settings, variants)


def _examine_family(
    spec: Spec | str | Path, selection: NetworkSelection, max_nodes: int, settings: Settings, variants: Sequence[str]
) -> list[Examination]:
    found: list[Diagnostic] = []
    opened = open_spec(spec, found)
    if opened is None:
        return [Examination(in_order(enabled_findings(found, settings)))]
    chosen = selection.variant or opened.variant or opened.spec.chosen
    names = (chosen,) if chosen or not opened.spec.variants else usual_variants(opened.spec, variants)
    networks = _networks(opened, [selection._replace(variant=name) for name in names], max_nodes, settings)
    is_whole = chosen is None and len(networks) >= max(len(opened.spec.variants), 1)
    is_as_written = selection == _EVERYTHING and all(each.graph.is_known for each in networks if each.graph)
    findings = _findings_of_file(opened, networks, settings, is_whole=is_whole)
    findings = _without_suppressed(findings, opened, settings, reports_unused=is_whole and is_as_written)
    first, *others = networks
    return [first._replace(diagnostics=in_order(findings)), *(each._replace(diagnostics=[]) for each in others)]


def _networks(
    opened: OpenedSpec, selections: Sequence[NetworkSelection], max_nodes: int, settings: Settings
) -> list[Examination]:
    """The selected networks as far as the file's work and layers suffice: none after one that is cut short."""
    networks: list[Examination] = []
    shared = SharedWork()
    budget = work_budget()
    for selection in selections:
        limit: list[Diagnostic] = []
        try:
            if networks:
                budget.spend(NETWORK, "many networks in one file")
        except OutOfWorkError as error:
            key = opened.spec.tree.entry("variants")
            out_of_work(error, key.key.span if key else None, limit.append)
        else:
            networks.append(examine_network(opened, selection, max_nodes, settings, shared))
        last = networks[-1]
        if limit or budget.finding is not None or (last.graph and not last.graph.is_whole):
            networks[-1] = _as_last([*last.diagnostics, *limit], len(selections) - len(networks), last)
            break
    return networks


def _as_last(found: Sequence[Diagnostic], others: int, network: Examination) -> Examination:
    """A network after which ``others`` are not examined, which the finding about the limit notes."""
    note = f"{others:,} further variants are not checked"
    limits = ("work-limit", "expansion-limit")
    noted = [each._replace(notes=(*each.notes, note)) if each.rule in limits and others else each for each in found]
    return network._replace(diagnostics=noted)


def _findings_of_file(
    opened: OpenedSpec, networks: Sequence[Examination], settings: Settings, *, is_whole: bool
) -> list[Diagnostic]:
    """Findings of a file and of its networks; of a whole family, also those that need all networks."""
    found = list(opened.findings)
    if settings.selected is not None and "yaml-exponent" in settings.selected:
        from archspec.syntax.exponents import exponents  # noqa: PLC0415 - off by default

        found += exponents([opened.spec.tree, *(block.node for block in opened.spec.blocks.values())])
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
    faults = [*islice(suppressions.faults(left), _MOST_FAULTS)]
    if reports_unused:
        faults += islice(suppressions.unused_suppressions(opened.spec.tree.span.source, settings), _MOST_FAULTS)
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
