"""Outlines: arrays of a shape and a dtype that take no memory, to find out what a kernel takes before it does.

Packing outlines of weights gives outlines, and calls that are bound to outlines are counted but never made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from archspec.ops._numpy import Array


def outline(shape: tuple[int, ...], dtype: np.dtype[np.floating]) -> Array:
    """One number that stands for all elements."""
    return np.broadcast_to(np.zeros((), dtype), shape)


def is_outline(array: Array) -> bool:
    """Whether an array is an outline or a part of one: there is no distance between its elements."""
    return array.ndim > 0 and not any(array.strides)


def like(array: Array, shape: tuple[int, ...], dtype: np.dtype[np.floating]) -> Array:
    """An outline where ``array`` is one, else memory that is not initialised."""
    return outline(shape, dtype) if is_outline(array) else np.empty(shape, dtype)


def repeat_columns(array: Array, count: int) -> Array:
    """The last axis ``count`` times, one after the other."""
    if is_outline(array):
        return outline((*array.shape[:-1], array.shape[-1] * count), array.dtype)
    tiled: Array = np.tile(array, count)
    return tiled
