"""Receptive fields: which input positions an output position can depend on.

Along an axis, the output positions of a layer see intervals of input positions. Those of strided layers move evenly:
a window of extent k and stride s over a field of size r and stride j gives size ``r + (k - 1) j``, stride ``s j``, and
moves the start by ``-near j`` (Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks",
Distill 2019). Behind layers that enlarge, outputs side by side see intervals of different sizes, which come back after
a number of outputs; so the intervals of one such period are kept, and every figure is exact.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from archspec.ops._dependence import InputDependence

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

    from archspec.graph.model import Graph, Node

_LONGEST, _MOST = 2**12, 2**22
"""Intervals that are kept of one layer and of all: a spec may enlarge by any factor, and as often as it likes."""
_POINTWISE = InputDependence()

T = TypeVar("T")


class AxisField(NamedTuple):
    """The field along one axis, in input positions: ``offset`` is the first position the first output sees.

    ``size`` is that of the largest where outputs see different numbers of positions. ``stride`` is how far the field
    moves from one output to the next, on average; 0 where it does not move on. Negative offsets lie in the padding;
    sizes are not cut at the input's borders.
    """

    size: int = 1
    stride: int | Fraction = 1
    offset: int = 0


ReceptiveField = tuple[AxisField, ...]


class Sight(NamedTuple):
    """What the outputs of a layer see along one axis of the network's input.

    Output ``o`` of one period sees the positions from ``first[o]`` up to ``last[o]``; the outputs of the next period
    see the same, ``advance`` positions on. The defaults are those of the input itself.
    """

    first: tuple[int, ...] = (0,)
    last: tuple[int, ...] = (0,)
    advance: int = 1

    @property
    def field(self) -> AxisField:
        """The figures of it."""
        sizes = (last - first + 1 for first, last in zip(self.first, self.last, strict=True))
        moves, rest = divmod(self.advance, len(self.first))
        return AxisField(max(0, *sizes), self._fraction if rest else moves, self.first[0])

    @property
    def _fraction(self) -> Fraction:
        """How far it moves from one output to the next, where that is no whole number."""
        from fractions import Fraction  # noqa: PLC0415 - only behind an operator that enlarges

        return Fraction(self.advance, len(self.first))

    def between(self, start: int, end: int) -> tuple[int, int]:
        """What the outputs from ``start`` up to ``end`` see together."""
        if self.advance == 0 and start != end:  # from the last output of a period it goes back to the first
            return min(self.first), max(self.last)
        period = len(self.first)
        begun, ended = start // period * self.advance, end // period * self.advance
        return self.first[start % period] + begun, self.last[end % period] + ended

    def through(self, footprint: InputDependence, longest: int) -> Sight | None:
        """What the outputs of one more operator see; None when the period would be longer than ``longest``."""
        step, near, far, cycle = footprint
        parts = math.lcm(step.denominator, near.denominator, far.denominator)
        step, near, far = int(step * parts), int(near * parts), int(far * parts)
        turn = cycle or parts // math.gcd(step, parts)  # after so many outputs it has moved by whole positions,
        moved = 0 if cycle else turn * step // parts  # these,
        turns = len(self.first) // math.gcd(len(self.first), moved)  # and after so many turns by whole periods
        if turn * turns > longest:
            return None
        places = (o % cycle if cycle else o for o in range(turn * turns))
        spans = [self.between(-((-o * step - near) // parts), (o * step + far) // parts) for o in places]
        return _shortest(spans, moved * turns * self.advance // len(self.first))


def _shortest(spans: list[tuple[int, int]], advance: int) -> Sight:
    """As one interval where all of a period are the same one."""
    if advance == 0 and len(set(spans)) == 1:
        del spans[1:]
    first, last = zip(*spans, strict=True)
    return Sight(first, last, advance)


def together(sights: list[Sight], outputs: int, longest: int) -> Sight | None:
    """What the merge of several volumes of so many outputs sees: all that any of them sees.

    Where they do not move alike, as a gate and what it scales, every output is taken to see what all see together.
    """
    if len(set(sights)) == 1:
        return sights[0]
    period = math.lcm(*(len(sight.first) for sight in sights))
    advances = {sight.advance * period // len(sight.first) for sight in sights}
    if len(advances) > 1:
        spans = [sight.between(0, outputs - 1) for sight in sights]
        return Sight((min(start for start, _ in spans),), (max(end for _, end in spans),), 0)
    if period > longest:
        return None
    every = [[sight.between(o, o) for sight in sights] for o in range(period)]
    spans = [(min(start for start, _ in each), max(end for _, end in each)) for each in every]
    return _shortest(spans, advances.pop())


def receptive_fields(graph: Graph) -> dict[str, ReceptiveField | None]:
    """The field of every input and node by name, an entry per spatial axis of the input; None where it is unknown."""
    longest = min(_LONGEST, _MOST // max(len(graph.nodes), 1))
    seen: dict[str, tuple[Sight, ...] | None] = {
        name: tuple(Sight() for _ in volume.spatial) if volume else None for name, volume in graph.inputs.items()
    }
    for node in graph.nodes:
        seen[node.name] = _leaving(node, [seen[name] for name in node.inputs], longest)
    # A relu sees what its conv does, and one axis mostly what the other does: each sight is asked once.
    distinct = {id(sight): sight for sights in seen.values() if sights is not None for sight in sights}
    fields = {key: sight.field for key, sight in distinct.items()}
    return {
        name: None if sights is None else tuple(fields[id(sight)] for sight in sights) for name, sights in seen.items()
    }


def _leaving(node: Node, arriving: list[tuple[Sight, ...] | None], longest: int) -> tuple[Sight, ...] | None:
    """What a layer's outputs see, an entry per axis of the input; None when it is unknown, or its period too long."""
    if node.operator is None or node.output is None:
        return None
    depends = node.call.dependence
    if len(arriving) == 1 and depends[0] is not None and depends[0].count(_POINTWISE) == len(depends[0]) > 0:
        return arriving[0]
    moved = [_moved(*each, longest) for each in zip(arriving, depends, strict=True)]
    known = [sights for sights in moved if sights is not None]
    if len(known) < len(moved) or len({len(sights) for sights in known}) > 1:
        return None
    if len(known) == 1:
        return known[0]
    outputs = _on_each(node.output.spatial, len(known[0]))
    return _all(together(list(axis), count, longest) for *axis, count in zip(*known, outputs, strict=True))


def _moved(
    sights: tuple[Sight, ...] | None, dependences: tuple[InputDependence, ...] | None, longest: int
) -> tuple[Sight, ...] | None:
    if sights is None or dependences is None:
        return None
    steps = list(zip(sights, _on_each(dependences, len(sights)), strict=True))
    if steps and steps.count(steps[0]) == len(steps):  # axes are mostly alike: one stands for all
        return _all((_after(*steps[0], longest),) * len(steps))
    return _all(_after(*step, longest) for step in steps)


def _after(sight: Sight, step: InputDependence, longest: int) -> Sight | None:
    return sight if step == _POINTWISE else sight.through(step, longest)


def _on_each(values: tuple[T, ...], axes: int) -> tuple[T, ...]:
    """What holds of a volume's axes, for each axis of the network's input: a map that became a sequence has one."""
    return values * axes if len(values) == 1 else values


def _all(sights: Iterable[Sight | None]) -> tuple[Sight, ...] | None:
    found = tuple(sights)
    return None if None in found else found  # type: ignore[return-value]  # no None is left
