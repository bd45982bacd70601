"""Outputs along an axis by the taps that meet real input: a run in the middle that meets all, and the borders."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.ops._window import Window


class AxisSegment(NamedTuple):
    """Outputs from ``begin`` to before ``end``, of which taps ``first`` to before ``last`` meet real input.

    ``start`` is the input position that the first of these taps meets at the first of these outputs.
    """

    begin: int
    end: int
    first: int
    last: int
    start: int


def axis_segments(window: Window) -> list[AxisSegment]:
    """The axis_segments of all outputs of a window, in order; only those at the borders are looked at one by one."""
    outputs = window.output or 0
    begin = min(outputs, -(-window.near // window.stride))
    end = max(begin, min(outputs, (window.size + window.near - window.extent) // window.stride + 1))
    middle = [(begin, end)] if begin < end else []
    found: list[AxisSegment] = []
    for output, after in (*((n, n + 1) for n in range(begin)), *middle, *((n, n + 1) for n in range(end, outputs))):
        first, last = _taps(window, output)
        before = found[-1] if found else None
        if before and (before.first, before.last) == (first, last):
            found[-1] = before._replace(end=after)
        else:
            start = output * window.stride - window.near + first * window.dilation
            found.append(AxisSegment(output, after, first, last, start))
    return found


def within(found: list[AxisSegment], window: Window, begin: int, end: int) -> Iterator[AxisSegment]:
    """The parts of axis_segments that lie between two outputs."""
    for each in found:
        first, last = max(each.begin, begin), min(each.end, end)
        if first < last:
            yield each._replace(begin=first, end=last, start=each.start + (first - each.begin) * window.stride)


def _taps(window: Window, output: int) -> tuple[int, int]:
    place = output * window.stride - window.near
    first = max(0, -(place // window.dilation))
    last = min(window.kernel, -(-(window.size - place) // window.dilation))
    return (first, last) if first < last else (0, 0)
