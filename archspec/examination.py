"""The stages in a row: everything that can be known of a spec, past all its faults."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from archspec.analysis.report import Report, analyze
from archspec.diagnostics import Diagnostic, Severity
from archspec.graph.build import MAX_NODES, build
from archspec.graph.trail import told_once
from archspec.rules import run, run_family
from archspec.rules._settings import DEFAULT, Settings
from archspec.source import Source
from archspec.spec.items import all_items
from archspec.spec.models import Spec
from archspec.spec.reader import read_spec
from archspec.spec.selection import NetworkSelection, select
from archspec.syntax import parse, read
from archspec.syntax.collector import collector_paused

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from archspec.graph.model import Graph
    from archspec.suppression.suppressions import Suppressions

_ZOO = "zoo:"
_SUPPRESSING = "archspec:"
"""What comments begin with that suppress findings."""
_MISREAD = ("yaml-ambiguity", "number-range")
"""Findings about a value that was read as another than it seems."""

_HIDING = frozenset(("spec-form", "unknown-key", "unknown-operator", "unknown-volume", "duplicate-key"))
_HIDDEN = ("unused-layer",)
"""What is not told beside these: what could not be read may be what reads a layer."""


class Examination(NamedTuple):
    """All that is known of one network: as far as its faults allow."""

    diagnostics: list[Diagnostic]
    spec: Spec | None = None
    graph: Graph | None = None
    report: Report | None = None

    @property
    def errors(self) -> list[Diagnostic]:
        """The findings that are errors."""
        return [found for found in self.diagnostics if found.severity is Severity.ERROR]


class _Read(NamedTuple):
    """A file as it was read, before a network is chosen: what is wrong with it, and what its comments suppress."""

    spec: Spec
    found: list[Diagnostic]
    silence: Suppressions | None


def read_file(path_or_text: str | Path, found: list[Diagnostic]) -> tuple[Spec | None, str | None]:
    """The spec in a file, and the variant that its name chooses (``zoo:resnet50``).

    A string of several lines is the text itself. What is wrong is added to ``found``.
    """
    if isinstance(path_or_text, str) and _is_text(path_or_text):
        return _read(Source("<text>", path_or_text), found), None
    path, variant = str(path_or_text), None
    if path.startswith(_ZOO):
        from archspec.files.zoo import find  # noqa: PLC0415 - few specs are named so

        entry = find(path, found.append)
        if entry is None:
            return None, None
        path, variant = str(entry.file), entry.variant
    source = read(path, found.append)
    return (_read(source, found) if source else None), variant


def _is_text(path_or_text: str) -> bool:
    """Whether a string is a spec: one of several lines of which one gives a key its value, as no file is called."""
    return "\n" in path_or_text and ":" in path_or_text


def _read(source: Source, found: list[Diagnostic]) -> Spec | None:
    tree = parse(source, found.append)
    spec = read_spec(tree, found.append) if tree else None
    if spec is not None:
        found.extend(_unknown_ignored_rules(spec))
    return spec


def _unknown_ignored_rules(spec: Spec) -> Iterable[Diagnostic]:
    """Findings about names of rules that layers ignore."""
    items = chain(spec.layers, *(block.items for block in spec.blocks.values()))
    ignoring = [item for item in all_items(items) if item.ignore]
    if not ignoring:
        return ()
    from archspec.suppression.ignored_names import unknown_ignored_rules  # noqa: PLC0415 - most layers ignore nothing

    return unknown_ignored_rules(ignoring)


@collector_paused()
def examine(
    spec: Spec | str | Path, selection: NetworkSelection | None = None, max_nodes: int = MAX_NODES
) -> Examination:
    """Everything about one network; of a family, the variant chosen or the first. Findings in order of place.

    Raises:
        ChoiceError: the spec has no such variant or parameter, or the input can't be read.

    """
    found: list[Diagnostic] = []
    selection = selection or NetworkSelection()
    if isinstance(spec, Spec):
        given: Spec | None = spec
    else:
        given, variant = read_file(spec, found)
        selection = selection if selection.variant else selection._replace(variant=variant)
    if given is None:
        return Examination(in_order(found))
    read = _Read(given, [*given.findings, *found], _silence(given))
    seen = _network(read, selection, max_nodes)
    return seen._replace(diagnostics=in_order(_silenced([*read.found, *seen.diagnostics], read.silence)))


@collector_paused()
def examine_graph(graph: Graph, settings: Settings = DEFAULT) -> Examination:
    """Everything about the graph of a program; its findings have no place, and are in the order of its layers."""
    found: list[Diagnostic] = []
    report = analyze(graph)
    if any(node.ignored for node in graph.nodes):
        from archspec.suppression.ignored_names import unknown_rules_of_nodes  # noqa: PLC0415 - see above

        found.extend(_selected([*unknown_rules_of_nodes(graph.nodes)], settings))
    run(report, found.append, settings)
    places = {node.name: place for place, node in enumerate(graph.nodes)}
    found.sort(key=lambda each: (places.get(each.layer or "", len(places)), each.sort_key))
    return Examination(found, graph.origin, graph, report)


@collector_paused()
def examine_family(
    spec: Spec | str | Path,
    selection: NetworkSelection | None = None,
    max_nodes: int = MAX_NODES,
    settings: Settings = DEFAULT,
    variants: Sequence[str] = (),
) -> list[Examination]:
    """Every network of a file, or the one chosen; the findings of all of them stand in the first, each told once.

    Of a family that has some of ``variants``, these are all, unless one is chosen. ``settings`` are for the rules.

    Raises:
        ChoiceError: the spec has no such variant or parameter, or the input can't be read.

    """
    found: list[Diagnostic] = []
    selection = selection or NetworkSelection()
    given, named = (spec, None) if isinstance(spec, Spec) else read_file(spec, found)
    if given is None:
        return [Examination(in_order(_selected(found, settings)))]
    chosen = selection.variant or named or given.chosen
    names = (chosen,) if chosen or not given.variants else usual_variants(given, variants)
    read = _Read(given, [*given.findings, *found], _silence(given))
    seen = [_network(read, selection._replace(variant=name), max_nodes, settings) for name in names]
    graphs = [each.graph for each in seen if each.graph is not None]
    is_whole = chosen is None and len(names) >= len(given.variants)
    if is_whole:
        run_family(given, graphs, found.append, settings)
    is_whole &= selection == NetworkSelection() and all(graph.is_known for graph in graphs)
    told = [*_selected([*given.findings, *found], settings), *_over_variants(seen)]
    merged = in_order(_silenced(told, read.silence, settings, given if is_whole else None))
    return [seen[0]._replace(diagnostics=merged), *(each._replace(diagnostics=[]) for each in seen[1:])]


def usual_variants(spec: Spec, wanted: Sequence[str]) -> tuple[str, ...]:
    """The variants of a family that are wanted; all when it has none of them."""
    return tuple(name for name in spec.variants if name in wanted) or tuple(spec.variants)


def _selected(found: list[Diagnostic], settings: Settings) -> list[Diagnostic]:
    """Findings of the stages before the rules, without those that are turned off."""
    if settings.selected is None:
        return found
    return [each for each in found if each.rule in settings.selected]


def _silence(spec: Spec) -> Suppressions | None:
    """What the comments of a spec's files suppress; None when they have none that do."""
    sources = dict.fromkeys((spec.tree.span.source, *(block.node.span.source for block in spec.blocks.values())))
    if not any(_SUPPRESSING in source.text for source in sources):
        return None
    from archspec.suppression.suppressions import Suppressions  # noqa: PLC0415 - most specs want to hear everything

    return Suppressions(sources)


def _silenced(
    found: list[Diagnostic], silence: Suppressions | None, settings: Settings = DEFAULT, whole: Spec | None = None
) -> list[Diagnostic]:
    """The findings that are not suppressed. The file of a ``whole`` spec is told what suppresses nothing, too."""
    if silence is None:
        return found
    left = silence.without(found)
    faults = [*silence.faults(left), *(silence.unused(whole.tree.span.source, settings) if whole else ())]
    return [*left, *_selected(faults, settings)]


def _network(read: _Read, selection: NetworkSelection, max_nodes: int, settings: Settings = DEFAULT) -> Examination:
    spec, silence = read.spec, read.silence
    found: list[Diagnostic] = []
    chosen = spec if spec.is_selected else select(spec, selection, found.append)
    graph = build(chosen, found.append, max_nodes)
    report = analyze(graph)
    hidden = _HIDDEN if any(each.rule in _HIDING for each in (*read.found, *found)) else ()
    run(report, found.append, settings, silence.without if silence else None, hidden)
    return Examination(told_once(_selected(found, settings), graph), chosen, graph, report)


def _over_variants(seen: list[Examination]) -> list[Diagnostic]:
    """Findings of several variants; one that several have is told once, with the variants it is in."""
    groups: dict[tuple[object, ...], list[tuple[Diagnostic, str]]] = {}
    for each in seen:
        name = each.spec.title if each.spec else ""
        for found in each.diagnostics:
            place = found.span and (found.span.source, found.span.start, found.span.end)
            groups.setdefault((found.rule, place, found.layer), []).append((found, name))
    if len(seen) == 1:
        return seen[0].diagnostics
    told = []
    for group in groups.values():
        names = list(dict.fromkeys(name for _, name in group))
        for first in [found for found, name in group if name == names[0]]:
            more = f" (and {len(names) - 1} more)" if len(names) > 1 else ""
            agree = {name for found, name in group if found.fix == first.fix} == set(names)
            notes = (*first.notes, f"in variant {names[0]}{more}")
            told.append(first._replace(notes=notes, fix=first.fix if agree else None))
    return told


def in_order(found: list[Diagnostic]) -> list[Diagnostic]:
    """Findings by place, each once: an alias repeats those of its anchor.

    A value that was misread by YAML's rules is not also told to be wrong.
    """
    found = list({(each.rule, each.span, each.message): each for each in found}.values())
    misread = {(each.span.start, each.span.end) for each in found if each.span and each.rule in _MISREAD}
    kept = [
        each
        for each in found
        if each.rule != "invalid-value" or not each.span or (each.span.start, each.span.end) not in misread
    ]
    return sorted(kept, key=lambda each: each.sort_key)
