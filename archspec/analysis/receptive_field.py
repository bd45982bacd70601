"""Receptive fields: which input positions an output position can depend on.

Along an axis, the output positions of a layer see intervals of input positions. Those of strided layers move evenly:
a window of extent k and stride s over a field of size r and stride j gives size ``r + (k - 1) j``, stride ``s j``, and
moves the start by ``-near j`` (Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks",
Distill 2019). After layers that enlarge, outputs side by side see intervals of different sizes, which come back after
a number of outputs; so the intervals of one such period are kept, and every figure is exact.
"""

from __future__ import annotations

import math
from functools import lru_cache
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


class ReceptiveInterval(NamedTuple):
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
        from fractions import Fraction  # noqa: PLC0415 - only after an operator that enlarges

        return Fraction(self.advance, len(self.first))

    def between(self, start: int, end: int) -> tuple[int, int]:
        """What the outputs from ``start`` up to ``end`` see together."""
        if self.advance == 0 and start != end:  # from the last output of a period it goes back to the first
            return min(self.first), max(self.last)
        period = len(self.first)
        begun, ended = start // period * self.advance, end // period * self.advance
        return self.first[start % period] + begun, self.last[end % period] + ended

    def through(self, dependence: InputDependence, longest: int) -> ReceptiveInterval | None:
        """What the outputs of one more operator see; None when the period would be longer than ``longest``.

        Its output ``o`` depends on the outputs from ``ceil(o * step + near)`` up to ``floor(o * step + far)`` of the
        layers before, and so sees what these see together. The three numbers may be fractions: all are written as
        ``parts``-ths, so that the divisions below are exact.

        The new period is the least number of outputs after which the same pattern comes back:

        - after ``turn`` outputs ``o * step`` has grown by a whole number, ``moved`` (the least such number is
          ``parts / gcd(step, parts)``); an operator with a cycle is back where it began, so that it has moved by 0;
        - the layers before repeat themselves after ``len(self.first)`` outputs, so that ``moved`` must have added up to
          a multiple of that: after ``turns`` times.

        In that period the outputs before move by ``turns * moved``, which is a whole number of their periods, and the
        interval by ``advance`` for each of these.
        """
        step, near, far, cycle = dependence
        if len(self.first) == 1 and not cycle and type(step) is type(near) is type(far) is int:
            return ReceptiveInterval(
                (self.first[0] + near * self.advance,), (self.last[0] + far * self.advance,), step * self.advance
            )
        parts = math.lcm(step.denominator, near.denominator, far.denominator)
        step, near, far = int(step * parts), int(near * parts), int(far * parts)
        period_before = len(self.first)
        turn = cycle or parts // math.gcd(step, parts)
        moved = 0 if cycle else turn * step // parts
        turns = period_before // math.gcd(period_before, moved)
        period = turn * turns
        if period > longest:
            return None
        spans = []
        for output in range(period):
            position = (output % cycle if cycle else output) * step
            first, last = -((-position - near) // parts), (position + far) // parts  # rounded up, and down
            spans.append(self.between(first, last))
        return _shortest(spans, turns * moved // period_before * self.advance)


_Intervals = tuple[ReceptiveInterval, ...]


def _shortest(spans: list[tuple[int, int]], advance: int) -> ReceptiveInterval:
    """As one interval where all of a period are the same one."""
    if advance == 0 and len(set(spans)) == 1:
        del spans[1:]
    first, last = zip(*spans, strict=True)
    return ReceptiveInterval(first, last, advance)


def joined_intervals(intervals: list[ReceptiveInterval], outputs: int, longest: int) -> ReceptiveInterval | None:
    """What the merge of several volumes of so many outputs sees: all that any of them sees.

    Where they do not move alike, as a gate and what it scales, every output is taken to see what all see together.
    """
    if intervals.count(intervals[0]) == len(intervals):
        return intervals[0]
    period = math.lcm(*(len(interval.first) for interval in intervals))
    advances = {interval.advance * period // len(interval.first) for interval in intervals}
    if len(advances) > 1:
        spans = [interval.between(0, outputs - 1) for interval in intervals]
        return ReceptiveInterval((min(start for start, _ in spans),), (max(end for _, end in spans),), 0)
    if period > longest:
        return None
    every = [[interval.between(o, o) for interval in intervals] for o in range(period)]
    spans = [(min(start for start, _ in each), max(end for _, end in each)) for each in every]
    return _shortest(spans, advances.pop())


def receptive_fields(graph: Graph) -> dict[str, ReceptiveField | None]:
    """The field of every input and node by name, an entry per spatial axis of the input; None where it is unknown."""
    longest = min(_LONGEST, _MOST // max(len(graph.nodes), 1))
    seen: dict[str, _Intervals | None] = {
        name: (ReceptiveInterval(),) * len(volume.spatial) if volume else None for name, volume in graph.inputs.items()
    }
    for node in graph.nodes:
        if node.call.is_pointwise:
            seen[node.name] = seen[node.inputs[0]]
        else:
            seen[node.name] = _output_intervals(node, [seen[name] for name in node.inputs], longest)
    # A relu sees what its conv does, and one axis mostly what the other does: each is computed once.
    distinct = {id(intervals): intervals for intervals in seen.values()}
    fields = {key: None if intervals is None else _fields(intervals) for key, intervals in distinct.items()}
    return {name: fields[id(intervals)] for name, intervals in seen.items()}


def _fields(intervals: _Intervals) -> ReceptiveField:
    return (_known_fields if _are_short(intervals) else _fields_of)(intervals)


def _fields_of(intervals: _Intervals) -> ReceptiveField:
    """The figures of each axis; one axis mostly sees what the other does."""
    fields = {id(interval): interval.field for interval in {id(each): each for each in intervals}.values()}
    return tuple([fields[id(interval)] for interval in intervals])


_known_fields = lru_cache(maxsize=2048)(_fields_of)


def _output_intervals(node: Node, inputs: list[_Intervals | None], longest: int) -> _Intervals | None:
    """What a layer's outputs see, an entry per axis of the input; None when it is unknown, or its period too long."""
    if node.operator is None or node.output is None:
        return None
    depends = node.call.dependence
    if len(inputs) == 1:
        return _after_operator(inputs[0], depends[0], longest)
    moved = [_after_operator(*each, longest) for each in zip(inputs, depends, strict=True)]
    known = [intervals for intervals in moved if intervals is not None]
    if len(known) < len(moved) or len({len(intervals) for intervals in known}) > 1:
        return None
    if len(known) == 1:
        return known[0]
    outputs = _on_each(node.output.spatial, len(known[0]))
    join = _known_join if all(map(_are_short, known)) else _join
    return join(tuple(known), outputs, longest)


def _join(seen: tuple[_Intervals, ...], outputs: tuple[int, ...], longest: int) -> _Intervals | None:
    """What a merge of volumes sees that see these."""
    return _all(joined_intervals(list(axis), count, longest) for *axis, count in zip(*seen, outputs, strict=True))


_known_join = lru_cache(maxsize=2048)(_join)


def _after_operator(
    intervals: _Intervals | None, dependences: tuple[InputDependence, ...] | None, longest: int
) -> _Intervals | None:
    if intervals is None or dependences is None:
        return None
    return (_known_move if _are_short(intervals) else _move)(intervals, dependences, longest)


def _are_short(intervals: Iterable[ReceptiveInterval]) -> bool:
    """Whether they are those of evenly spaced layers, as most are: what comes of them can be kept."""
    return all(len(interval.first) == 1 for interval in intervals)


def _move(intervals: _Intervals, dependences: tuple[InputDependence, ...], longest: int) -> _Intervals | None:
    """What the outputs of an operator see of what its input sees."""
    dependences = _on_each(dependences, len(intervals))
    axes = len(intervals)
    if axes == len(dependences) > 0 and intervals.count(intervals[0]) == axes == dependences.count(dependences[0]):
        found = _after(intervals[0], dependences[0], longest)  # axes are mostly alike: one stands for all
        return None if found is None else (found,) * axes
    return _all(_after(*step, longest) for step in zip(intervals, dependences, strict=True))


_known_move = lru_cache(maxsize=2048)(_move)


def _after(interval: ReceptiveInterval, step: InputDependence, longest: int) -> ReceptiveInterval | None:
    return interval if step == _POINTWISE else interval.through(step, longest)


def _on_each(values: tuple[T, ...], axes: int) -> tuple[T, ...]:
    """What holds of a volume's axes, for each axis of the network's input: a map that became a sequence has one."""
    return values * axes if len(values) == 1 else values


def _all(intervals: Iterable[ReceptiveInterval | None]) -> _Intervals | None:
    found = tuple(intervals)
    return None if None in found else found  # type: ignore[return-value]  # no None is left
