"""Convolution as a matrix product of unfolded windows, a block of output positions at a time."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from archspec.engine.kernels._base import BLOCK, Kernel, Phase, Setting, Site, parts, shared
from archspec.engine.kernels._border import bordered
from archspec.engine.kernels._padded import bounds, strip
from archspec.engine.tiles import DEEPEST, is_tiled, pack, product
from archspec.ops._convolution import Convolution
from archspec.ops._sliding import views

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.engine.kernels._base import Arrays, Call
    from archspec.engine.scratch import Scratch
    from archspec.engine.units import Unit
    from archspec.ops._numpy import Array

_ROWS = 256
"""Positions that a product needs at least where it is not made of tiles: its library copies the filters first."""

_COLUMNS = 16
"""Columns below which groups are computed together: a register of float32."""


class Block(NamedTuple):
    """A sample's number, and the output positions on each axis."""

    sample: int
    outputs: tuple[tuple[int, int], ...]


class Im2col(Kernel):
    """Any kernel, stride, dilation and groups, on one to three axes, whatever lies beyond the border."""

    name = "im2col"
    operators = (Convolution,)
    folds = True

    @classmethod
    def reason(cls, unit: Unit, setting: Setting) -> str | None:  # noqa: ARG003 - exact at any grade
        """Any."""
        operator = unit.operator
        groups = operator.split(unit.volume)[0] if isinstance(operator, Convolution) else 1
        return "windows unfolded in blocks that fit the cache" + (f", {groups} groups" if groups > 1 else "")

    def __init__(self, unit: Unit, setting: Setting) -> None:
        super().__init__(unit, setting)
        self.windows = unit.first.windows or ()
        self.mode = unit.operator.padding_mode if isinstance(unit.operator, Convolution) else "zeros"
        groups, filters = unit.operator.split(unit.volume) if isinstance(unit.operator, Convolution) else (1, 1)
        self.groups = _bundles(groups, filters // groups)
        self.depth = math.prod(w.kernel for w in self.windows) * unit.volume.channels // self.groups
        self.parts = parts(self.depth, DEEPEST)
        """Runs of the depth: beyond what tiles are good for, partial sums are cheaper than an ordinary product."""
        self.tiled = is_tiled(self.depth // len(self.parts), filters // self.groups, setting.dtype)
        if not self.tiled:
            self.parts = [(0, self.depth)]

    @property
    def laid_size(self) -> int:
        """A matrix for each bundle of groups, with zeros between them."""
        return self.groups * self.depth * (self.unit.output.channels // self.groups)

    def scratch_size(self, samples: int) -> int:
        """A row of the output, or the windows of some positions."""
        windows = _ROWS * self.depth * self.groups
        return super().scratch_size(samples) + (self.row_size + windows)

    def lay_out(self, arrays: Arrays) -> Any:
        """A matrix (depth, filters) for each bundle of groups, in parts of the depth; the finish."""
        weight, bias = self.finish.fold(arrays)
        matrix = _bundled(weight, self.unit.volume.channels, self.groups)
        runs = [pack(matrix[:, begin:end], tiled=self.tiled) for begin, end in self.parts]
        return runs, self.finish.lay_out(arrays, bias)

    def bind(self, site: Site) -> Iterator[Phase]:
        """Blocks of output positions: padded, unfolded, multiplied, finished."""
        work = self._blocks(len(site.x), site.output.shape[1:-1], len(site.scratches))
        yield shared(work, site.scratches, partial(self._calls, site))

    def _blocks(self, samples: int, sizes: tuple[int, ...], threads: int) -> list[Block]:
        """Of neighbouring outputs: whole ones on the last axes, as many on the axis before as fit, one before that."""
        most = max(1 if self.tiled else _ROWS, BLOCK // (self.depth * self.groups))
        axis = len(sizes) - 1
        while axis and math.prod(sizes[axis:]) <= most:
            axis -= 1
        each = max(1, most // math.prod(sizes[axis + 1 :]))
        before = list(np.ndindex(*sizes[:axis]))
        runs = parts(sizes[axis], each, -(-threads // (samples * len(before))))
        whole = tuple((0, size) for size in sizes[axis + 1 :])
        return [
            Block(sample, (*((i, i + 1) for i in index), run, *whole))
            for sample in range(samples)
            for index in before
            for run in runs
        ]

    def _calls(self, site: Site, block: Block, scratch: Scratch) -> Iterator[Call]:
        runs, operations = site.laid
        x, wanted = site.x[block.sample], bounds(self.windows, block.outputs)
        if self.mode == "zeros":
            calls, padded = strip(x, wanted, scratch)
        else:
            calls, padded = bordered(x, wanted, self.windows, self.mode, scratch)
        yield from calls
        counts = tuple(end - begin for begin, end in block.outputs)
        patches = self._patches(padded, counts)
        rows = scratch.take((self.groups, math.prod(counts), self.depth), site.x.dtype)
        yield partial(np.copyto, rows.reshape(patches.shape), patches)
        begin = self._first(block, site.output.shape[1:-1])
        end = begin + len(rows[0])
        flat = site.output.reshape(-1, site.output.shape[-1])[begin:end]
        out = flat.reshape(end - begin, self.groups, -1, copy=False).swapaxes(0, 1)
        first, *others = zip(self.parts, runs, strict=True)
        yield from product(rows[..., slice(*first[0])], first[1], out, tiled=self.tiled)
        sums = scratch.take(out.shape, out.dtype) if others else out
        for part, blocks in others:
            yield from product(rows[..., slice(*part)], blocks, sums, tiled=self.tiled)
            yield partial(np.add, out, sums, out)
        yield from self.finish.calls(operations, site, scratch, begin, end)

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
    def _first(block: Block, sizes: tuple[int, ...]) -> int:
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
