"""Scratch memory of a thread: what kernels need for themselves, the same memory for every step."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archspec.engine.stages import Call
    from archspec.ops._numpy import Array

LINE = 64
"""Bytes of a line of the cache: arrays begin at one."""
HUGE = 2 * 2**20
"""Bytes of a huge page."""


class Scratch:
    """Memory as large as what the largest step takes, counted before (:mod:`planned_memory`)."""

    def __init__(self) -> None:
        self._memory = np.empty(0, np.uint8)
        self._taken = 0
        self.most = 0

    def reserve(self, size: int) -> bool:
        """Allocate in one piece what steps will take at most, if it is more than before; whether it was."""
        if size <= len(self._memory):
            return False
        self._memory = np.empty(0, np.uint8)
        self._memory = aligned_bytes(size)
        return True

    def collect(self, calls: Iterable[Call]) -> list[Call]:
        """The calls for a piece of work that uses this scratch."""
        return list(calls)

    def reset(self) -> None:
        """Let the next arrays overwrite the current ones."""
        self._taken = 0

    def take(self, shape: tuple[int, ...], dtype: np.dtype[np.floating]) -> Array:
        """An array that is not initialised."""
        begin, size = self._advance(shape, dtype)
        if self._taken > len(self._memory):
            raise AssertionError(f"{self._taken} bytes of scratch are taken, {len(self._memory)} were counted")
        return self._memory[begin : begin + size].view(dtype).reshape(shape)

    def _advance(self, shape: tuple[int, ...], dtype: np.dtype[np.floating]) -> tuple[int, int]:
        """Where the next array begins, and its bytes."""
        size = math.prod(shape) * dtype.itemsize
        begin, self._taken = self._taken, self._taken + -(-size // LINE) * LINE
        self.most = max(self.most, self._taken)
        return begin, size


def allocated_bytes(size: int) -> int:
    """How many bytes :func:`aligned_bytes` allocates for ``size``."""
    grain = HUGE if size >= 2 * HUGE else LINE
    return -(-size // grain) * grain + grain


def aligned_bytes(size: int) -> Array:
    """``size`` bytes that begin at a line of the cache, or at a huge page where they fill several.

    The system provides pages when they are first written to; NumPy asks for huge ones from 4 MiB on. Loops over
    several rows at a time are a quarter slower without them.
    """
    memory = np.empty(allocated_bytes(size), np.uint8)
    start = -memory.ctypes.data % (HUGE if size >= 2 * HUGE else LINE)
    return memory[start : start + size]
