"""What makes groups, heads or a factor divide what they must."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.rules._branches import way_back
from archspec.rules.repair.arguments import with_arguments
from archspec.rules.repair.candidates import Candidate, try_candidates
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.graph.model import Graph, Node
    from archspec.ops._base import Division, Operator
    from archspec.rules.repair.candidates import Offer

_FARTHEST = 64
"""How far from the present value of the argument others are looked for."""


def other_multiples(node: Node, graph: Graph, division: Division) -> list[Offer]:
    """The nearest numbers that are divided, the nearest one first, where one argument or input chooses the number."""
    below = division.number // division.by * division.by
    near = sorted((each for each in (below, below + division.by) if each), key=lambda each: _distance(each, division))
    candidates = (candidate for number in near for candidate in _numbering(node, graph, division, number))
    return [*try_candidates(graph, node, division.what, candidates)]


def _distance(value: int, division: Division) -> tuple[int, int]:
    """The larger one of two that are equally near comes first."""
    return abs(value - division.number), -value


def _numbering(node: Node, graph: Graph, division: Division, number: int) -> Iterator[Candidate]:
    """Another number of filters of a layer, or of the channels or size that it reads."""
    volume, text = node.volume, str(number)
    if division.what == node.traits.channels_argument:
        yield with_arguments([node], {division.what: number}, text)
    elif volume is not None and division.what in volume.axes and node.inputs[0] in graph.inputs:
        spatial = (
            number if axis == division.what else size for axis, size in zip(volume.axes, volume.spatial, strict=True)
        )
        yield Candidate(text, inputs={node.inputs[0]: Volume(tuple(spatial), volume.channels)})
    elif volume is not None and division.number == volume.channels:
        yield with_channels(node, graph, number)


def with_channels(node: Node, graph: Graph, channels: int) -> Candidate:
    """As many channels from the layer that chooses those that a layer reads, or from the network's input."""
    name = node.inputs[0]
    for step in way_back(name, graph):
        if step.traits.channels_argument is not None:
            return with_arguments([step], {step.traits.channels_argument: channels}, str(channels))
        name = step.inputs[0]
    volume = graph.inputs[name]
    return Candidate(str(channels), inputs={name: Volume(volume.spatial, channels)} if volume else {})


def other_divisors(node: Node, graph: Graph, division: Division) -> list[Offer]:
    """The nearest values of the argument, below and above, that divide all they must."""
    operator, volume = node.operator, node.volume
    present = getattr(operator, division.argument, None)
    if operator is None or volume is None or not isinstance(present, int):
        return []
    values = _dividing(operator, volume, division, present)
    candidates = (with_arguments([node], {division.argument: value}) for value in values)
    return [*try_candidates(graph, node, division.what, candidates)]


def _dividing(operator: Operator, volume: Volume, division: Division, present: int) -> Iterator[int]:
    def divides(value: int) -> bool:
        changed = operator.model_copy(update={division.argument: value}).divisions([volume])
        return all(each.number % each.by == 0 for each in changed)

    largest = min(present - 1, division.number)  # what is larger than a number does not divide it
    for values in (range(largest, max(1, largest - _FARTHEST), -1), range(present + 1, present + _FARTHEST)):
        yield from [*filter(divides, values)][:1]
