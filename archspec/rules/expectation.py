"""expectation: a fact stated by ``expect`` that does not hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.analysis.report import added_up
from archspec.rules._base import Group, NetworkRule
from archspec.rules._figures import Figure, largest, stated_figures, unit_text
from archspec.syntax.nodes import Mapping
from archspec.volume import sizes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.analysis.report import LayerFigures, Report
    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Node, Section
    from archspec.source import Span
    from archspec.spec.models import Facts, LayerFacts
    from archspec.syntax.nodes import Node as Tree
    from archspec.volume import Volume


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
            if layers and section.output is not None and all(layer.node.is_known for layer in layers):
                yield from self._section(section, added_up(layers), report)
        if graph.header.expect is not None and graph.is_known:
            yield from self._network(report, graph.header.expect, graph.claims("expect"))

    def _network(self, report: Report, facts: Facts, tree: Tree | None) -> Iterator[Diagnostic]:
        last = report.graph.nodes[-1]
        yield from self._volume(facts, tree, next(iter(report.outputs.values())), last, None, report)
        for figure in stated_figures(facts, report.totals, tree):
            if figure.got != figure.stated:
                yield self._differs(figure, None, largest(report, figure))

    def _section(self, section: Section, counted: LayerFigures, report: Report) -> Iterator[Diagnostic]:
        facts, item = section.expect, section.origin.node if section.origin else None
        tree = item.get("expect") if isinstance(item, Mapping) else None
        yield from self._volume(facts, tree, section.output, counted.node, counted.name, report)
        for figure in stated_figures(facts, counted, tree):
            if figure.got != figure.stated:
                yield self._differs(figure, counted.name, ())

    def _volume(  # noqa: PLR0913, PLR0917 - a fact, where it stands, and all that it is about
        self,
        facts: Facts | LayerFacts,
        tree: Tree | None,
        output: Volume | None,
        layer: Node,
        told_of: str | None,
        report: Report,
    ) -> Iterator[Diagnostic]:
        if facts.output is not None and facts.output != output:
            from archspec.rules._branches import way_to  # noqa: PLC0415 - for a fault only
            from archspec.rules.repair.roundings import rounding_that_repairs  # noqa: PLC0415

            message = f"{layer.name} gives {output}, not the {facts.output} expected"
            graph = report.graph
            steps = way_to(layer.name, graph)
            offers = rounding_that_repairs(steps, layer, graph, lambda call: call.output != facts.output)
            help_ = tuple(f"{rounding}: {offer.text} would give {facts.output}" for rounding, offer in offers)
            yield self.finding(message, _place(tree, "output"), layer=told_of, help=help_)
        field = report.receptive_fields[layer.name] if facts.receptive_field is not None else None
        if facts.receptive_field is not None and field is not None:
            got = tuple(axis.size for axis in field)
            stated = facts.receptive_field
            wanted = stated if isinstance(stated, tuple) else (stated,) * len(got)
            if wanted != got:
                message = f"the receptive field of {layer.name} is {sizes(got)}, not the {sizes(wanted)} expected"
                yield self.finding(message, _place(tree, "receptive_field"), layer=told_of)

    def _differs(self, figure: Figure, layer: str | None, notes: tuple[str, ...]) -> Diagnostic:
        whose = f"{layer} has" if layer else "the network has"
        difference = figure.got - figure.stated
        message = (
            f"{whose} {unit_text(figure.name, figure.got)}, not the "
            f"{unit_text(figure.name, figure.stated, bare=True)} expected: "
            f"{abs(difference):,} too {'many' if difference > 0 else 'few'}"
        )
        return self.finding(message, figure.span, layer=layer, notes=notes)


def _place(tree: Tree | None, key: str) -> Span | None:
    """Where a fact is written; a bare volume is the fact itself."""
    found = (tree.get(key) or tree) if isinstance(tree, Mapping) else tree
    return found.span if found else None
