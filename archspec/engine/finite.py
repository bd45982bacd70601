"""Where numbers stop to be finite: the first layer that makes a NaN or an infinity, and what was none when it came."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from archspec.engine.parameters import full_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archspec.engine.plan import PlanStep
    from archspec.engine.runner import Runner
    from archspec.graph.model import Graph, Node
    from archspec.ops._numpy import Array

_AT_ONCE = 2**16
"""Numbers that are looked at together where some are not finite."""


class NotFinite(NamedTuple):
    """An array by its name: how many of its ``size`` numbers are not finite, and where the first of them is."""

    name: str
    size: int
    nans: int
    infinities: int
    first: tuple[int, ...]
    value: float


class Finiteness(NamedTuple):
    """Inputs and weights that are not finite as given, and the first layer that gives such numbers of finite ones.

    ``layer`` is None when there is none: whatever else is not finite comes of the inputs and weights named here.
    """

    inputs: tuple[NotFinite, ...]
    weights: tuple[NotFinite, ...]
    layer: NotFinite | None
    node: Node | None

    @property
    def is_finite(self) -> bool:
        """Whether everything is."""
        return not self.inputs and not self.weights and self.layer is None


def finiteness(graph: Graph, runner: Runner, inputs: Mapping[str, Array], arrays: Mapping[str, Array]) -> Finiteness:
    """Run accepted inputs layer by layer (a plan that is not fused), keeping no volume."""
    entering = tuple(found for name, x in inputs.items() if (found := not_finite(name, x)))
    weights = tuple(found for name, array in arrays.items() if (found := not_finite(name, array)))
    search = _Search(graph, {found.name for found in (*entering, *weights)})
    runner.run(inputs, search.look)
    return Finiteness(entering, weights, search.found, graph.by_name[search.found.name] if search.found else None)


def not_finite(name: str, array: Array, begin: int = 0) -> NotFinite | None:
    """What of an array (samples ...) is not finite; None when all of it is. ``begin`` is the first sample's number.

    A finite array is only read: its least and its largest number tell.
    """
    if not array.size or (np.isfinite(array.min()) and np.isfinite(array.max())):
        return None
    flat = array.reshape(-1)
    nans = infinities = 0
    first: int | None = None
    for start in range(0, flat.size, _AT_ONCE):
        part = flat[start : start + _AT_ONCE]
        nan, infinite = np.isnan(part), np.isinf(part)
        nans, infinities = nans + int(nan.sum()), infinities + int(infinite.sum())
        if first is None and (bad := nan | infinite).any():
            first = start + int(bad.argmax())
    index = tuple(map(int, np.unravel_index(first or 0, array.shape)))
    return NotFinite(name, array.size, nans, infinities, (begin + index[0], *index[1:]), float(flat[first or 0]))


class _Search:
    """What is told of every step: looks at its volume, and remembers where such numbers have been."""

    def __init__(self, graph: Graph, given: set[str]) -> None:
        self._order = {node.name: number for number, node in enumerate(graph.nodes)}
        self._given = given
        self._tainted: set[str] = set()
        self._begin = dict.fromkeys(self._order, 0)
        self.found: NotFinite | None = None

    def look(self, step: PlanStep, y: Array, _: float) -> None:
        """One layer's output for one chunk of a batch; the first layer of all chunks is kept."""
        node = step.group.first
        begin = self._begin[node.name]
        self._begin[node.name] += len(y)
        arrays = {full_name(node, weight) for weight in node.weights}
        sources = {*node.inputs, *arrays}
        bad = not_finite(node.name, y, begin)
        if bad is None:
            self._tainted.discard(node.name)
            return
        self._tainted.add(node.name)
        if sources & (self._given | self._tainted):
            return
        if self.found is None or self._order[node.name] < self._order[self.found.name]:
            self.found = bad
