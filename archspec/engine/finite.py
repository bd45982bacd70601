"""Values that are not finite: the first layer with a NaN or an infinity in its output, but not in its inputs."""

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
"""Elements that are examined at a time where some are not finite."""


class NotFinite(NamedTuple):
    """An array by its name: how many of its ``size`` elements are not finite, and where the first of them is."""

    name: str
    size: int
    nans: int
    infinities: int
    first: tuple[int, ...]
    value: float


class Finiteness(NamedTuple):
    """Inputs and weights that are not finite, and the first layer whose output is not although its inputs are.

    ``layer`` is None when there is none: anything else that is not finite results from these inputs and weights.
    """

    inputs: tuple[NotFinite, ...]
    weights: tuple[NotFinite, ...]
    layer: NotFinite | None
    node: Node | None

    @property
    def is_finite(self) -> bool:
        """Whether all values are finite."""
        return not self.inputs and not self.weights and self.layer is None


def finiteness(graph: Graph, runner: Runner, inputs: Mapping[str, Array], arrays: Mapping[str, Array]) -> Finiteness:
    """Run accepted inputs layer by layer (by a plan without fusion), keeping no volume."""
    entering = tuple(bad for name, x in inputs.items() if (bad := not_finite(name, x)))
    weights = tuple(bad for name, array in arrays.items() if (bad := not_finite(name, array)))
    search = _Search(graph, {array.name for array in (*entering, *weights)})
    runner.run(inputs, search.look)
    return Finiteness(entering, weights, search.first, graph.by_name[search.first.name] if search.first else None)


def not_finite(name: str, array: Array, begin: int = 0) -> NotFinite | None:
    """What is not finite in an array (samples ...); None when nothing is. ``begin`` is the first sample's number.

    A finite array is read once, for its minimum and maximum, which are finite only if all elements are.
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
    """Looks at every step's output, and remembers which volumes are not finite."""

    def __init__(self, graph: Graph, sources: set[str]) -> None:
        self._order = {node.name: number for number, node in enumerate(graph.nodes)}
        self._sources = sources
        self._tainted: set[str] = set()
        self._begin = dict.fromkeys(self._order, 0)
        self.first: NotFinite | None = None

    def look(self, step: PlanStep, y: Array, _: float) -> None:
        """One layer's output for one chunk of a batch; the first layer of all chunks is kept."""
        node = step.group.first
        begin = self._begin[node.name]
        self._begin[node.name] += len(y)
        arrays = {full_name(node, weight) for weight in node.weights}
        reads = {*node.inputs, *arrays}
        bad = not_finite(node.name, y, begin)
        if bad is None:
            self._tainted.discard(node.name)
            return
        self._tainted.add(node.name)
        if reads & (self._sources | self._tainted):
            return
        if self.first is None or self._order[node.name] < self._order[self.first.name]:
            self.first = bad
