"""Winograd's minimal filtering: 3x3 convolutions with fewer multiplications (Lavin and Gray 2016, arXiv:1509.09308).

``F(m x m)`` computes tiles of m x m outputs from (m + 2) x (m + 2) inputs by as many products instead of 9 m x m
(section 4.1): ``Y = A^T [(G g G^T) * (B^T d B)] A`` for a filter g and an input tile d of one channel. The sum over
the channels is taken between the two transforms, which makes (m + 2)^2 matrix products of what is in between. Both
sides of a transform are matrix products too: over whole rows first, which tiles side by side share, then over the
columns of each tile.
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
from archspec.engine.kernels._segments import axis_segments, segments_between
from archspec.engine.kernels._work_split import distribute, sample_runs, split
from archspec.engine.outlines import is_outline, like
from archspec.engine.tiles import MOST, empty_panels, prefers_tiles, product
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
"""Elements of filters that are transformed at a time, in float64, so that the result stays in the cache."""


class Matrices(NamedTuple):
    """``B^T``, ``G`` and ``A^T`` of the paper: for a side of an input tile, of a filter and of an output tile."""

    inner: Array
    filters: Array
    outer: Array


def cook_toom(points: Sequence[float], side: int) -> Matrices:
    """The matrices for ``side`` outputs of a kernel of three, from ``side + 1`` points and infinity.

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
    """Base of both sizes: ``side`` (m) outputs along a tile's side, ``reach`` (m + 2) inputs, the paper's matrices.

    The rows of tiles are worked on in strips, so that what lies between the transforms stays in the cache. With t tiles
    in a strip, C channels and F filters, the steps are

    1. ``moved[a, b, t, C] = sum over i, j of B^T[a, i] * B^T[b, j] * x[t, i, j, C]``: rows first, then columns;
    2. ``products[a, b, t, F] = moved[a, b, t, C] @ filters[a, b, C, F]``: reach^2 matrix products;
    3. ``y[t, i, j, F] = sum over a, b of A^T[i, a] * A^T[j, b] * products[a, b, t, F]``: again an axis at a time.
    """

    operators = (Conv,)
    folds = True
    side: ClassVar[int]
    strip: ClassVar[int]
    """Elements of transformed input that are worked on at a time, about: the filters are read once for each strip."""
    matrices: ClassVar[Matrices]

    @classmethod
    def applies(cls, group: FusedGroup) -> bool:
        """3x3, stride 1, no dilation, one group, zeros around the border, on two axes."""
        operator, windows = group.operator, group.first.windows or ()
        return (
            super().applies(group)
            and isinstance(operator, Conv)
            and operator.groups == 1
            and operator.padding_mode == "zeros"
            and len(windows) == 2
            and all(w.kernel == 3 and w.stride == w.dilation == 1 for w in windows)
        )

    @classmethod
    def saving(cls, group: FusedGroup, setting: Setting) -> float:
        """Multiplications of a direct convolution for each of this one; 0 where it does not pay.

        It takes channels enough; tiles that reach over the border count whole. A single run pays for the
        transformation of the filters on large maps alone.
        """
        pays = min(group.volume.channels, group.output.channels) >= _LEAST_CHANNELS and (
            setting.repeats or group.output.positions >= _LEAST_POSITIONS
        )
        tiles = math.prod(-(-size // cls.side) for size in group.output.spatial)
        return 9 * group.output.positions / (tiles * (cls.side + 2) ** 2) if pays else 0

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
    def _strip(self) -> int:
        """Rows of tiles that are worked on at a time."""
        return min(self.down, max(1, self.strip // (self.reach**2 * self.across * self.group.volume.channels)))

    def packing_size(self) -> int:
        """Filters with norms in them, and in float64 those that are transformed at once, before and after."""
        depth, columns = self.group.first.weights[0].shape[-2:]
        at_once = min(max(_AT_ONCE, columns), depth * columns)
        numbers = (3**2 + self.reach**2) * at_once
        return (
            super().packing_size() + self.folded_size + numbers * np.dtype(np.float64).itemsize // self.dtype.itemsize
        )

    def pack_weights(self, arrays: Arrays) -> Any:
        """The transformed filters (reach^2, C, F) in tiles, the epilogue."""
        weight, bias = self.epilogue.fold(arrays)
        make = partial(like, weight)
        panels = empty_panels((self.reach**2, *weight.shape[2:]), self.dtype, tiled=self.tiled, make=make)
        for start, tiles in () if is_outline(weight) else panels:
            count, depth, width = tiles.shape[-3:]
            step = max(1, _AT_ONCE // width)
            for number, begin in product_of(range(count), range(0, depth, step)):
                columns = slice(start + number * width, start + (number + 1) * width)
                self._transform_filters(
                    weight[:, :, begin : begin + step, columns], tiles[:, number, begin : begin + step]
                )
        return panels, self.epilogue.operations(arrays, bias)

    def _transform_filters(self, weight: Array, target: Array) -> None:
        """``G g G^T`` of filters (3, 3, C, F) as (reach^2, C, F), computed in float64.

        Both sides at once: with rows of the two indices flattened, ``G g G^T`` is ``kron(G, G) @ g``.
        """
        flat = weight.astype(np.float64).reshape(9, -1)
        transformed = np.kron(self.matrices.filters, self.matrices.filters) @ flat
        np.copyto(target, transformed.reshape(target.shape), casting="same_kind")

    def bind(self, buffers: Buffers) -> Iterator[Stage]:
        """Strips of rows of tiles, at least one for each thread where there are as many."""
        strips = sample_runs(buffers, self.down, self._strip)
        yield distribute(strips, buffers.scratches, partial(self._calls, buffers))

    def _calls(self, buffers: Buffers, piece: tuple[int, tuple[int, int]], scratch: Scratch) -> Iterator[Call]:
        """The calls for the rows of tiles from ``first`` to before ``last`` of a sample."""
        filters, operations = buffers.packed
        sample, (first, last) = piece
        tiles, area = (last - first) * self.across, self.reach**2
        moved = scratch.take((area, tiles, self.group.volume.channels), buffers.x.dtype)
        yield from self._transform_input(buffers.x[sample], first, last, moved, scratch)
        products = scratch.take((area, tiles, self.group.output.channels), buffers.x.dtype)
        yield from product(moved, filters, products, tiled=self.tiled)
        height, width = buffers.output.shape[1:-1]
        begin, end = first * self.side, min(height, last * self.side)
        yield from self._transform_products(products, buffers.output[sample, begin:end], scratch)
        start = sample * height
        yield from self.epilogue.calls(operations, buffers, scratch, (start + begin) * width, (start + end) * width)

    def _transform_input(self, x: Array, first: int, last: int, moved: Array, scratch: Scratch) -> Iterator[Call]:
        """Step 1 for rows of tiles of a sample ``x`` (rows, columns, C): ``moved`` (reach^2, tiles, C).

        Along the rows, a whole row of the input is one run of columns * C elements, so tiles side by side share the
        two columns in which they overlap: for row of tiles r, ``half[a, r, column, C] = sum over i of
        B^T[a, i] * x[r * side + i, column, C]``. Rows beyond the border are left out of the sums (:mod:`_segments`),
        columns beyond it are zeros in ``half``. Along the columns, every tile is then a matrix (reach, C).
        """
        _, size, channels = x.shape
        next_row, _, next_element = x.strides
        half = scratch.take((self.reach, last - first, self.width, channels), x.dtype)
        right = self.left + size
        for border in (half[:, :, : self.left], half[:, :, right:]):
            if border.size:
                yield partial(border.fill, 0)
        inside = half[:, :, self.left : right].reshape(self.reach, last - first, -1, copy=False).swapaxes(0, 1)
        for segment in segments_between(self.rows, self.window, first, last):
            rows = np.lib.stride_tricks.as_strided(  # row of tiles, i, columns * C
                x[segment.start :],
                (segment.end - segment.begin, segment.last - segment.first, size * channels),
                (self.side * next_row, next_row, next_element),
            )
            target = inside[segment.begin - first : segment.end - first]
            if segment.first == segment.last:  # tiles that lie in the padding
                yield partial(target.fill, 0)
                continue
            matrix = np.ascontiguousarray(self.into[:, segment.first : segment.last])
            yield from _product_in_chunks(matrix, rows, target)
        yield partial(np.matmul, self.into, self._tiles_of(half), self._by_tile(moved, last - first))

    def _tiles_of(self, half: Array) -> Array:
        """The overlapping tiles of ``half`` as a view (a, row of tiles, tile, j, C)."""
        a, rows, column, element = half.strides
        shape = (*half.shape[:2], self.across, self.reach, half.shape[-1])
        return np.lib.stride_tricks.as_strided(half, shape, (a, rows, self.side * column, column, element))

    def _by_tile(self, moved: Array, rows: int) -> Array:
        """``moved`` (a * b, tiles, C) as a view (a, row of tiles, tile, b, C)."""
        tiles = moved.reshape(self.reach, self.reach, rows, self.across, moved.shape[-1])
        return tiles.transpose(0, 2, 3, 1, 4)

    def _transform_products(self, products: Array, out: Array, scratch: Scratch) -> Iterator[Call]:
        """Step 3: ``products`` (reach^2, tiles, F) to rows of the output ``out`` (rows, columns, F).

        Along the rows for all tiles at once: ``half[i, b, t, F] = sum over a of A^T[i, a] * products[a, b, t, F]``.
        Along the columns tile by tile: ``out[i, j, F] = sum over b of A^T[j, b] * half[i, b, F]``. Of tiles that reach
        over the output's end only the rows and columns before it are computed: at most four calls, for whole tiles,
        for those at the right, at the lower end, and in the corner.
        """
        side, filters = self.side, out.shape[-1]
        half = scratch.take((side, products.size // self.reach), products.dtype)
        yield from _product_in_chunks(self.back, products.reshape(self.reach, -1), half)
        tiles = half.reshape(side, self.reach, -1, self.across, filters)  # i, b, row of tiles, tile, F
        tiles = tiles.transpose(2, 0, 3, 1, 4)  # row of tiles, i, tile, b, F
        for down, across in product_of(_tile_runs(len(out), side), _tile_runs(out.shape[1], side)):
            source = tiles[down.tiles, : down.side, across.tiles]
            target = out[down.outputs, across.outputs].reshape(*down.shape, *across.shape, filters, copy=False)
            yield partial(np.matmul, self.back[: across.side], source, target)


class _TileRun(NamedTuple):
    """Tiles along an axis, the outputs that are computed of them, and how many of these each tile has (``side``)."""

    tiles: slice
    outputs: slice
    side: int

    @property
    def shape(self) -> tuple[int, int]:
        """The outputs as (tiles, side)."""
        return self.tiles.stop - self.tiles.start, self.side


def _tile_runs(size: int, side: int) -> Iterator[_TileRun]:
    """``size`` outputs of an axis as a run of whole tiles, and the part of a tile that is left."""
    whole, rest = divmod(size, side)
    if whole:
        yield _TileRun(slice(0, whole), slice(0, whole * side), side)
    if rest:
        yield _TileRun(slice(whole, whole + 1), slice(whole * side, size), rest)


def _product_in_chunks(matrix: Array, source: Array, target: Array) -> Iterator[Call]:
    """The calls for ``matrix @ source``, in chunks of so few columns that each is a small product (:mod:`tiles`)."""
    step = MOST // matrix.size
    for begin, end in split(source.shape[-1], step):
        yield partial(np.matmul, matrix, source[..., begin:end], target[..., begin:end])


class WinogradF2Kernel(_WinogradKernel):
    """Tiles of 2x2 outputs: as exact as a direct convolution."""

    side = 2
    strip = 192 * 1024
    matrices = cook_toom((0, 1, -1), side)

    @classmethod
    def reason(cls, group: FusedGroup, setting: Setting) -> str | None:
        """At least a third of the multiplications saved."""
        saving = cls.saving(group, setting)
        return f"3x3: {saving:.2f} x fewer products in tiles of 2x2" if saving > 4 / 3 else None


class WinogradF4Kernel(_WinogradKernel):
    """Tiles of 4x4 outputs: fewer products, errors about five times those of a direct convolution.

    They depend on the points (Barabasz et al. 2018, arXiv:1803.10986): at 512 channels those of the customary
    0, 1, -1, 2, -2 are four times as large as with these.
    """

    side = 4
    strip = 512 * 1024
    matrices = cook_toom((0, 3 / 4, -3 / 4, 3 / 2, -3 / 2), side)

    @classmethod
    def reason(cls, group: FusedGroup, setting: Setting) -> str | None:
        """The fast grade in float32, and more saved than by tiles of 2x2."""
        if setting.grade is not Grade.FAST or group.volume.channels > _MOST_CHANNELS:
            return None
        saving = cls.saving(group, setting)
        better = saving > max(4 / 3, WinogradF2Kernel.saving(group, setting))
        return f"3x3: {saving:.2f} x fewer products in tiles of 4x4" if better else None
