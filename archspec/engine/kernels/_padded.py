"""Strips of a padded input: the rows that some output rows read, with the padding beyond the border."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archspec.engine.scratch import Scratch
    from archspec.engine.stages import Call
    from archspec.ops._numpy import Array
    from archspec.ops._window import Window

    Bounds = Sequence[tuple[int, int]]


_WHOLE = 96 * 1024
"""Elements up to which a strip is filled whole, border and all: one call instead of four."""


def bounds(windows: Sequence[Window], outputs: Bounds) -> list[tuple[int, int]]:
    """Where the inputs of some outputs begin and end on each axis, counted from the first real one."""
    return [
        (begin * window.stride - window.near, (end - 1) * window.stride + window.extent - window.near)
        for window, (begin, end) in zip(windows, outputs, strict=True)
    ]


def strip(x: Array, span: Bounds, scratch: Scratch, value: float = 0) -> tuple[list[Call], Array]:
    """Positions of one sample ``x`` (spatial ..., C) as an array, and the calls that bring them there.

    ``span`` has the first position and the one after the last on each axis; those outside of ``x`` are ``value``.
    Where all are inside, the array is a view and there is no call.
    """
    sizes = x.shape[:-1]
    firsts = [max(0, begin) for begin, _ in span]
    inside = [(first, max(first, min(size, end))) for first, (_, end), size in zip(firsts, span, sizes, strict=True)]
    inner = x[tuple(slice(*each) for each in inside)]
    shape = tuple(end - begin for begin, end in span)
    if inner.shape[:-1] == shape:
        return [], inner
    padded = scratch.take((*shape, x.shape[-1]), x.dtype)
    borders = [padded] if padded.size <= _WHOLE else _borders(padded, span, inside)
    calls: list[Call] = [partial(border.fill, value) for border in borders]
    middle = tuple(slice(i - begin, j - begin) for (begin, _), (i, j) in zip(span, inside, strict=True))
    return [*calls, partial(np.copyto, padded[middle], inner)], padded


def _borders(padded: Array, span: Bounds, inside: Bounds) -> Iterator[Array]:
    """The padding of a padded array: before and after the input on each axis, without what earlier axes cover."""
    place: tuple[slice, ...] = ()
    for (begin, end), (first, last) in zip(span, inside, strict=True):
        if first > begin:
            yield padded[(*place, slice(0, first - begin))]
        if last < end:
            yield padded[(*place, slice(last - begin, None))]
        place = (*place, slice(first - begin, last - begin))
