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
    from archspec.volume import Volume

_LONGEST, _MOST = 2**16, 2**19
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


class ReceptiveHull(NamedTuple):
    """What all outputs of a layer see together along one axis, where what each of them sees takes too long to list.

    A layer whose every output depends on all positions, such as attention, sees exactly this.
    """

    first: int
    last: int

    @property
    def field(self) -> None:
        """The figures of it, which are not known."""
        return

    def through(
        self, dependence: InputDependence, inputs: int, outputs: int
    ) -> ReceptiveInterval | ReceptiveHull | None:
        """What the outputs of one more operator see; None when they do not read all positions."""
        step, near, far, _ = dependence
        reads_all = math.ceil(near) <= 0 and math.floor((outputs - 1) * step + far) >= inputs - 1
        if step == 0:
            return ReceptiveInterval((self.first,), (self.last,), 0) if reads_all else None
        return self if reads_all and far - near + 1 >= step else None


_AxisSeen = ReceptiveInterval | ReceptiveHull
_Intervals = tuple[_AxisSeen, ...]


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


def _hull(seen: _AxisSeen, outputs: int) -> ReceptiveHull:
    return seen if isinstance(seen, ReceptiveHull) else ReceptiveHull(*seen.between(0, outputs - 1))


def _join_axis(seen: list[_AxisSeen], outputs: int, longest: int) -> _AxisSeen | None:
    """What the merge of several volumes sees; what sees everything that another does hides how that sees it."""
    intervals = [each for each in seen if isinstance(each, ReceptiveInterval)]
    found = joined_intervals(intervals, outputs, longest) if len(intervals) == len(seen) else None
    if found is not None:
        return found
    hulls = [_hull(each, outputs) for each in seen]
    whole = ReceptiveHull(min(each.first for each in hulls), max(each.last for each in hulls))
    constant = ReceptiveInterval((whole.first,), (whole.last,), 0)
    return constant if constant in seen else whole


def window_fields(graph: Graph) -> dict[str, ReceptiveField | None]:
    """The fields of the windows alone, as if attention and norms of a sample saw only the position they are at."""
    return receptive_fields(graph, windows_alone=True)


def receptive_fields(graph: Graph, *, windows_alone: bool = False) -> dict[str, ReceptiveField | None]:
    """The field of every input and node by name, an entry per spatial axis of the input; None where it is unknown."""
    left = _MOST
    seen: dict[str, _Intervals | None] = {
        name: (ReceptiveInterval(),) * len(volume.spatial) if volume else None for name, volume in graph.inputs.items()
    }
    for node in graph.nodes:
        if node.call.is_pointwise or (windows_alone and node.traits.sees_beyond_windows and node.output is not None):
            seen[node.name] = seen[node.inputs[0]]
        else:
            found = _output_intervals(node, [seen[name] for name in node.inputs], min(_LONGEST, left))
            left -= _kept_intervals(found or ())
            seen[node.name] = found
    # A relu sees what its conv does, and one axis mostly what the other does: each is computed once.
    distinct = {id(intervals): intervals for intervals in seen.values()}
    fields = {key: None if intervals is None else _fields(intervals) for key, intervals in distinct.items()}
    return {name: fields[id(intervals)] for name, intervals in seen.items()}


def _kept_intervals(intervals: _Intervals) -> int:
    """How many intervals are kept."""
    return sum(
        len(each.first) for each in set(intervals) if isinstance(each, ReceptiveInterval) and len(each.first) > 1
    )


def _fields(intervals: _Intervals) -> ReceptiveField | None:
    return (_known_fields if _are_short(intervals) else _fields_of)(intervals)


def _fields_of(intervals: _Intervals) -> ReceptiveField | None:
    """The figures of each axis; one axis mostly sees what the other does."""
    fields = {id(interval): interval.field for interval in {id(each): each for each in intervals}.values()}
    return _all(fields[id(interval)] for interval in intervals)


_known_fields = lru_cache(maxsize=2048)(_fields_of)


def _output_intervals(node: Node, inputs: list[_Intervals | None], longest: int) -> _Intervals | None:
    """What a layer's outputs see, an entry per axis of the input; None when it is unknown."""
    output = node.output
    if node.operator is None or output is None:
        return None
    volumes, depends = node.call.known_inputs, node.call.dependence
    moved = [_after_operator(*each, output, longest) for each in zip(inputs, depends, volumes, strict=True)]
    if len(moved) == 1:
        return moved[0]
    known = [intervals for intervals in moved if intervals is not None]
    if len(known) < len(moved) or len({len(intervals) for intervals in known}) > 1:
        return None
    outputs = _on_each(output.spatial, len(known[0]))
    join = _known_join if all(map(_are_short, known)) else _join
    return join(tuple(known), outputs, longest)


def _join(seen: tuple[_Intervals, ...], outputs: tuple[int, ...], longest: int) -> _Intervals | None:
    """What a merge of volumes sees that see these."""
    return _all(_join_axis(list(axis), count, longest) for *axis, count in zip(*seen, outputs, strict=True))


_known_join = lru_cache(maxsize=2048)(_join)


def _after_operator(
    intervals: _Intervals | None,
    dependences: tuple[InputDependence, ...] | None,
    volume: Volume,
    output: Volume,
    longest: int,
) -> _Intervals | None:
    if intervals is None or dependences is None:
        return None
    axes = len(intervals)
    sides = (_on_each(dependences, axes), _on_each(volume.spatial, axes), _on_each(output.spatial, axes))
    if len({axes, *map(len, sides)}) > 1:
        return None
    return (_known_move if _are_short(intervals) else _move)(intervals, *sides, longest)


def _are_short(intervals: Iterable[_AxisSeen]) -> bool:
    """Whether they are those of evenly spaced layers, as most are: what comes of them can be kept."""
    return all(isinstance(each, ReceptiveInterval) and len(each.first) == 1 for each in intervals)


def _move(
    intervals: _Intervals,
    dependences: tuple[InputDependence, ...],
    inputs: tuple[int, ...],
    outputs: tuple[int, ...],
    longest: int,
) -> _Intervals | None:
    """What the outputs of an operator see of what its input sees, on volumes of these sizes."""
    steps = list(zip(intervals, dependences, inputs, outputs, strict=True))
    if steps and steps.count(steps[0]) == len(steps):  # axes are mostly alike: one stands for all
        return _all((_after(*steps[0], longest),) * len(steps))
    return _all(_after(*step, longest) for step in steps)


_known_move = lru_cache(maxsize=2048)(_move)


def _after(seen: _AxisSeen, step: InputDependence, inputs: int, outputs: int, longest: int) -> _AxisSeen | None:
    if step == _POINTWISE:
        return seen
    if isinstance(seen, ReceptiveHull):
        return seen.through(step, inputs, outputs)
    found = seen.through(step, longest)
    if found is not None:
        return found
    first = math.ceil(step.near)
    last = math.floor((min(outputs, step.cycle or outputs) - 1) * step.step + step.far)
    return ReceptiveHull(*seen.between(first, last))


def _on_each(values: tuple[T, ...], axes: int) -> tuple[T, ...]:
    """What holds of a volume's axes, for each axis of the network's input: a map that became a sequence has one."""
    return values * axes if len(values) == 1 else values


def _all(found: Iterable[T | None]) -> tuple[T, ...] | None:
    values = tuple(found)
    return None if None in values else values  # type: ignore[return-value]  # no None is left
