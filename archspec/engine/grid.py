"""One layer's output as a picture: every channel a small map, side by side in a grid."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from archspec.ops._numpy import Array

GAP, NAN, BLACK, WHITE = 0, 1, 2, 255
"""Colours by number: between maps, NaN, and the ends of the grey scale."""

_SMALLEST_WIDTH = 400
"""Pixels a picture is wide at least: small maps are scaled up by a whole factor."""
_MOST_MAPS, _MOST_PIXELS = 256, 16_000_000
_MOST_CELLS, _CELLS_IN_A_ROW = 4096, 32
"""A vector has a cell per channel: in one row up to 32, in a square from 1024."""


def palette() -> Array:
    """The colours (256, 3) uint8: slate blue gaps, magenta for NaN, grey from black to white."""
    greys = np.linspace(0, 255, WHITE - BLACK + 1).round().astype(np.uint8)
    return np.vstack([np.array([[70, 90, 130], [255, 0, 255]], np.uint8), np.repeat(greys[:, np.newaxis], 3, axis=1)])


def maps(sample: Array) -> Array:
    """The channels of one sample (spatial ..., C) as pictures (C, height, width).

    Of depth x height x width the middle slice, of a length a strip, of no axes at all or 1 x 1 a single pixel.
    """
    match sample.ndim - 1:
        case 3:
            sample = sample[sample.shape[0] // 2]
        case 1 | 0:
            sample = sample.reshape(1, -1, sample.shape[-1])
    return np.moveaxis(sample, -1, 0)


def drawn_count(pictures: Array) -> int:
    """How many of the maps (C, height, width) one grid shows, from the first."""
    channels, height, width = pictures.shape
    most = _MOST_CELLS if height * width == 1 else _MOST_MAPS
    return int(min(channels, most, max(1, _MOST_PIXELS // (height * width))))


def grid(pictures: Array) -> Array:
    """Maps (C, height, width) tiled with gaps of one pixel, as colours by number (height, width) uint8.

    Each map goes from its own minimum in black to its maximum in white; a vector's cells have one scale for all.
    Infinities take the ends, and a map of one value only is black.
    """
    is_vector = pictures.shape[1:] == (1, 1)
    levels = _levels(pictures, (0, 1, 2) if is_vector else (1, 2))
    count, height, width = levels.shape
    columns = _columns(count, height, width)
    factor = max(1, math.ceil((_SMALLEST_WIDTH / columns - 1) / width))
    return _tile(levels.repeat(factor, axis=1).repeat(factor, axis=2), columns)


def _levels(pictures: Array, axes: tuple[int, ...]) -> Array:
    """Colours by number, the grey scale between the least and the largest finite value along ``axes``."""
    halves = pictures.astype(np.float64) / 2  # the difference of two halves cannot overflow
    finite = np.isfinite(halves)
    least = halves.min(axis=axes, keepdims=True, where=finite, initial=np.inf)
    largest = halves.max(axis=axes, keepdims=True, where=finite, initial=-np.inf)
    spread = np.where(largest > least, largest - least, 1)
    levels = (np.clip(halves, least, largest) - np.where(np.isfinite(least), least, 0)) / spread
    is_nan = np.isnan(halves)
    grey = BLACK + np.rint(np.where(is_nan, 0, np.clip(levels, 0, 1)) * (WHITE - BLACK))
    return np.where(is_nan, NAN, grey).astype(np.uint8)


def _columns(count: int, height: int, width: int) -> int:
    """How many maps a row has, so that the grid is nearly a square."""
    if height * width == 1:
        return max(math.ceil(math.sqrt(count)), min(count, _CELLS_IN_A_ROW))
    return min(count, max(1, math.ceil(math.sqrt(count * (height + 1) / (width + 1)))))


def _tile(levels: Array, columns: int) -> Array:
    count, height, width = levels.shape
    rows = math.ceil(count / columns)
    cells = np.full((rows * columns, height + 1, width + 1), GAP, np.uint8)  # each with its gap above and to the left
    cells[:count, 1:, 1:] = levels
    whole = cells.reshape(rows, columns, height + 1, width + 1).swapaxes(1, 2)
    return np.pad(whole.reshape(rows * (height + 1), columns * (width + 1)), ((0, 1), (0, 1)))
