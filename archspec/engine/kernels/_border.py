"""Padding beyond the border of a volume: a value, its edge, its mirror image or its other side."""

from __future__ import annotations

from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archspec.engine.scratch import Scratch
    from archspec.engine.stages import Call
    from archspec.ops._numpy import Array
    from archspec.ops._sliding import PaddingMode
    from archspec.ops._window import Window

    Bounds = Sequence[tuple[int, int]]


class BorderRun(NamedTuple):
    """Neighbouring positions, and those of the volume that are copied there (one or as many); None for a value."""

    target: slice
    source: slice | None


def with_border(
    x: Array, span: Bounds, windows: Sequence[Window], mode: PaddingMode, scratch: Scratch
) -> tuple[list[Call], Array]:
    """Positions of ``x`` (..., spatial ..., C) as an array, and the calls that bring them there.

    ``span`` has the first position and the one after the last on each axis, counted from the first real one.
    """
    shape = tuple(end - begin for begin, end in span)
    padded = scratch.take((*x.shape[: -1 - len(shape)], *shape, x.shape[-1]), x.dtype)
    runs = [_runs(window, *positions, mode) for window, positions in zip(windows, span, strict=True)]
    return [move(target, source) for target, source in moves(padded, x, runs)], padded


def border(windows: Sequence[Window], mode: PaddingMode) -> list[list[BorderRun]]:
    """The runs of all positions, for every padded axis."""
    return [_runs(window, -window.near, window.size + window.far, mode) for window in windows]


def moves(target: Array, x: Array, runs: Sequence[Sequence[BorderRun]]) -> Iterator[tuple[Array, Array | None]]:
    """The parts of ``target``, and what is copied there from ``x``, both (..., spatial ..., C); None for a value."""
    for each in product(*runs):
        place: tuple[Any, ...] = (..., *(run.target for run in each), slice(None))
        source: tuple[Any, ...] = (..., *(run.source for run in each if run.source), slice(None))
        yield target[place], x[source] if len(source) == len(place) else None


def move(target: Array, source: Array | None, value: float = 0) -> Call:
    """The call that copies the source, or fills in the value."""
    return partial(np.copyto, target, target.dtype.type(value) if source is None else source)


def _runs(window: Window, begin: int, end: int, mode: PaddingMode) -> list[BorderRun]:
    """The positions from ``begin`` to before ``end``; those that ``fit: pad`` adds are a value in every mode."""
    runs: list[BorderRun] = []
    last = min(end, window.size + window.far)
    position = begin
    while position < last:
        count, source = _next(window.size, position, mode)
        count = min(count, last - position)
        runs.append(BorderRun(slice(position - begin, position - begin + count), source and _first(source, count)))
        position += count
    if position < end:
        runs.append(BorderRun(slice(position - begin, end - begin), None))
    return runs


def _next(size: int, position: int, mode: PaddingMode) -> tuple[int, slice | None]:
    """How many positions from this one on are a run of the volume, and of which of its positions."""
    beyond = -position if position < 0 else 2**62
    match mode:
        case _ if 0 <= position < size:
            return size - position, slice(position, size)
        case "zeros":
            return beyond, None
        case "replicate":
            return beyond, slice(0, 1) if position < 0 else slice(size - 1, size)
        case "circular":
            return size - position % size, slice(position % size, size)
        case "reflect":
            return _mirror_run(size, position)


def _mirror_run(size: int, position: int) -> tuple[int, slice]:
    """Back and forth between the edges, which are not doubled."""
    if size == 1:
        return 1, slice(0, 1)
    period = 2 * (size - 1)
    offset = position % period
    return (size - offset, slice(offset, size)) if offset < size else (period - offset, slice(period - offset, 0, -1))


def _first(source: slice, count: int) -> slice:
    """The first ``count`` positions of a run; a single position that is repeated stays."""
    step = source.step or 1
    if source.stop - source.start == step:
        return source
    stop: int = source.start + count * step
    return slice(source.start, stop, source.step)
