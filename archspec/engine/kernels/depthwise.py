"""Convolution of every channel by itself: blocks of rows, all taps in one call."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from archspec.engine.kernels._base import Kernel, Setting
from archspec.engine.kernels._operations import CHUNK
from archspec.engine.kernels._padded import bounds, strip
from archspec.engine.kernels._segments import AxisSegment, axis_segments, within
from archspec.engine.kernels._work_split import distribute, sample_runs
from archspec.engine.loops import einsum
from archspec.ops._convolution import Convolution
from archspec.ops._window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.engine.fused_group import FusedGroup
    from archspec.engine.kernels._buffers import Arrays, Buffers
    from archspec.engine.scratch import Scratch
    from archspec.engine.stages import Call, Stage
    from archspec.ops._numpy import Array

_AXES = 2
"""Spatial axes, at most."""


class DepthwiseKernel(Kernel):
    """``y[r, m] = sum over taps of x[r * stride + tap, m] * w[tap, m]``, m running through columns and channels.

    The input is read where it lies: outputs at the border, of which some taps meet nothing, are computed apart, with
    the other taps. With a stride m runs through the channels alone.
    """

    name = "depthwise"
    operators = (Convolution,)
    folds = True
    rate = 6.5e9

    @classmethod
    def reason(cls, group: FusedGroup, setting: Setting) -> str | None:  # noqa: ARG003 - exact at any grade
        """A filter for each channel, on one or two axes."""
        operator, volume = group.operator, group.volume
        if not isinstance(operator, Convolution) or operator.padding_mode != "zeros" or len(volume.spatial) > _AXES:
            return None
        alone = operator.split(volume) == (volume.channels, volume.channels)
        return "a filter a channel: all taps of a block of rows in one call" if alone else None

    def __init__(self, group: FusedGroup, setting: Setting) -> None:
        super().__init__(group, setting)
        windows = group.first.windows or ()
        self.down, self.across = windows if len(windows) == _AXES else (Window(1), windows[0])
        self.rows, self.columns = axis_segments(self.down), axis_segments(self.across)

    @property
    def packed_size(self) -> int:
        """The weights for each column of a run."""
        taps = sum((each.last - each.first) * self._repeats(each) for each in self.columns)
        return self.down.kernel * taps * self.group.volume.channels

    def pack_weights(self, arrays: Arrays) -> Any:
        """The weights (kernel rows, kernel columns, channels), repeated for each run of columns, and the epilogue."""
        weight, bias = self.epilogue.fold(arrays)
        return self.tiled(weight), self.epilogue.operations(arrays, bias)

    def tiled(self, weight: Array) -> list[Array]:
        """The weights of some channels, repeated for each run of columns."""
        table = weight.reshape(self.down.kernel, self.across.kernel, -1)
        return [np.tile(table[:, each.first : each.last], self._repeats(each)) for each in self.columns]

    def bind(self, buffers: Buffers) -> Iterator[Stage]:
        """Blocks of output rows."""
        columns, channels = buffers.output.shape[-2:]
        height = self.down.output or 1
        x = buffers.x.reshape(len(buffers.x), self.down.size, *buffers.x.shape[-2:])
        y = buffers.output.reshape(len(buffers.x), height, columns, channels)
        tiled, operations = buffers.packed

        def calls(piece: tuple[int, tuple[int, int]], scratch: Scratch) -> Iterator[Call]:
            sample, run = piece
            yield from self.sums(x[sample], y[sample], tiled, run)
            begin, end = ((sample * height + row) * columns for row in run)
            yield from self.epilogue.calls(operations, buffers, scratch, begin, end)

        yield distribute(sample_runs(buffers, height, CHUNK // (columns * channels)), buffers.scratches, calls)

    def sums(self, x: Array, y: Array, tiled: list[Array], run: tuple[int, int]) -> Iterator[Call]:
        """The calls for some rows of ``y`` (rows, columns, channels), of all rows ``x``; both are contiguous."""
        for row in within(self.rows, self.down, *run):
            for column, weight in zip(self.columns, tiled, strict=True):
                yield self._sums(x, y, row, column, weight)

    def repeated(self, weight: Array) -> Array:
        """The weights of some channels for :meth:`at_once`."""
        table = weight.reshape(self.down.kernel, self.across.kernel, -1)
        return np.tile(table, self.width)

    @property
    def width(self) -> int:
        """Columns over which one loop of :meth:`at_once` runs: all where windows are neighbours."""
        return (self.across.output or 1) if self.across.stride == 1 else 1

    def at_once(self, x: Array, y: Array, repeated: Array, scratch: Scratch) -> Iterator[Call]:
        """The calls for all of ``y`` from a padded copy of ``x``: more work than :meth:`sums`, in fewer calls."""
        windows = (self.down, self.across)
        calls, padded = strip(x, bounds(windows, [(0, size) for size in y.shape[:-1]]), scratch)
        yield from calls
        row, column = (
            AxisSegment(0, size, 0, window.kernel, 0) for size, window in zip(y.shape[:-1], windows, strict=True)
        )
        yield self._sums(padded, y, row, column, repeated)

    def _repeats(self, column: AxisSegment) -> int:
        """Columns over which one loop runs: a segment's, where its windows are neighbours."""
        return column.end - column.begin if self.across.stride == 1 else 1

    def _sums(self, x: Array, y: Array, row: AxisSegment, column: AxisSegment, weight: Array) -> Call:
        """The call for a rectangle of outputs of one sample: all taps that meet something."""
        target = y[row.begin : row.end, column.begin : column.end]
        taps = (row.last - row.first, column.last - column.first)
        if not all(taps):
            return partial(target.fill, 0)
        repeats = self._repeats(column)
        groups = (column.end - column.begin) // repeats
        down, across, item = x.strides
        shape = (row.end - row.begin, *taps, groups, repeats * x.shape[-1])
        steps = (self.down.stride, self.down.dilation, self.across.dilation, self.across.stride, 1)
        distances = (down, down, across, across, item)
        strides = (  # what stands alone is at no distance: a stride may be larger than any integer of the machine
            step * distance if count > 1 else 0 for count, step, distance in zip(shape, steps, distances, strict=True)
        )
        seen = np.lib.stride_tricks.as_strided(x[row.start :, column.start :], shape, tuple(strides))
        used = weight[row.first : row.last]
        if groups == 1:
            flat = target.reshape(len(target), -1, copy=False)
            return partial(einsum, "yklm,klm->ym", seen[:, :, :, 0], used, out=flat)
        return partial(einsum, "yklcm,klm->ycm", seen, used, out=target)
