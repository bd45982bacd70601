"""Transposed convolution: a matrix product for each kernel row, whose columns are added to the outputs they reach."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from archspec.engine.kernels._base import BLOCK, Kernel, Setting
from archspec.engine.kernels._work_split import distribute, sample_runs
from archspec.engine.outlines import is_outline, like
from archspec.engine.tiles import pack, prefers_tiles, product
from archspec.ops.transposed import ConvTranspose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.engine.fused_group import FusedGroup
    from archspec.engine.kernels._buffers import Arrays, Buffers
    from archspec.engine.scratch import Scratch
    from archspec.engine.stages import Call, Stage
    from archspec.ops._numpy import Array
    from archspec.ops._window import TransposedWindow


class Reach(NamedTuple):
    """The inputs of an axis from which a kernel position reaches some outputs: every ``stride``-th from ``start``."""

    first: int
    last: int
    start: int
    stride: int

    @property
    def inputs(self) -> slice:
        """The inputs."""
        return slice(self.first, self.last)

    @property
    def outputs(self) -> slice:
        """The outputs, as many."""
        return slice(self.start, self.start + (self.last - self.first - 1) * self.stride + 1, self.stride)


class TransposedKernel(Kernel):
    """Rows of the output in panels; each kernel row's product has a column for every other position, group and filter.

    A block takes the inputs that reach it from that kernel row, so no product is computed twice.
    """

    operators = (ConvTranspose,)
    folds = True

    @classmethod
    def reason(cls, group: FusedGroup, setting: Setting) -> str | None:  # noqa: ARG003 - exact at any grade
        """Every transposed convolution."""
        operator = group.operator
        groups = operator.groups if isinstance(operator, ConvTranspose) else 1
        return "a matrix product for each kernel row" + (f", {groups} groups" if groups > 1 else "")

    def __init__(self, group: FusedGroup, setting: Setting) -> None:
        super().__init__(group, setting)
        operator = group.operator
        if not isinstance(operator, ConvTranspose):
            raise TypeError(f"{group.kind} is not a transposed convolution")
        self.windows = operator.transposed_windows([group.volume]) or ()
        self.groups, self.filters = operator.groups, operator.filters
        self.kernel_columns = tuple(window.kernel for window in self.windows[1:])
        self.columns = math.prod(self.kernel_columns) * self.filters
        self.tiled = prefers_tiles(group.volume.channels // self.groups, self.columns // self.groups, setting.dtype)

    def pack_weights(self, arrays: Arrays) -> Any:
        """For each kernel row a matrix (C / groups, columns / groups) for every group; bias; epilogue."""
        weight, bias = self.epilogue.fold(arrays)
        split = weight.reshape(len(weight), -1, weight.shape[-2], self.groups, self.filters // self.groups)
        shape = (len(weight), self.groups, weight.shape[-2], self.columns // self.groups)
        rows = like(weight, shape, self.dtype)
        if not is_outline(rows):
            np.copyto(rows.reshape(*shape[:-1], -1, split.shape[-1]), split.transpose(0, 3, 2, 1, 4))
        return [pack(row, tiled=self.tiled) for row in rows], bias, self.epilogue.operations(arrays)

    def packing_size(self) -> int:
        """Filters with norms in them, then in another order, before they are in tiles."""
        return super().packing_size() + self.folded_size + (self.group.first.weights[0].size if self.tiled else 0)

    def bind(self, buffers: Buffers) -> Iterator[Stage]:
        """Blocks of as many output rows as the product of one block of elements reaches."""
        across = math.prod(buffers.x.shape[2:-1])
        each = max(1, BLOCK // (across * self.columns)) * self.windows[0].stride
        yield distribute(
            sample_runs(buffers, buffers.output.shape[1], each), buffers.scratches, partial(self._calls, buffers)
        )

    def _calls(self, buffers: Buffers, piece: tuple[int, tuple[int, int]], scratch: Scratch) -> Iterator[Call]:
        matrices, bias, operations = buffers.packed
        sample, (begin, end) = piece
        x, y = buffers.x[sample], buffers.output[sample, begin:end]
        yield partial(y.fill, 0) if bias is None else partial(np.copyto, y, bias)
        reaches = [_reach(self.windows[0], position, begin, end) for position in range(self.windows[0].kernel)]
        most = max(reach.last - reach.first for reach in reaches)
        memory = scratch.take((max(0, most) * math.prod(x.shape[1:-1]) * self.columns,), x.dtype)
        for reach, panels in zip(reaches, matrices, strict=True):
            if reach.first < reach.last:
                yield from self._row(x[reach.inputs], y[reach.outputs], panels, memory)
        each = math.prod(buffers.output.shape[2:-1])
        first = (sample * buffers.output.shape[1] + begin) * each
        yield from self.epilogue.calls(operations, buffers, scratch, first, first + (end - begin) * each)

    def _row(self, x: Array, y: Array, panels: Any, memory: Array) -> Iterator[Call]:
        """The product with one kernel row, added position by position to the outputs ``y`` (rows, ..., F) it reaches.

        ``x`` is (rows, ..., C); the product is (groups, inputs, positions in the kernel row * filters / groups).
        """
        positions = math.prod(x.shape[:-1])
        table = memory[: positions * self.columns].reshape(self.groups, positions, -1)
        rows = x.reshape(positions, self.groups, -1).swapaxes(0, 1)
        yield from product(rows, panels, table, tiled=self.tiled)
        sums = table.reshape(self.groups, *x.shape[:-1], *self.kernel_columns, -1)
        sums = np.moveaxis(sums, 0, -2)  # inputs ..., positions ..., groups, filters / groups
        target = y.reshape(*y.shape[:-1], *sums.shape[-2:])
        every = slice(None)
        for position in np.ndindex(*self.kernel_columns):
            axes = zip(self.windows[1:], position, y.shape[1:-1], strict=True)
            reaches = [_reach(window, number, 0, size) for window, number, size in axes]
            if all(reach.first < reach.last for reach in reaches):
                place = target[(every, *(reach.outputs for reach in reaches))]
                part = sums[(every, *(reach.inputs for reach in reaches), *position)]
                yield partial(np.add, place, part, place)


def _reach(window: TransposedWindow, position: int, begin: int, end: int) -> Reach:
    """The inputs from which a kernel position reaches outputs ``begin`` to before ``end``; outputs counted from there.

    Input i reaches output ``i * stride + offset``: from ``ceil((begin - offset) / stride)`` to before
    ``ceil((end - offset) / stride)`` these are within.
    """
    offset = position * window.dilation - window.near
    first = max(0, -((offset - begin) // window.stride))
    last = min(window.size, -((offset - end) // window.stride))
    return Reach(first, last, first * window.stride + offset - begin, window.stride)
