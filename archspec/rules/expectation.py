"""expectation: a fact stated by ``expect`` that does not hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from archspec.analysis.receptive_field import AxisField
from archspec.analysis.report import added_up
from archspec.rules._base import Group, NetworkRule
from archspec.rules._figures import Figure, largest, stated_figures, unit_text
from archspec.syntax.nodes import Mapping
from archspec.volume import sizes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.analysis.receptive_field import ReceptiveField
    from archspec.analysis.report import Report
    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node, Section
    from archspec.rules.repair.candidates import Offer
    from archspec.source import Span
    from archspec.spec.models import Facts, LayerFacts
    from archspec.syntax.nodes import Node as Tree
    from archspec.volume import Volume


_MOST = 3
"""Changes that are offered."""


class Expectation(NetworkRule):
    """A fact that the spec states under ``expect`` does not hold.

    Why: comparing with published figures, or with a drawing of the network, is the cheapest test.

    Source: docs/language.md, "Facts and ceilings".

    Bad:
        input: 32x32x3
        layers:
          - fc: 10
        expect: {params: 30720}

    Good:
        input: 32x32x3
        layers:
          - fc: 10
        expect: {params: 30730}
    """

    name: ClassVar[str] = "expectation"
    group: ClassVar[Group] = "budget"

    def check(self, report: Report) -> Iterator[Diagnostic]:
        """A finding for each fact, of the network and of its layers, blocks, groups and loops."""
        graph = report.graph
        for section in graph.sections:
            layers = report.layers[section.begin : section.end]
            if section.output is not None and all(layer.node.is_known for layer in layers):
                yield from self._section(section, report)
        if graph.header.expect is not None and graph.is_known:
            yield from self._network(report, graph.header.expect, graph.claims("expect"))

    def _network(self, report: Report, facts: Facts, tree: Tree | None) -> Iterator[Diagnostic]:
        seen = _Seen(report.graph.nodes[-1].name, next(iter(report.outputs.values())), report)
        yield from self._shapes(facts, tree, seen, None, report.graph)
        for figure in stated_figures(facts, report.totals, tree):
            if figure.got != figure.stated:
                yield self._differs(figure, None, largest(report, figure))

    def _section(self, section: Section, report: Report) -> Iterator[Diagnostic]:
        """Facts of an item; one that has no layers of its own, such as ``from`` alone, costs nothing."""
        facts, item = section.expect, section.origin.node if section.origin else None
        tree = item.get("expect") if isinstance(item, Mapping) else None
        layers = report.layers[section.begin : section.end]
        counted: Any = added_up(layers) if layers else _NoCosts()
        name = layers[-1].name if layers else section.source
        layer = name if layers else None
        yield from self._shapes(facts, tree, _Seen(name, section.output, report), layer, report.graph)
        for figure in stated_figures(facts, counted, tree):
            if figure.got != figure.stated:
                yield self._differs(figure, name if layers else f"`{section.word}`", (), layer)

    def _shapes(
        self, facts: Facts | LayerFacts, tree: Tree | None, seen: _Seen, layer: str | None, graph: Graph
    ) -> Iterator[Diagnostic]:
        """The output and the fields."""
        if facts.output is not None and facts.output != seen.output:
            yield self._output(facts.output, _place(tree, "output"), seen, layer, graph)
        note: tuple[str, ...] = ()
        if facts.receptive_field is not None and seen.window_field and seen.window_field != seen.receptive_field:
            windows = sizes(tuple(axis.size for axis in seen.window_field))
            note = (f"its windows alone see {windows}, the `window_field`; attention or a norm sees everything",)
        yield from self._field("receptive field", facts.receptive_field, tree, seen, (layer, note))
        yield from self._field("window field", facts.window_field, tree, seen, (layer, ()))

    def _output(self, stated: Volume, place: Span | None, seen: _Seen, layer: str | None, graph: Graph) -> Diagnostic:
        """An output that is not as stated: the layer at which its size departs, and what restores it."""
        from archspec.rules.repair.edits import offered_fix  # noqa: PLC0415 - for a fault only
        from archspec.rules.repair.stated_sizes import departing, restoring  # noqa: PLC0415

        node = graph.by_name.get(seen.name)
        offers: list[Offer] = []
        if node is not None:
            offers = self.offers(node, graph, lambda call: call.output != stated, restoring(node.name, stated, graph))
        step = departing(seen.name, stated, graph)
        return self.finding(
            f"{seen.name} gives {seen.output}, not the {stated} expected",
            place,
            labels=() if step is None else (step,),
            layer=layer,
            help=(
                *_roundings(stated, node, graph),
                *(f"{offer.text} would give {stated}" for offer in offers[:_MOST]),
                _as_is(str(seen.output)),
            ),
            fix=offered_fix(graph, offers[:_MOST]),
        )

    def _field(
        self,
        what: str,
        stated: tuple[int, ...] | int | None,
        tree: Tree | None,
        seen: _Seen,
        explained: tuple[str | None, tuple[str, ...]],
    ) -> Iterator[Diagnostic]:
        """A receptive field, of which it is an error too if it cannot be followed."""
        if stated is None:
            return
        key, (layer, notes) = what.replace(" ", "_"), explained
        field = getattr(seen, key)
        if field is None:
            shown = sizes(stated) if isinstance(stated, tuple) else str(stated)
            message = f"the {what} of {seen.name} is not known, so the {shown} expected cannot be checked"
            why = "neighbouring outputs see different parts of the input, in a pattern that is too long to follow"
            help_ = (f"remove `{key}` here, or state it of a layer where the table shows it",)
            yield self.finding(message, _place(tree, key), layer=layer, notes=(why,), help=help_)
            return
        got = tuple(axis.size for axis in field)
        wanted = stated if isinstance(stated, tuple) else (stated,) * len(got)
        if wanted != got:
            message = f"the {what} of {seen.name} is {sizes(got)}, not the {sizes(wanted)} expected"
            help_ = (_as_is(str(got[0]) if len(set(got)) == 1 else str([*got])),)
            yield self.finding(message, _place(tree, key), layer=layer, notes=notes, help=help_)

    def _differs(
        self, figure: Figure, owner: str | None, notes: tuple[str, ...], layer: str | None = None
    ) -> Diagnostic:
        whose = f"{owner} has" if owner else "the network has"
        difference = figure.got - figure.stated
        message = (
            f"{whose} {unit_text(figure.name, figure.got)}, not the "
            f"{unit_text(figure.name, figure.stated, bare=True)} expected: "
            f"{abs(difference):,} too {'many' if difference > 0 else 'few'}"
        )
        return self.finding(message, figure.span, layer=layer, notes=notes, help=(_as_is(str(figure.got)),))


def _place(tree: Tree | None, key: str) -> Span | None:
    """Where a fact is written; a bare volume is the fact itself."""
    found = (tree.get(key) or tree) if isinstance(tree, Mapping) else tree
    return found.span if found else None


class _NoCosts:
    """The figures of an item without layers."""

    def __getattr__(self, name: str) -> int:
        return 0


class _Seen(NamedTuple):
    """A volume about which facts are stated: the name of its layer or input, and its fields."""

    name: str
    output: Volume | None
    report: Report

    @property
    def receptive_field(self) -> ReceptiveField | None:
        """The receptive field."""
        return self._of(self.report.receptive_fields)

    @property
    def window_field(self) -> ReceptiveField | None:
        """That of the windows alone."""
        return self._of(self.report.window_fields)

    def _of(self, fields: dict[str, ReceptiveField | None]) -> ReceptiveField | None:
        if self.name in fields:
            return fields[self.name]
        volume = self.report.graph.inputs.get(self.name)
        return tuple(AxisField() for _ in volume.spatial) if volume else None


def _roundings(stated: Volume, node: Node | None, graph: Graph) -> tuple[str, ...]:
    """Roundings on the way without which the output would be as stated."""
    if node is None:
        return ()
    from archspec.rules._branches import way_to  # noqa: PLC0415 - for a fault only
    from archspec.rules.repair.roundings import rounding_that_repairs  # noqa: PLC0415

    offers = rounding_that_repairs(way_to(node.name, graph), node, graph, lambda call: call.output != stated)
    return tuple(f"{rounding}: {offer.text} would give {stated}" for rounding, offer in offers)


def _as_is(value: str) -> str:
    """To state what is so."""
    return f"if the network is as it should be, state `{value}`"
