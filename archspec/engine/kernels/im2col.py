"""Convolution as a matrix product of unfolded windows, a block of output positions at a time."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from archspec.engine.kernels._base import BLOCK, Kernel, Setting
from archspec.engine.kernels._border import with_border
from archspec.engine.kernels._padded import bounds, strip
from archspec.engine.kernels._work_split import distribute, split
from archspec.engine.outlines import is_outline, outline
from archspec.engine.tiles import DEEPEST, pack, prefers_tiles, product
from archspec.ops._convolution import Convolution
from archspec.ops._sliding import views
from archspec.ops._window import CROP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.engine.fused_group import FusedGroup
    from archspec.engine.kernels._buffers import Arrays, Buffers
    from archspec.engine.scratch import Scratch
    from archspec.engine.stages import Call, Stage
    from archspec.ops._numpy import Array

_ROWS = 256
"""Positions that a product needs at least where it is not tiled: the matrix library copies the filters first."""

_COLUMNS = 16
"""Columns below which groups are computed together: a register of float32."""


class OutputBlock(NamedTuple):
    """The number of a sample, and the output positions on each axis: the first, and the one after the last."""

    sample: int
    outputs: tuple[tuple[int, int], ...]


class Im2colKernel(Kernel):
    """Any kernel, stride, dilation, groups and padding mode, on one to three axes.

    For positions p of a block, groups g and depth d = kernel positions * C / g: ``out[g, p, F / g] = rows[g, p, d] @
    matrix[g, d, F / g]``, where ``rows`` are the windows copied from a padded block of the input.
    """

    operators = (Convolution,)
    folds = True

    @classmethod
    def reason(cls, group: FusedGroup, setting: Setting) -> str | None:  # noqa: ARG003 - exact at any grade
        """Every convolution."""
        operator = group.operator
        groups = operator.groups_and_filters(group.volume)[0] if isinstance(operator, Convolution) else 1
        return "windows unfolded in blocks that fit the cache" + (f", {groups} groups" if groups > 1 else "")

    def __init__(self, group: FusedGroup, setting: Setting) -> None:
        super().__init__(group, setting)
        self.windows = group.first.windows or ()
        self.mode = group.operator.padding_mode if isinstance(group.operator, Convolution) else "zeros"
        groups, filters = (
            group.operator.groups_and_filters(group.volume) if isinstance(group.operator, Convolution) else (1, 1)
        )
        self.groups = _bundle_count(groups, filters // groups)
        self.depth = math.prod(w.kernel for w in self.windows) * group.volume.channels // self.groups
        self.depth_runs = split(self.depth, DEEPEST)
        """Runs of the depth: where it is too deep for tiles, tiles and partial sums are faster than a plain product."""
        self.tiled = prefers_tiles(self.depth // len(self.depth_runs), filters // self.groups, setting.dtype)
        if not self.tiled:
            self.depth_runs = [(0, self.depth)]

    def pack_weights(self, arrays: Arrays) -> Any:
        """A matrix (bundles, depth, filters / bundles) for each run of the depth; the epilogue."""
        weight, bias = self.epilogue.fold(arrays)
        matrix = _bundle_matrix(weight, self.group.volume.channels, self.groups)
        runs = [pack(matrix[:, begin:end], tiled=self.tiled) for begin, end in self.depth_runs]
        return runs, self.epilogue.operations(arrays, bias)

    def packing_size(self) -> int:
        """Filters with norms in them, and the matrices of bundles, if these are not what is kept."""
        weight = self.group.first.weights[0]
        is_copied = weight.shape[-2] < self.group.volume.channels
        matrices = self.depth * weight.shape[-1] if is_copied and self.tiled else 0
        return super().packing_size() + matrices + (self.folded_size if is_copied or self.tiled else 0)

    def bind(self, buffers: Buffers) -> Iterator[Stage]:
        """Blocks of output positions: padded, unfolded, multiplied, finished."""
        work = self._blocks(len(buffers.x), buffers.output.shape[1:-1], len(buffers.scratches))
        yield distribute(work, buffers.scratches, partial(self._calls, buffers))

    def _blocks(self, samples: int, sizes: tuple[int, ...], threads: int) -> list[OutputBlock]:
        """Blocks of neighbouring outputs: the last axes whole, a run of the axis before, one position of the others."""
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
        matrices, operations = buffers.packed
        x, span = buffers.x[block.sample], bounds(self.windows, block.outputs)
        if self.mode == "zeros":
            calls, padded = strip(x, span, scratch)
        else:
            calls, padded = with_border(x, span, self.windows, self.mode, scratch)
        yield from calls
        counts = tuple(end - begin for begin, end in block.outputs)
        patches = self._patches(padded, counts)
        rows = scratch.take((self.groups, math.prod(counts), self.depth), buffers.x.dtype)
        yield partial(np.copyto, rows.reshape(patches.shape), patches)
        begin = self._first(block, buffers.output.shape[1:-1])
        end = begin + len(rows[0])
        flat = buffers.output.reshape(-1, buffers.output.shape[-1])[begin:end]
        out = flat.reshape(end - begin, self.groups, -1, copy=False).swapaxes(0, 1)
        first, *others = zip(self.depth_runs, matrices, strict=True)
        yield from product(rows[..., slice(*first[0])], first[1], out, tiled=self.tiled)
        sums = scratch.take(out.shape, out.dtype) if others else out
        for part, panels in others:
            yield from product(rows[..., slice(*part)], panels, sums, tiled=self.tiled)
            yield partial(np.add, out, sums, out)
        yield from self.epilogue.calls(operations, buffers, scratch, begin, end)

    def _patches(self, padded: Array, counts: tuple[int, ...]) -> Array:
        """Every window as a view (groups, outputs ..., kernel ..., C / groups), runs of memory last."""
        axes = len(counts)
        windows = [window._replace(fit=CROP) for window in self.windows]
        sizes = [
            window._replace(size=size, near=0, far=0) for window, size in zip(windows, padded.shape[:-1], strict=True)
        ]
        all_windows = views(padded[None], sizes)[0]  # outputs ..., C, kernel ...
        moved = np.moveaxis(all_windows, axes, -1)
        by_group = moved.reshape(*moved.shape[:-1], self.groups, moved.shape[-1] // self.groups, copy=False)
        patches: Array = np.moveaxis(by_group, -2, 0)
        if self.groups == 1 and self.windows[-1].dilation == 1 and padded.flags.c_contiguous:
            patches = _join_last_axes(patches)
        return patches

    @staticmethod
    def _first(block: OutputBlock, sizes: tuple[int, ...]) -> int:
        """The number of a block's first position, counted through all samples."""
        first = block.sample
        for (begin, _), size in zip(block.outputs, sizes, strict=True):
            first = first * size + begin
        return first


def _bundle_count(groups: int, filters: int) -> int:
    """How many bundles the groups make: products of few columns waste more than zeros in a wider one do."""
    fewest = next(
        size
        for size in range(1, groups + 1)
        if groups % size == 0 and size * filters >= min(_COLUMNS, groups * filters)
    )
    return groups // fewest


def _bundle_matrix(weight: Array, channels: int, bundles: int) -> Array:
    """Weight (kernel ..., C / groups, F) as (bundles, depth, F / bundles): in a bundle, each group on the diagonal.

    A group multiplies its own channels by its own filters; all other blocks of a bundle's matrix are zeros.
    """
    *kernel, each, filters = weight.shape
    size = channels // each // bundles
    width = filters // (channels // each)
    if bundles == size == 1:
        return weight.reshape(1, -1, filters)
    if is_outline(weight):
        return outline((bundles, math.prod(kernel) * size * each, filters // bundles), weight.dtype)
    matrix = np.zeros((bundles, math.prod(kernel), size, each, size, width), weight.dtype)
    groups = weight.reshape(-1, each, bundles, size, width)
    for member in range(size):
        matrix[:, :, member, :, member] = np.moveaxis(groups[:, :, :, member], 2, 0)
    return matrix.reshape(bundles, -1, filters // bundles)


def _join_last_axes(patches: Array) -> Array:
    """The last axis of the kernel and the channels as one axis, where they are one run of memory."""
    *shape, columns, channels = patches.shape
    if patches.strides[-2] != channels * patches.strides[-1]:
        return patches
    return np.lib.stride_tricks.as_strided(
        patches, (*shape, columns * channels), (*patches.strides[:-2], patches.strides[-1])
    )
