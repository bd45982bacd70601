"""Outputs along an axis by the kernel positions that meet real input: all in the middle, fewer at the borders."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.ops._window import Window


class AxisSegment(NamedTuple):
    """Outputs from ``begin`` to before ``end``, for which kernel positions ``first`` to before ``last`` are inside.

    ``start`` is the input position that the first of these kernel positions meets at the first of these outputs.
    """

    begin: int
    end: int
    first: int
    last: int
    start: int


def axis_segments(window: Window) -> list[AxisSegment]:
    """The segments of all outputs of a window, in order; only the outputs at the borders are visited one by one.

    Output ``o`` reads from ``o * stride - near`` to before ``o * stride - near + extent``. Both ends are inside of
    ``0 .. size`` from ``o = ceil(near / stride)`` to ``o = floor((size + near - extent) / stride)``: the middle.
    """
    outputs = window.output or 0
    begin = min(outputs, -(-window.near // window.stride))
    end = max(begin, min(outputs, (window.size + window.near - window.extent) // window.stride + 1))
    middle = [(begin, end)] if begin < end else []
    segments: list[AxisSegment] = []
    for output, after in (*((n, n + 1) for n in range(begin)), *middle, *((n, n + 1) for n in range(end, outputs))):
        first, last = _positions_inside(window, output)
        previous = segments[-1] if segments else None
        if previous and (previous.first, previous.last) == (first, last):
            segments[-1] = previous._replace(end=after)
        else:
            start = output * window.stride - window.near + first * window.dilation
            segments.append(AxisSegment(output, after, first, last, start))
    return segments


def segments_between(segments: list[AxisSegment], window: Window, begin: int, end: int) -> Iterator[AxisSegment]:
    """The parts of segments within the outputs from ``begin`` to before ``end``."""
    for segment in segments:
        first, last = max(segment.begin, begin), min(segment.end, end)
        if first < last:
            start = segment.start + (first - segment.begin) * window.stride
            yield segment._replace(begin=first, end=last, start=start)


def _positions_inside(window: Window, output: int) -> tuple[int, int]:
    """The kernel positions k with ``0 <= place + k * dilation < size``: the first, and the one after the last."""
    place = output * window.stride - window.near
    first = max(0, -(place // window.dilation))
    last = min(window.kernel, -(-(window.size - place) // window.dilation))
    return (first, last) if first < last else (0, 0)
