"""Winograd's minimal filtering: 3x3 convolutions with fewer multiplications (Lavin and Gray 2016, arXiv:1509.09308).

``F(m x m)`` computes tiles of m x m outputs from (m + 2) x (m + 2) inputs by as many products instead of 9 m x m
(section 4.1): ``Y = A^T [(G g G^T) * (B^T d B)] A``. Both transforms are linear, so each is one matrix, the Kronecker
product of its two sides, and a matrix product over all tiles and channels at once. The products in between are
(m + 2)^2 matrix products over the channels.
"""

from __future__ import annotations

from functools import partial
from itertools import product as product_of
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from archspec.engine.grades import Grade
from archspec.engine.kernels._base import Kernel, Phase, Setting, Site, parts, shared
from archspec.engine.kernels._padded import bounds, strip
from archspec.engine.tiles import MOST, empty_blocks, is_tiled, product, tiles_win
from archspec.ops.convolution import Conv

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.engine.kernels._base import Arrays, Call
    from archspec.engine.scratch import Scratch
    from archspec.engine.units import Unit
    from archspec.ops._numpy import Array

_LEAST_CHANNELS = 16
"""Channels below which the transforms cost more than they save."""
_TILES = 96 * 1024
"""Numbers of transformed input that are worked on at a time, about: 384 KiB of float32."""
_AT_ONCE = 2**13
"""Filters' numbers that are transformed at a time, in float64: what comes of them stays in the cache."""


class Piece(NamedTuple):
    """Rows of tiles of a sample, and filters: all but where threads share these."""

    sample: int
    rows: tuple[int, int]


class _Winograd(Kernel):
    """Base of both sizes: ``side`` outputs along a tile's side, and the matrices of the paper (equations 6 to 14)."""

    operators = (Conv,)
    folds = True
    side: ClassVar[int]
    inner: ClassVar[Array]
    filters: ClassVar[Array]
    outer: ClassVar[Array]

    @classmethod
    def suits(cls, unit: Unit) -> bool:
        """3x3, stride 1, no dilation, no groups, two axes, channels enough."""
        operator, windows = unit.operator, unit.first.windows or ()
        return (
            isinstance(operator, Conv)
            and operator.groups == 1
            and operator.padding_mode == "zeros"
            and len(windows) == 2
            and all(w.kernel == 3 and w.stride == w.dilation == 1 and not w.overhang for w in windows)
            and min(unit.volume.channels, unit.output.channels) >= _LEAST_CHANNELS
        )

    @classmethod
    def saved(cls, unit: Unit) -> float:
        """Multiplications of a direct convolution for each of this one; tiles beyond the border count whole."""
        across = [-(-size // cls.side) for size in unit.output.spatial]
        return 9 * unit.output.positions / (np.prod(across) * (cls.side + 2) ** 2)

    def __init__(self, unit: Unit, setting: Setting) -> None:
        super().__init__(unit, setting)
        self.tiled = is_tiled(unit.volume.channels, unit.output.channels, setting.dtype)
        self.windows = unit.first.windows or ()
        self.area = (self.side + 2) ** 2
        kron = (np.kron(self.inner, self.inner), np.kron(self.outer, self.outer))
        self.into, self.back = (matrix.astype(setting.dtype) for matrix in kron)
        self.across = -(-unit.output.spatial[1] // self.side)
        self.down = -(-unit.output.spatial[0] // self.side)

    def lay_out(self, arrays: Arrays) -> Any:
        """The transformed filters (area, channels, filters) in tiles, the finish."""
        weight, bias = self.finish.fold(arrays)
        blocks = empty_blocks((self.area, *weight.shape[2:]), self.dtype, tiled=self.tiled)
        for start, tiles in blocks:
            count, depth, width = tiles.shape[-3:]
            step = max(1, _AT_ONCE // width)
            for number, begin in product_of(range(count), range(0, depth, step)):
                columns = slice(start + number * width, start + (number + 1) * width)
                self._transformed(weight[:, :, begin : begin + step, columns], tiles[:, number, begin : begin + step])
        return blocks, self.finish.lay_out(arrays, bias)

    def _transformed(self, weight: Array, target: Array) -> None:
        """``G g G^T`` of filters (3, 3, channels, filters), computed in float64."""
        flat = weight.astype(np.float64).reshape(9, -1)
        np.copyto(target, (np.kron(self.filters, self.filters) @ flat).reshape(target.shape), casting="same_kind")

    def bind(self, site: Site) -> Iterator[Phase]:
        """Strips of rows of tiles; where they are too few for the threads, these share the filters of each."""
        channels = self.unit.volume.channels
        each = max(1, _TILES // (self.area * self.across * channels))
        threads = len(site.scratches)
        runs = parts(self.down, each, -(-threads // max(1, len(site.x))))
        work = [Piece(sample, run) for sample in range(len(site.x)) for run in runs]
        yield shared(work, site.scratches, partial(self._calls, site))

    def _calls(self, site: Site, piece: Piece, scratch: Scratch) -> Iterator[Call]:
        blocks, operations = site.laid
        first, last = piece.rows
        side, area, tiles = self.side, self.area, (last - first) * self.across
        channels, filters = self.unit.volume.channels, self.unit.output.channels
        height, width = site.output.shape[1:-1]
        outputs = ((first * side, last * side), (0, self.across * side))
        calls, padded = strip(site.x[piece.sample], bounds(self.windows, outputs), scratch)
        yield from calls
        gathered = scratch.take((area, tiles * channels), site.x.dtype)
        moved = scratch.take((area, tiles * channels), site.x.dtype)
        seen = self._tiles(padded, last - first)
        yield partial(np.copyto, gathered.reshape(seen.shape), seen)
        yield from _transform(self.into, gathered, moved)
        sums = scratch.take((area, tiles, filters), site.x.dtype)
        yield from product(moved.reshape(area, tiles, channels), blocks, sums, tiled=self.tiled)
        back = scratch.take((side * side, tiles * filters), site.x.dtype)
        yield from _transform(self.back, sums.reshape(area, -1), back)
        yield from self._scattered(site, piece, back, scratch)
        begin, end = first * side, min(height, last * side)
        start = piece.sample * height
        yield from self.finish.calls(operations, site, scratch, (start + begin) * width, (start + end) * width)

    def _tiles(self, padded: Array, rows: int) -> Array:
        """(side + 2, side + 2, rows, tiles across, channels), overlapping in memory."""
        down, across, item = padded.strides
        return np.lib.stride_tricks.as_strided(
            padded,
            (self.side + 2, self.side + 2, rows, self.across, padded.shape[-1]),
            (down, across, self.side * down, self.side * across, item),
        )

    def _scattered(self, site: Site, piece: Piece, back: Array, scratch: Scratch) -> Iterator[Call]:  # noqa: ARG002
        """Tiles to rows of the output, those at its end cut off."""
        side, filters = self.side, self.unit.output.channels
        first, last = piece.rows
        height, width = site.output.shape[1:-1]
        tiles = back.reshape(side, side, last - first, self.across, filters).transpose(2, 0, 3, 1, 4)
        out = site.output[piece.sample, first * side : min(height, last * side)]
        for rows, i in _whole_and_rest(len(out), side):
            for columns, j in _whole_and_rest(width, side):
                part = out[rows[0] : rows[1], columns[0] : columns[1]]
                shape = ((rows[1] - rows[0]) // i, i, (columns[1] - columns[0]) // j, j, filters)
                source = tiles[rows[0] // side :, :i, columns[0] // side :, :j][: shape[0], :, : shape[2]]
                yield partial(np.copyto, part.reshape(shape, copy=False), source)


def _whole_and_rest(size: int, side: int) -> Iterator[tuple[tuple[int, int], int]]:
    """``range(size)`` as a run of whole tiles and a part of one, each with its outputs along a tile's side."""
    whole = size - size % side
    if whole:
        yield (0, whole), side
    if whole < size:
        yield (whole, size), size - whole


def _transform(matrix: Array, source: Array, target: Array) -> Iterator[Call]:
    """The calls for ``matrix @ source``, in columns so few that each product is a small one."""
    columns = source.shape[1]
    step = max(16, MOST // matrix.size // 16 * 16) if tiles_win() else columns
    whole = columns - columns % step
    if whole > step:
        split = [each[:, :whole].reshape(len(each), -1, step, copy=False).swapaxes(0, 1) for each in (source, target)]
        yield partial(np.matmul, matrix, *split)
    elif whole:
        yield partial(np.matmul, matrix, source[:, :whole], target[:, :whole])
    if whole < columns:
        yield partial(np.matmul, matrix, source[:, whole:], target[:, whole:])


class WinogradF2(_Winograd):
    """Tiles of 2x2 outputs: as exact as a direct convolution."""

    name = "winograd-f2"
    side = 2
    inner = np.array([[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]], np.float64)
    filters = np.array([[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]])
    outer = np.array([[1, 1, 1, 0], [0, 1, -1, -1]], np.float64)

    @classmethod
    def reason(cls, unit: Unit, setting: Setting) -> str | None:  # noqa: ARG003 - exact at any grade
        """At least a third of the multiplications saved."""
        saved = cls.saved(unit) if cls.suits(unit) else 0
        return f"3x3: {saved:.2f} x fewer products in tiles of 2x2" if saved > 4 / 3 else None


class WinogradF4(_Winograd):
    """Tiles of 4x4 outputs: fewer products, errors about ten times those of a direct convolution."""

    name = "winograd-f4"
    side = 4
    inner = np.array(
        [[4, 0, -5, 0, 1, 0], [0, -4, -4, 1, 1, 0], [0, 4, -4, -1, 1, 0],
         [0, -2, -1, 2, 1, 0], [0, 2, -1, -2, 1, 0], [0, 4, 0, -5, 0, 1]], np.float64,
    )  # fmt: skip
    filters = np.array(
        [[1 / 4, 0, 0], [-1 / 6, -1 / 6, -1 / 6], [-1 / 6, 1 / 6, -1 / 6],
         [1 / 24, 1 / 12, 1 / 6], [1 / 24, -1 / 12, 1 / 6], [0, 0, 1]],
    )  # fmt: skip
    outer = np.array([[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]], np.float64)

    @classmethod
    def reason(cls, unit: Unit, setting: Setting) -> str | None:
        """The fast grade, and more saved than by tiles of 2x2, the filters' transformation counted for a single run."""
        if setting.grade is not Grade.FAST or not cls.suits(unit):
            return None
        saved = cls.saved(unit)
        if saved <= WinogradF2.saved(unit) or (not setting.repeats and unit.output.positions < _FEW_POSITIONS):
            return None
        return f"3x3: {saved:.2f} x fewer products in tiles of 4x4"


_FEW_POSITIONS = 400
"""Output positions below which a single run takes less time than it takes to transform the filters."""
