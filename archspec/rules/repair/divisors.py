"""What makes groups, heads or a factor divide what they must."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.graph.changes import Change
from archspec.rules.repair.candidates import Candidate, try_candidates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.graph.model import Graph, Node
    from archspec.ops._base import Division, Operator
    from archspec.rules.repair.candidates import Offer
    from archspec.volume import Volume

_FARTHEST = 64
"""How far from the present value of the argument others are looked for."""


def other_filters(node: Node, graph: Graph, division: Division) -> list[Offer]:
    """The nearest numbers of filters that are divided, the nearest one first."""
    if division.what != "filters":
        return []
    below = division.number // division.by * division.by
    near = sorted((each for each in (below, below + division.by) if each), key=lambda each: _distance(each, division))
    candidates = (Candidate(str(filters), {node.name: Change({"filters": filters})}) for filters in near)
    return [*try_candidates(graph, node, division.what, candidates)]


def _distance(value: int, division: Division) -> tuple[int, int]:
    """The larger one of two that are equally near comes first."""
    return abs(value - division.number), -value


def other_divisors(node: Node, graph: Graph, division: Division) -> list[Offer]:
    """The nearest values of the argument, below and above, that divide all they must."""
    operator, volume = node.operator, node.volume
    present = getattr(operator, division.argument, None)
    if operator is None or volume is None or not isinstance(present, int):
        return []
    values = _dividing(operator, volume, division, present)
    texts = ((f"`{division.argument}: {value}`", {node.name: Change({division.argument: value})}) for value in values)
    return [*try_candidates(graph, node, division.what, (Candidate(*each) for each in texts))]


def _dividing(operator: Operator, volume: Volume, division: Division, present: int) -> Iterator[int]:
    def divides(value: int) -> bool:
        changed = operator.model_copy(update={division.argument: value}).divisions([volume])
        return all(each.number % each.by == 0 for each in changed)

    largest = min(present - 1, division.number)  # what is larger than a number does not divide it
    for values in (range(largest, max(1, largest - _FARTHEST), -1), range(present + 1, present + _FARTHEST)):
        yield from [*filter(divides, values)][:1]
