"""Convolution of every channel by itself: blocks of rows, all kernel positions in one call."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from archspec.engine.kernels._base import Kernel, Setting
from archspec.engine.kernels._operations import CHUNK
from archspec.engine.kernels._padded import bounds, strip
from archspec.engine.kernels._segments import AxisSegment, axis_segments, segments_between
from archspec.engine.kernels._work_split import distribute, sample_runs
from archspec.engine.loops import einsum
from archspec.engine.outlines import repeat_columns
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
    """``y[r, c] = sum over k, l of x[r * stride + k, c * stride + l] * w[k, l]`` for every channel, by one einsum.

    The innermost loop of einsum is a fused multiply-add over contiguous memory, fast where it is long. With stride 1
    the windows of neighbouring columns are neighbours too, so it goes through columns and channels of a row
    together, the weights repeated for every column; with a larger stride it goes through the channels alone.

    The input is read in place, without a border of zeros: the outputs are cut into rectangles, in each of which the
    same kernel positions meet real input (:mod:`_segments`), and the others are left out.
    """

    operators = (Convolution,)
    why = "one filter per channel, all kernel positions in one call"
    folds = True
    rate = 6.5e9

    @classmethod
    def applies(cls, group: FusedGroup) -> bool:
        """A filter for each channel, on one or two axes, zeros around the border."""
        operator, volume = group.operator, group.volume
        return (
            super().applies(group)
            and isinstance(operator, Convolution)
            and operator.padding_mode == "zeros"
            and 1 <= len(volume.spatial) <= _AXES
            and operator.groups_and_filters(volume) == (volume.channels, volume.channels)
        )

    def __init__(self, group: FusedGroup, setting: Setting) -> None:
        super().__init__(group, setting)
        windows = group.first.windows or ()
        self.down, self.across = windows if len(windows) == _AXES else (Window(1), windows[0])
        self.rows, self.columns = axis_segments(self.down), axis_segments(self.across)

    def packing_size(self) -> int:
        """Filters with norms in them."""
        return super().packing_size() + self.folded_size

    def pack_weights(self, arrays: Arrays) -> Any:
        """The weights (kernel rows, kernel columns, columns * C) of each segment of columns, and the epilogue."""
        weight, bias = self.epilogue.fold(arrays)
        return self.weights_by_segment(weight), self.epilogue.operations(arrays, bias)

    def weights_by_segment(self, weight: Array) -> list[Array]:
        """The weights of some channels, for each segment of columns those that meet input, once for every column."""
        table = weight.reshape(self.down.kernel, self.across.kernel, -1)
        return [repeat_columns(table[:, each.first : each.last], self._columns_at_once(each)) for each in self.columns]

    def bind(self, buffers: Buffers) -> Iterator[Stage]:
        """Blocks of output rows."""
        columns, channels = buffers.output.shape[-2:]
        height = self.down.output or 1
        x = buffers.x.reshape(len(buffers.x), self.down.size, *buffers.x.shape[-2:])
        y = buffers.output.reshape(len(buffers.x), height, columns, channels)
        weights, operations = buffers.packed

        def calls(piece: tuple[int, tuple[int, int]], scratch: Scratch) -> Iterator[Call]:
            sample, run = piece
            yield from self.row_calls(x[sample], y[sample], weights, run)
            begin, end = ((sample * height + row) * columns for row in run)
            yield from self.epilogue.calls(operations, buffers, scratch, begin, end)

        yield distribute(sample_runs(buffers, height, CHUNK // (columns * channels)), buffers.scratches, calls)

    def row_calls(self, x: Array, y: Array, weights: list[Array], run: tuple[int, int]) -> Iterator[Call]:
        """The calls for some rows of ``y`` (rows, columns, C), of all rows ``x``; both are contiguous."""
        for row in segments_between(self.rows, self.down, *run):
            for column, weight in zip(self.columns, weights, strict=True):
                yield self._window_sums(x, y, row, column, weight)

    def weights_by_column(self, weight: Array) -> Array:
        """The weights of some channels for :meth:`padded_calls`: (kernel rows, kernel columns, columns * C)."""
        table = weight.reshape(self.down.kernel, self.across.kernel, -1)
        return repeat_columns(table, self.padded_columns_at_once)

    @property
    def padded_columns_at_once(self) -> int:
        """Columns over which one loop of :meth:`padded_calls` goes: all of them where windows are neighbours."""
        return (self.across.output or 1) if self.across.stride == 1 else 1

    def padded_calls(self, x: Array, y: Array, weight: Array, scratch: Scratch) -> Iterator[Call]:
        """The calls for all of ``y`` from a padded copy of ``x``: more work than :meth:`row_calls`, in fewer calls."""
        windows = (self.down, self.across)
        calls, padded = strip(x, bounds(windows, [(0, size) for size in y.shape[:-1]]), scratch)
        yield from calls
        row, column = (
            AxisSegment(0, size, 0, window.kernel, 0) for size, window in zip(y.shape[:-1], windows, strict=True)
        )
        yield self._window_sums(padded, y, row, column, weight)

    def _columns_at_once(self, column: AxisSegment) -> int:
        """Columns over which one loop goes: all of a segment where windows are neighbours."""
        return column.end - column.begin if self.across.stride == 1 else 1

    def _window_sums(self, x: Array, y: Array, row: AxisSegment, column: AxisSegment, weight: Array) -> Call:
        """The call for a rectangle of outputs of one sample ``x`` (rows, columns, C).

        The columns of the rectangle are cut into ``c`` loops, each of ``m`` elements: columns at once * C.
        """
        target = y[row.begin : row.end, column.begin : column.end]
        if row.first == row.last or column.first == column.last:  # the windows meet nothing
            return partial(target.fill, 0)
        windows = self._windows(x, row, column)  # y, k, l, c, m: outputs, kernel rows and columns, loops, elements
        meeting = weight[row.first : row.last]  # k, l, m
        if windows.shape[3] == 1:
            flat = target.reshape(len(target), -1, copy=False)  # y, m
            return partial(einsum, "yklm,klm->ym", windows[:, :, :, 0], meeting, out=flat)
        return partial(einsum, "yklcm,klm->ycm", windows, meeting, out=target)

    def _windows(self, x: Array, row: AxisSegment, column: AxisSegment) -> Array:
        """The windows of a rectangle of outputs as a view of ``x``; shape as above."""
        columns = self._columns_at_once(column)
        next_row, next_column, next_element = x.strides
        axes = (  # length, and bytes from one to the next
            (row.end - row.begin, self.down.stride * next_row),
            (row.last - row.first, self.down.dilation * next_row),
            (column.last - column.first, self.across.dilation * next_column),
            ((column.end - column.begin) // columns, self.across.stride * next_column),
            (columns * x.shape[-1], next_element),
        )
        shape = tuple(length for length, _ in axes)
        strides = tuple(step if length > 1 else 0 for length, step in axes)  # what is not used may exceed 64 bits
        return np.lib.stride_tricks.as_strided(x[row.start :, column.start :], shape, strides)
