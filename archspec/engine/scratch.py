"""Scratch memory of a thread: what kernels need for themselves, the same memory for every step."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from archspec.ops._numpy import Array

LINE = 64
"""Bytes of a line of the cache: arrays begin at one."""
HUGE = 2 * 2**20
"""Bytes of a huge page."""


class Scratch:
    """Memory that grows to what the largest step takes; earlier arrays stay valid."""

    def __init__(self) -> None:
        self._memory = np.empty(0, np.uint8)
        self._taken = 0
        self.most = 0

    def settle(self) -> None:
        """Allocate in one piece what was taken at most; no array may be in use."""
        self._memory = np.empty(0, np.uint8)
        self._memory = aligned_bytes(self.most)

    def reset(self) -> None:
        """Let the next arrays overwrite the current ones."""
        self._taken = 0

    def take(self, shape: tuple[int, ...], dtype: np.dtype[np.floating]) -> Array:
        """An array that is not initialised."""
        size = math.prod(shape) * dtype.itemsize
        begin, self._taken = self._taken, self._taken + -(-size // LINE) * LINE
        if self._taken > len(self._memory):
            self._memory = aligned_bytes(max(self._taken, 2 * len(self._memory)))
        self.most = max(self.most, self._taken)
        return self._memory[begin : begin + size].view(dtype).reshape(shape)


def aligned_bytes(size: int) -> Array:
    """``size`` bytes that begin at a line of the cache, or at a huge page where they fill several.

    The system provides pages when they are first written to; NumPy asks for huge ones from 4 MiB on. Loops over
    several rows at a time are a quarter slower without them.
    """
    grain = HUGE if size >= 2 * HUGE else LINE
    memory = np.empty(-(-size // grain) * grain + grain, np.uint8)
    start = -memory.ctypes.data % grain
    return memory[start : start + size]
