"""Units: layers that one step computes, a first one and what is done to its numbers before they are left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

from archspec.analysis.memory import overwritten
from archspec.engine.kernels._finish import FINISHING

if TYPE_CHECKING:
    from archspec.graph.model import Graph, Node
    from archspec.ops._base import Operator
    from archspec.volume import Volume

T = TypeVar("T")


class Unit(NamedTuple):
    """``first`` reads ``first.inputs``; ``rest`` are done in its place, in order; ``place`` is overwritten if given.

    What leaves has the name of the last layer. ``beside`` are the other volumes that sums in ``rest`` read, by the
    name of the sum. A ``chain`` is several units in one, its ``rest`` that of the first (:mod:`chains`).
    """

    first: Node
    rest: tuple[Node, ...] = ()
    beside: tuple[tuple[str, tuple[str, ...]], ...] = ()
    place: str | None = None
    chain: tuple[Unit, ...] = ()

    @property
    def nodes(self) -> tuple[Node, ...]:
        """All layers."""
        return tuple(node for unit in self.chain for node in unit.nodes) or (self.first, *self.rest)

    @property
    def name(self) -> str:
        """The name of what leaves."""
        return self.nodes[-1].name

    @property
    def reads(self) -> tuple[str, ...]:
        """The names of all volumes that the step reads, each once."""
        return tuple(dict.fromkeys((*self.first.inputs, *(name for _, names in self.beside for name in names))))

    @property
    def kind(self) -> str:
        """The operators' names: ``conv + batch_norm + relu``; of a chain those that its units begin with."""
        return " + ".join(node.kind for node in [unit.first for unit in self.chain] or self.nodes)

    @property
    def flow(self) -> str:
        """What arrives and what leaves: ``32x32x3 -> 32x32x8``."""
        return f"{', '.join(map(str, self.first.received))} -> {self.nodes[-1].output}"

    @property
    def operator(self) -> Operator:
        """The first layer's operator."""
        return known(self.first.operator)

    @property
    def volume(self) -> Volume:
        """The (first) volume that arrives."""
        return known(self.first.volume)

    @property
    def output(self) -> Volume:
        """The volume that leaves."""
        return known(self.nodes[-1].output)

    @property
    def is_view(self) -> bool:
        """Whether nothing is computed: the same numbers, in another shape or not."""
        return self.place is not None and self.operator.in_place and not self.operator.elementwise

    @property
    def macs(self) -> int:
        """Multiply-accumulates for one sample."""
        return sum(node.counts.macs for node in self.nodes if node.counts)


def known(value: T | None) -> T:
    """What a graph has that is known throughout, as the type checker can't see."""
    if value is None:
        raise TypeError("the graph has a faulty layer")
    return value


def units(graph: Graph, *, fused: bool) -> tuple[Unit, ...]:
    """The units of a known graph, in an order in which they can run; a unit for each layer unless ``fused``."""
    places = dict(zip((node.name for node in graph.nodes), overwritten(graph), strict=True))
    found: list[Unit] = []
    maker: dict[str, int] = {}
    for node in graph.nodes:
        index = _host(graph, node, maker, found) if fused else None
        if index is None:
            index = len(found)
            found.append(Unit(node, place=places[node.name]))
        else:
            found[index] = _with(found[index], node)
        maker[node.name] = index
    return tuple(found)


def _host(graph: Graph, node: Node, maker: dict[str, int], found: list[Unit]) -> int | None:
    """The unit in which a layer can be done: the last that makes one of its inputs, when nobody else reads that."""
    made = [name for name in node.inputs if name in maker]
    if not isinstance(node.operator, FINISHING) or not made:
        return None
    last = max(made, key=lambda name: maker[name])
    alone = graph.consumers[last] == (node,) and last not in graph.outputs and node.inputs.count(last) == 1
    index = maker[last]
    fits = alone and found[index].name == last and not found[index].is_view and node.output == graph.volume(last)
    return index if fits else None


def _with(unit: Unit, node: Node) -> Unit:
    others = tuple(name for name in node.inputs if name != unit.name)
    beside = (*unit.beside, (node.name, others)) if others else unit.beside
    return unit._replace(rest=(*unit.rest, node), beside=beside)
