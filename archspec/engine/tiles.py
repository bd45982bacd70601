"""Matrix products in small tiles, all in one call of NumPy.

OpenBLAS has kernels for small products that read both matrices in place (its pull request 3335, up to M * N * K = 1e6);
larger products are copied into another order first. With AVX-512 a stack of small products beats one large one on the
shapes of ConvNets, with AVX2 it loses, and other libraries have no such kernels: so the two are timed against each
other once a process. Such small products are never given to the library's own threads either.

The product (rows, depth) @ (depth, columns) becomes one call on stacks: the left matrix as (row tiles, 1, height,
depth), a view; the right one as (column tiles, depth, width), copied once by :func:`pack`; the result as (row tiles,
column tiles, height, width), a view. ``np.matmul`` makes a product (height, depth) @ (depth, width) for each tile of
the result.
"""

from __future__ import annotations

from functools import cache, partial
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from archspec.engine.libraries import single_threaded
from archspec.engine.outlines import is_outline, outline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from archspec.engine.stages import Call
    from archspec.ops._numpy import Array


MOST = 1_000_000
"""Rows times columns times depth up to which a product is a small one, whose matrices are read in place."""
DEEPEST = 3_900
"""Depth up to which such a tile has rows enough to pay off."""
_WIDTH = 64
"""Columns of a tile, about: four registers of 16 floats."""
_TRIAL = ((49, 512, 512), (49, 512, 2048), (16, 512, 512))
"""Rows, depth and columns of the products that are timed: of ResNet-50's last maps, where the two differ most."""
_ROUNDS = 5
_CLEARLY = 1.1
"""Times as long as tiles that a plain product must take; on AVX-512 it takes 1.4 times as long, on AVX2 0.7."""


class Panel(NamedTuple):
    """Columns of a matrix from ``start``, side by side in tiles: (tiles, depth, width)."""

    start: int
    tiles: Array


def prefers_tiles(depth: int, columns: int, dtype: np.dtype[np.floating]) -> bool:
    """Whether a product with a (depth, columns) matrix is faster in tiles, on this machine."""
    return dtype == np.float32 and depth <= DEEPEST and columns >= 8 and tiles_win()


def empty_panels(
    shape: tuple[int, ...],
    dtype: np.dtype[np.floating],
    *,
    tiled: bool,
    make: Callable[[tuple[int, ...], np.dtype[np.floating]], Array] = np.empty,
) -> tuple[Panel, ...]:
    """Memory for a matrix of a shape (..., depth, columns) as :func:`product` takes it: in tiles, or as one."""
    *before, depth, columns = shape
    width = _tile_width(columns) if tiled else columns
    whole = columns - columns % width
    runs = [(0, whole // width, width), *([(whole, 1, columns - whole)] if whole < columns else [])]
    return tuple(Panel(start, make((*before, count, depth, wide), dtype)) for start, count, wide in runs)


def pack(matrix: Array, *, tiled: bool) -> tuple[Panel, ...]:
    """A matrix (..., depth, columns) as :func:`product` takes it; not copied where it is contiguous and not tiled."""
    if is_outline(matrix):
        return empty_panels(matrix.shape, matrix.dtype, tiled=True, make=outline) if tiled else _whole(matrix)
    if not tiled:
        return _whole(np.ascontiguousarray(matrix))
    panels = empty_panels(matrix.shape, matrix.dtype, tiled=tiled)
    for start, tiles in panels:
        count, depth, width = tiles.shape[-3:]
        columns = matrix[..., start : start + count * width]
        np.copyto(tiles, np.moveaxis(columns.reshape(*matrix.shape[:-2], depth, count, width), -2, -3))
    return panels


def _whole(matrix: Array) -> tuple[Panel, ...]:
    return (Panel(0, matrix[..., None, :, :]),)


def product(a: Array, panels: tuple[Panel, ...], out: Array, *, tiled: bool) -> Iterator[Call]:
    """The calls that write ``a @ matrix`` into ``out``.

    ``a`` is (rows, depth), ``out`` (rows, columns), both with any distance between rows; or stacks of these, as many
    as the packed matrix has: (stack, rows, depth), (stack, rows, columns).
    """
    for start, tiles in panels:
        count, depth, width = tiles.shape[-3:]
        target = out[..., start : start + count * width]
        if not tiled:
            yield partial(np.matmul, a, tiles[..., 0, :, :], target)
            continue
        for first, last, height in _heights(a.shape[-2], depth * width):
            rows = _rows(a[..., first:last, :], height)[..., None, :, :]
            places = _tiles_of(target[..., first:last, :], height, width)
            yield partial(np.matmul, rows, tiles[..., None, :, :, :], places)


def _heights(rows: int, each: int) -> Iterator[tuple[int, int, int]]:
    """Runs of rows as (first, after the last, height of a tile); ``each`` is a tile's depth times its width.

    The most rows for which height * depth * width is within ``MOST``, evened out over the tiles and rounded up to
    multiples of 8; the rows that are left are a run of one lower tile.
    """
    most = max(1, MOST // each)
    if most >= rows:
        yield 0, rows, rows
        return
    tiles = -(-rows // most)
    height = min(most, -(-rows // tiles))
    height = min(most, -(-height // 8) * 8)
    whole = rows - rows % height
    yield 0, whole, height
    if whole < rows:
        yield whole, rows, rows - whole


def _rows(a: Array, height: int) -> Array:
    """(..., rows, depth) as (..., tiles, height, depth), in place."""
    return a.reshape(*a.shape[:-2], a.shape[-2] // height, height, a.shape[-1], copy=False)


def _tiles_of(out: Array, height: int, width: int) -> Array:
    """(..., rows, columns) as (..., tiles down, tiles across, height, width), in place."""
    rows, columns = out.shape[-2:]
    split = out.reshape(*out.shape[:-2], rows // height, height, columns // width, width, copy=False)
    return split.swapaxes(-3, -2)


def _tile_width(columns: int) -> int:
    """Near 64, a multiple of 16 where one divides the columns, so that tiles end where registers do."""
    if columns <= _WIDTH:
        return columns
    for step in (16, 8):
        widths = [width for width in range(2 * step, 2 * _WIDTH + 1, step) if columns % width == 0]
        if widths:
            return min(widths, key=lambda width: abs(width - _WIDTH))
    return _WIDTH


@cache
def tiles_win() -> bool:
    """Whether tiles beat plain products on this machine's library, timed on three shapes: a few milliseconds.

    They must win clearly: where the two nearly tie, every process has to decide alike, for the same bits.
    """
    with single_threaded():  # as networks run; the time of a product in several threads varies more, too
        plain, tiled = (sum(times) for times in zip(*map(_seconds, _TRIAL), strict=True))
    return bool(plain > tiled * _CLEARLY)


def _seconds(shape: tuple[int, int, int]) -> tuple[float, float]:
    """The shortest times of a plain and of a tiled product."""
    rows, depth, columns = shape
    a, matrix, out = (np.zeros(each, np.float32) for each in ((rows, depth), (depth, columns), (rows, columns)))
    best = [float("inf"), float("inf")]
    both = [list(product(a, pack(matrix, tiled=tiled), out, tiled=tiled)) for tiled in (False, True)]
    for _ in range(_ROUNDS):
        for number, calls in enumerate(both):
            began = perf_counter()
            for call in calls:
                call()
            best[number] = min(best[number], perf_counter() - began)
    return best[0], best[1]
