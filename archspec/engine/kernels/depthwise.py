"""Convolution of every channel by itself: blocks of rows, all taps in one call."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from archspec.engine.kernels._base import Kernel, Phase, Setting, Site, parts, shared
from archspec.engine.kernels._padded import bounds, strip
from archspec.ops._convolution import Convolution

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.engine.kernels._base import Arrays, Call
    from archspec.engine.scratch import Scratch
    from archspec.engine.units import Unit
    from archspec.ops._numpy import Array
    from archspec.ops._window import Window

_ROWS = 24 * 1024
"""Numbers of the input rows that a block reads, about: 96 KiB of float32."""


class Taps(NamedTuple):
    """Taps of a row that read every ``stride``-th column from ``first``, ``step`` columns apart among those."""

    numbers: tuple[int, ...]
    first: int
    step: int


class Depthwise(Kernel):
    """``y[r, m] = sum over taps of x[r * stride + tap, m] * w[tap, m]``, m running through columns and channels.

    With a stride the columns of an input row are sorted first, those that a tap reads side by side, so that rows stay
    long runs of memory.
    """

    name = "depthwise"
    operators = (Convolution,)
    folds = True

    @classmethod
    def reason(cls, unit: Unit, setting: Setting) -> str | None:  # noqa: ARG003 - exact at any grade
        """A filter for each channel, on one or two axes."""
        operator, volume = unit.operator, unit.volume
        if not isinstance(operator, Convolution) or operator.padding_mode != "zeros" or len(volume.spatial) > 2:
            return None
        alone = operator.split(volume) == (volume.channels, volume.channels)
        return "a filter a channel: all taps of a block of rows in one call" if alone else None

    def __init__(self, unit: Unit, setting: Setting) -> None:
        super().__init__(unit, setting)
        windows = unit.first.windows or ()
        self.windows = windows if len(windows) > 1 else (type(windows[0])(1), windows[0])
        self.taps = _taps(self.windows[1])

    def lay_out(self, arrays: Arrays) -> Any:
        """For each run of taps the weights (rows, taps, columns * channels), the finish."""
        weight, bias = self.finish.fold(arrays)
        rows, columns = (window.kernel for window in self.windows)
        table = weight.reshape(rows, columns, -1)
        outputs = self.unit.output.spatial[-1]
        laid = [np.ascontiguousarray(np.tile(table[:, taps.numbers], outputs)) for taps in self.taps]
        return laid, self.finish.lay_out(arrays, bias)

    def bind(self, site: Site) -> Iterator[Phase]:
        """Blocks of output rows."""
        channels = site.output.shape[-1]
        height = self.windows[0].output or 1
        each = max(1, _ROWS // (self.unit.volume.spatial[-1] * channels * self.windows[0].stride))
        runs = parts(height, each, -(-len(site.scratches) // max(1, len(site.x))))
        work = [(sample, run) for sample in range(len(site.x)) for run in runs]
        x = site.x.reshape(len(site.x), -1, *site.x.shape[-2:])
        yield shared(work, site.scratches, partial(self._calls, site, x, height))

    def _calls(
        self, site: Site, x: Array, height: int, piece: tuple[int, tuple[int, int]], scratch: Scratch
    ) -> Iterator[Call]:
        weights, operations = site.laid
        sample, run = piece
        columns, channels = site.output.shape[-2:]
        begin, end = ((sample * height + row) * columns for row in run)
        rows = site.output.reshape(-1, columns * channels)[sample * height + run[0] : sample * height + run[1]]
        target = rows
        for number, (taps, weight) in enumerate(zip(self.taps, weights, strict=True)):
            calls, padded = self._sorted(x[sample], run, columns, taps, scratch)
            yield from calls
            if number:
                target = scratch.take(rows.shape, rows.dtype)
            seen = self._seen(padded, len(rows), columns, taps)
            yield partial(np.einsum, "yklm,klm->ym", seen, weight, out=target, optimize=False)
            if number:
                yield partial(np.add, rows, target, rows)
        yield from self.finish.calls(operations, site, begin, end)

    def _sorted(
        self, x: Array, run: tuple[int, int], columns: int, taps: Taps, scratch: Scratch
    ) -> tuple[list[Call], Array]:
        """The columns that some taps read, of all rows that a block sees, with zeros beyond the border."""
        across = self.windows[1]
        (top, bottom), _ = bounds(self.windows, (run, (0, columns)))
        first = taps.first - across.near
        count = columns + (len(taps.numbers) - 1) * taps.step
        start = first % across.stride if first < 0 else first
        skipped = max(0, -(-(0 - first) // across.stride)) if first < 0 else 0
        calls, found = strip(x[:, start :: across.stride], ((top, bottom), (-skipped, count - skipped)), scratch)
        if found.strides[1] == found.shape[2] * found.itemsize:
            return calls, found
        side_by_side = scratch.take(found.shape, found.dtype)
        return [partial(np.copyto, side_by_side, found)], side_by_side

    def _seen(self, padded: Array, rows: int, columns: int, taps: Taps) -> Array:
        """(rows, kernel rows, taps, columns * channels), overlapping in memory."""
        down, _ = self.windows
        item, channels = padded.itemsize, padded.shape[-1]
        pitch = padded.strides[0]
        return np.lib.stride_tricks.as_strided(
            padded,
            (rows, down.kernel, len(taps.numbers), columns * channels),
            (down.stride * pitch, down.dilation * pitch, taps.step * channels * item, item),
        )


def _taps(window: Window) -> list[Taps]:
    """The taps of a row by which of the columns they read, of as many kinds as the stride."""
    kinds: dict[int, list[int]] = {}
    for tap in range(window.kernel):
        kinds.setdefault(tap * window.dilation % window.stride, []).append(tap)
    found = []
    for numbers in kinds.values():
        offsets = [tap * window.dilation // window.stride for tap in numbers]
        step = offsets[1] - offsets[0] if len(offsets) > 1 else 1
        found.append(Taps(tuple(numbers), numbers[0] * window.dilation, step))
    return found
