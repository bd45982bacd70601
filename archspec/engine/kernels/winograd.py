"""Winograd's minimal filtering: 3x3 convolutions with fewer multiplications (Lavin and Gray 2016, arXiv:1509.09308).

``F(m x m)`` computes tiles of m x m outputs from (m + 2) x (m + 2) inputs by as many products instead of 9 m x m
(section 4.1): ``Y = A^T [(G g G^T) * (B^T d B)] A``. The products in between are (m + 2)^2 matrix products over the
channels, and both sides of a transform are matrix products too: over whole rows first, which tiles side by side share,
then over the columns of each tile.
"""

from __future__ import annotations

import math
from functools import partial
from itertools import product as product_of
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np
from numpy.polynomial import polynomial

from archspec.engine.grades import Grade
from archspec.engine.kernels._base import Kernel, Setting
from archspec.engine.kernels._segments import axis_segments, within
from archspec.engine.kernels._work_split import distribute, sample_runs, split
from archspec.engine.tiles import MOST, empty_blocks, prefers_tiles, product
from archspec.ops._window import Window
from archspec.ops.convolution import Conv

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archspec.engine.fused_group import FusedGroup
    from archspec.engine.kernels._buffers import Arrays, Buffers
    from archspec.engine.scratch import Scratch
    from archspec.engine.stages import Call, Stage
    from archspec.ops._numpy import Array

_LEAST_CHANNELS = 16
"""Channels below which the transforms cost more than they save."""
_MOST_CHANNELS = 2048
"""Channels up to which the errors of tiles of 4x4 are within the tolerance: they grow with the root of these."""
_LEAST_POSITIONS = 1500
"""Output positions below which a single run saves less time than it takes to transform the filters."""
_AT_ONCE = 2**13
"""Filters' numbers that are transformed at a time, in float64: what comes of them stays in the cache."""


class Matrices(NamedTuple):
    """``B^T``, ``G`` and ``A^T`` of the paper: for a side of an input tile, of a filter and of an output tile."""

    inner: Array
    filters: Array
    outer: Array


def cook_toom(points: Sequence[float], side: int) -> Matrices:
    """The matrices for ``side`` outputs and three taps, from ``side + 1`` points and infinity.

    A filter and an output are polynomials, known by their values at the points; an input tile's transform is the
    transpose of their interpolation (Lavin and Gray, section 4; Blahut 2010, "Fast Algorithms for Signal Processing",
    section 5.2).
    """
    size = side + 2
    inner, filters, outer = (np.zeros(shape) for shape in ((size, size), (size, 3), (side, size)))
    for number, point in enumerate(points):
        others = [other for other in points if other != point]
        inner[number, : size - 1] = polynomial.polyfromroots(others)
        filters[number] = point ** np.arange(3) / math.prod(point - other for other in others)
        outer[:, number] = point ** np.arange(side)
    inner[-1] = polynomial.polyfromroots(points)
    filters[-1, -1] = outer[-1, -1] = 1
    return Matrices(inner, filters, outer)


class _WinogradKernel(Kernel):
    """Base of both sizes: ``side`` outputs along a tile's side, and the matrices of the paper."""

    operators = (Conv,)
    folds = True
    side: ClassVar[int]
    strip: ClassVar[int]
    """Numbers of transformed input that are worked on at a time, about: the filters are read once for each strip."""
    matrices: ClassVar[Matrices]

    @classmethod
    def saved(cls, group: FusedGroup, setting: Setting) -> float:
        """Multiplications of a direct convolution for each of this one; 0 where it is none or does not repay.

        It is one with 3x3, stride 1, no dilation, no groups, on two axes, of channels enough; tiles beyond the border
        count whole. A single run repays the transformation of the filters on large maps alone.
        """
        operator, windows = group.operator, group.first.windows or ()
        suits = (
            isinstance(operator, Conv)
            and operator.groups == 1
            and operator.padding_mode == "zeros"
            and len(windows) == 2
            and all(w.kernel == 3 and w.stride == w.dilation == 1 and not w.overhang for w in windows)
            and min(group.volume.channels, group.output.channels) >= _LEAST_CHANNELS
            and (setting.repeats or group.output.positions >= _LEAST_POSITIONS)
        )
        across = math.prod(-(-size // cls.side) for size in group.output.spatial)
        return 9 * group.output.positions / (across * (cls.side + 2) ** 2) if suits else 0

    def __init__(self, group: FusedGroup, setting: Setting) -> None:
        super().__init__(group, setting)
        self.tiled = prefers_tiles(group.volume.channels, group.output.channels, setting.dtype)
        self.into, self.back = self.matrices.inner.astype(setting.dtype), self.matrices.outer.astype(setting.dtype)
        self.reach = self.side + 2
        down, across = group.first.windows or ()
        self.down, self.across = (-(-size // self.side) for size in group.output.spatial)
        self.left, self.width = across.near, self.across * self.side + 2
        self.window = Window(
            down.size, self.reach, self.side, near=down.near, far=self.down * self.side + 2 - down.size - down.near
        )
        self.rows = axis_segments(self.window)

    @property
    def packed_size(self) -> int:
        """As many numbers of each filter and channel as a tile has."""
        return self.reach**2 * self.group.volume.channels * self.group.output.channels

    def scratch_size(self, samples: int) -> int:
        """The tiles of a strip before and after the product, and half of the way there and back."""
        rows, entering, leaving = self._strip, self.group.volume.channels, self.group.output.channels
        there = self.reach * rows * self.width * entering + self.reach**2 * rows * self.across * entering
        back = (self.reach**2 + self.side * self.reach) * rows * self.across * leaving
        return super().scratch_size(samples) + (there + back)

    @property
    def _strip(self) -> int:
        """Rows of tiles that are worked on at a time."""
        return min(self.down, max(1, self.strip // (self.reach**2 * self.across * self.group.volume.channels)))

    def pack_weights(self, arrays: Arrays) -> Any:
        """The transformed filters (area, channels, filters) in tiles, the epilogue."""
        weight, bias = self.epilogue.fold(arrays)
        blocks = empty_blocks((self.reach**2, *weight.shape[2:]), self.dtype, tiled=self.tiled)
        for start, tiles in blocks:
            count, depth, width = tiles.shape[-3:]
            step = max(1, _AT_ONCE // width)
            for number, begin in product_of(range(count), range(0, depth, step)):
                columns = slice(start + number * width, start + (number + 1) * width)
                self._transformed(weight[:, :, begin : begin + step, columns], tiles[:, number, begin : begin + step])
        return blocks, self.epilogue.operations(arrays, bias)

    def _transformed(self, weight: Array, target: Array) -> None:
        """``G g G^T`` of filters (3, 3, channels, filters), computed in float64."""
        flat = weight.astype(np.float64).reshape(9, -1)
        np.copyto(
            target,
            (np.kron(self.matrices.filters, self.matrices.filters) @ flat).reshape(target.shape),
            casting="same_kind",
        )

    def bind(self, buffers: Buffers) -> Iterator[Stage]:
        """Strips of rows of tiles, at least one for each thread where there are as many."""
        yield distribute(sample_runs(buffers, self.down, self._strip), buffers.scratches, partial(self._calls, buffers))

    def _calls(self, buffers: Buffers, piece: tuple[int, tuple[int, int]], scratch: Scratch) -> Iterator[Call]:
        blocks, operations = buffers.packed
        sample, (first, last) = piece
        tiles, products = (last - first) * self.across, self.reach**2
        moved = scratch.take((products, tiles, self.group.volume.channels), buffers.x.dtype)
        yield from self._transformed_input(buffers.x[sample], first, last, moved, scratch)
        sums = scratch.take((products, tiles, self.group.output.channels), buffers.x.dtype)
        yield from product(moved, blocks, sums, tiled=self.tiled)
        height, width = buffers.output.shape[1:-1]
        end = min(height, last * self.side)
        yield from self._outputs(sums, buffers.output[sample, first * self.side : end], scratch)
        start = sample * height
        begin, stop = (start + first * self.side) * width, (start + end) * width
        yield from self.epilogue.calls(operations, buffers, scratch, begin, stop)

    def _transformed_input(self, x: Array, first: int, last: int, moved: Array, scratch: Scratch) -> Iterator[Call]:
        """``B^T d B`` of all tiles in some rows of tiles: (reach * reach, tiles, channels).

        Whole rows of the input go in as they lie; only what they become is bordered by zeros.
        """
        _, size, channels = x.shape
        down, across, item = x.strides
        half = scratch.take((self.reach, last - first, self.width, channels), x.dtype)
        right = self.left + size
        for border in (half[:, :, : self.left], half[:, :, right:]):
            if border.size:
                yield partial(border.fill, 0)
        inside = half[:, :, self.left : right].reshape(self.reach, last - first, -1, copy=False).swapaxes(0, 1)
        for each in within(self.rows, self.window, first, last):
            shape = (each.end - each.begin, each.last - each.first, size * channels)
            seen = np.lib.stride_tricks.as_strided(x[each.start :], shape, (self.side * down, down, item))
            taps = np.ascontiguousarray(self.into[:, each.first : each.last])
            yield from _multiplied(taps, seen, inside[each.begin - first : each.end - first])
        apart, rows, across, item = half.strides
        columns = np.lib.stride_tricks.as_strided(
            half,
            (self.reach, last - first, self.across, self.reach, channels),
            (apart, rows, self.side * across, across, item),
        )
        split = moved.reshape(self.reach, self.reach, last - first, self.across, channels)
        yield partial(np.matmul, self.into, columns, split.transpose(0, 2, 3, 1, 4))

    def _outputs(self, sums: Array, out: Array, scratch: Scratch) -> Iterator[Call]:
        """``A^T m A`` of all tiles, written to rows of the output; what stands over its ends is left out."""
        side, filters = self.side, out.shape[-1]
        half = scratch.take((side, sums.size // self.reach), sums.dtype)
        yield from _multiplied(self.back, sums.reshape(self.reach, -1), half)
        tiles = half.reshape(side, self.reach, -1, self.across, filters).transpose(2, 0, 3, 1, 4)
        for rows, i in _whole_and_rest(len(out), side):
            for columns, j in _whole_and_rest(out.shape[1], side):
                part = out[slice(*rows), slice(*columns)]
                down, across = (rows[1] - rows[0]) // i, (columns[1] - columns[0]) // j
                source = tiles[rows[0] // side :, :i, columns[0] // side :][:down, :, :across]
                yield partial(np.matmul, self.back[:j], source, part.reshape(down, i, across, j, filters, copy=False))


def _whole_and_rest(size: int, side: int) -> Iterator[tuple[tuple[int, int], int]]:
    """``range(size)`` as a run of whole tiles and a part of one, each with its outputs along a tile's side."""
    whole = size - size % side
    if whole:
        yield (0, whole), side
    if whole < size:
        yield (whole, size), size - whole


def _multiplied(matrix: Array, source: Array, target: Array) -> Iterator[Call]:
    """The calls for ``matrix @ source``, in columns so few that each product is a small one."""
    step = MOST // matrix.size
    for begin, end in split(source.shape[-1], step):
        yield partial(np.matmul, matrix, source[..., begin:end], target[..., begin:end])


class WinogradF2Kernel(_WinogradKernel):
    """Tiles of 2x2 outputs: as exact as a direct convolution."""

    name = "winograd-f2"
    side = 2
    strip = 192 * 1024
    matrices = cook_toom((0, 1, -1), side)

    @classmethod
    def reason(cls, group: FusedGroup, setting: Setting) -> str | None:
        """At least a third of the multiplications saved."""
        saved = cls.saved(group, setting)
        return f"3x3: {saved:.2f} x fewer products in tiles of 2x2" if saved > 4 / 3 else None


class WinogradF4Kernel(_WinogradKernel):
    """Tiles of 4x4 outputs: fewer products, errors about five times those of a direct convolution.

    They depend on the points (Barabasz et al. 2018, arXiv:1803.10986): at 512 channels those of the customary
    0, 1, -1, 2, -2 are four times as large as with these.
    """

    name = "winograd-f4"
    side = 4
    strip = 512 * 1024
    matrices = cook_toom((0, 3 / 4, -3 / 4, 3 / 2, -3 / 2), side)

    @classmethod
    def reason(cls, group: FusedGroup, setting: Setting) -> str | None:
        """The fast grade in float32, and more saved than by tiles of 2x2."""
        if setting.grade is not Grade.FAST or group.volume.channels > _MOST_CHANNELS:
            return None
        saved = cls.saved(group, setting)
        better = saved > max(4 / 3, WinogradF2Kernel.saved(group, setting))
        return f"3x3: {saved:.2f} x fewer products in tiles of 4x4" if better else None
