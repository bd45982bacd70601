"""Convolution as a matrix product of unfolded windows, a block of output positions at a time."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from archspec.engine.kernels._base import BLOCK, Kernel, Setting
from archspec.engine.kernels._border import bordered
from archspec.engine.kernels._padded import bounds, strip
from archspec.engine.kernels._work_split import distribute, split
from archspec.engine.tiles import DEEPEST, pack, prefers_tiles, product
from archspec.ops._convolution import Convolution
from archspec.ops._sliding import views

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.engine.fused_group import FusedGroup
    from archspec.engine.kernels._buffers import Arrays, Buffers
    from archspec.engine.scratch import Scratch
    from archspec.engine.stages import Call, Stage
    from archspec.ops._numpy import Array

_ROWS = 256
"""Positions that a product needs at least where it is not made of tiles: its library copies the filters first."""

_COLUMNS = 16
"""Columns below which groups are computed together: a register of float32."""


class OutputBlock(NamedTuple):
    """A sample's number, and the output positions on each axis."""

    sample: int
    outputs: tuple[tuple[int, int], ...]


class Im2colKernel(Kernel):
    """Any kernel, stride, dilation and groups, on one to three axes, whatever lies beyond the border."""

    name = "im2col"
    operators = (Convolution,)
    folds = True

    @classmethod
    def reason(cls, group: FusedGroup, setting: Setting) -> str | None:  # noqa: ARG003 - exact at any grade
        """Any."""
        operator = group.operator
        groups = operator.split(group.volume)[0] if isinstance(operator, Convolution) else 1
        return "windows unfolded in blocks that fit the cache" + (f", {groups} groups" if groups > 1 else "")

    def __init__(self, group: FusedGroup, setting: Setting) -> None:
        super().__init__(group, setting)
        self.windows = group.first.windows or ()
        self.mode = group.operator.padding_mode if isinstance(group.operator, Convolution) else "zeros"
        groups, filters = group.operator.split(group.volume) if isinstance(group.operator, Convolution) else (1, 1)
        self.groups = _bundles(groups, filters // groups)
        self.depth = math.prod(w.kernel for w in self.windows) * group.volume.channels // self.groups
        self.parts = split(self.depth, DEEPEST)
        """Runs of the depth: beyond what tiles are good for, partial sums are cheaper than an ordinary product."""
        self.tiled = prefers_tiles(self.depth // len(self.parts), filters // self.groups, setting.dtype)
        if not self.tiled:
            self.parts = [(0, self.depth)]

    @property
    def packed_size(self) -> int:
        """A matrix for each bundle of groups, with zeros between them."""
        return self.groups * self.depth * (self.group.output.channels // self.groups)

    def scratch_size(self, samples: int) -> int:
        """A row of the output, or the windows of some positions."""
        windows = _ROWS * self.depth * self.groups
        return super().scratch_size(samples) + (self.row_size + windows)

    def pack_weights(self, arrays: Arrays) -> Any:
        """A matrix (depth, filters) for each bundle of groups, in parts of the depth; the epilogue."""
        weight, bias = self.epilogue.fold(arrays)
        matrix = _bundled(weight, self.group.volume.channels, self.groups)
        runs = [pack(matrix[:, begin:end], tiled=self.tiled) for begin, end in self.parts]
        return runs, self.epilogue.operations(arrays, bias)

    def bind(self, buffers: Buffers) -> Iterator[Stage]:
        """Blocks of output positions: padded, unfolded, multiplied, finished."""
        work = self._blocks(len(buffers.x), buffers.output.shape[1:-1], len(buffers.scratches))
        yield distribute(work, buffers.scratches, partial(self._calls, buffers))

    def _blocks(self, samples: int, sizes: tuple[int, ...], threads: int) -> list[OutputBlock]:
        """Of neighbouring outputs: whole ones on the last axes, as many on the axis before as fit, one before that."""
        most = max(1 if self.tiled else _ROWS, BLOCK // (self.depth * self.groups))
        axis = len(sizes) - 1
        while axis and math.prod(sizes[axis:]) <= most:
            axis -= 1
        each = max(1, most // math.prod(sizes[axis + 1 :]))
        before = list(np.ndindex(*sizes[:axis]))
        runs = split(sizes[axis], each, -(-threads // (samples * len(before))))
        whole = tuple((0, size) for size in sizes[axis + 1 :])
        return [
            OutputBlock(sample, (*((i, i + 1) for i in index), run, *whole))
            for sample in range(samples)
            for index in before
            for run in runs
        ]

    def _calls(self, buffers: Buffers, block: OutputBlock, scratch: Scratch) -> Iterator[Call]:
        runs, operations = buffers.packed
        x, wanted = buffers.x[block.sample], bounds(self.windows, block.outputs)
        if self.mode == "zeros":
            calls, padded = strip(x, wanted, scratch)
        else:
            calls, padded = bordered(x, wanted, self.windows, self.mode, scratch)
        yield from calls
        counts = tuple(end - begin for begin, end in block.outputs)
        patches = self._patches(padded, counts)
        rows = scratch.take((self.groups, math.prod(counts), self.depth), buffers.x.dtype)
        yield partial(np.copyto, rows.reshape(patches.shape), patches)
        begin = self._first(block, buffers.output.shape[1:-1])
        end = begin + len(rows[0])
        flat = buffers.output.reshape(-1, buffers.output.shape[-1])[begin:end]
        out = flat.reshape(end - begin, self.groups, -1, copy=False).swapaxes(0, 1)
        first, *others = zip(self.parts, runs, strict=True)
        yield from product(rows[..., slice(*first[0])], first[1], out, tiled=self.tiled)
        sums = scratch.take(out.shape, out.dtype) if others else out
        for part, blocks in others:
            yield from product(rows[..., slice(*part)], blocks, sums, tiled=self.tiled)
            yield partial(np.add, out, sums, out)
        yield from self.epilogue.calls(operations, buffers, scratch, begin, end)

    def _patches(self, padded: Array, counts: tuple[int, ...]) -> Array:
        """Every window as a view (groups, outputs ..., kernel ..., channels / groups), runs of memory last."""
        axes = len(counts)
        windows = [window._replace(fit="crop") for window in self.windows]
        sizes = [
            window._replace(size=size, near=0, far=0) for window, size in zip(windows, padded.shape[:-1], strict=True)
        ]
        every = views(padded[None], sizes)[0]  # outputs ..., C, kernel ...
        moved = np.moveaxis(every, axes, -1)
        split = moved.reshape(*moved.shape[:-1], self.groups, moved.shape[-1] // self.groups, copy=False)
        found: Array = np.moveaxis(split, -2, 0)
        if self.groups == 1 and self.windows[-1].dilation == 1 and padded.flags.c_contiguous:
            found = _joined(found)
        return found

    @staticmethod
    def _first(block: OutputBlock, sizes: tuple[int, ...]) -> int:
        """The number of a block's first position, counted through all samples."""
        first = block.sample
        for (begin, _), size in zip(block.outputs, sizes, strict=True):
            first = first * size + begin
        return first


def _bundles(groups: int, filters: int) -> int:
    """Bundles into which groups go: a product of few columns wastes more of the processor than zeros in a wider one."""
    fewest = next(
        size
        for size in range(1, groups + 1)
        if groups % size == 0 and size * filters >= min(_COLUMNS, groups * filters)
    )
    return groups // fewest


def _bundled(weight: Array, channels: int, bundles: int) -> Array:
    """Weight (kernel ..., C / groups, filters) as (bundles, depth, filters / bundles), by a diagonal of groups."""
    *taps, each, filters = weight.shape
    size = channels // each // bundles
    width = filters // (channels // each)
    matrix = np.zeros((bundles, math.prod(taps), size, each, size, width), weight.dtype)
    split = weight.reshape(-1, each, bundles, size, width)
    for member in range(size):
        matrix[:, :, member, :, member] = np.moveaxis(split[:, :, :, member], 2, 0)
    return matrix.reshape(bundles, -1, filters // bundles)


def _joined(patches: Array) -> Array:
    """The last axis of the kernel and the channels as one, where they are one run of memory."""
    *shape, taps, channels = patches.shape
    if patches.strides[-2] != channels * patches.strides[-1]:
        return patches
    return np.lib.stride_tricks.as_strided(
        patches, (*shape, taps * channels), (*patches.strides[:-2], patches.strides[-1])
    )
