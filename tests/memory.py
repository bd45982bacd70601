"""Memory that NumPy and Python allocate, counted by Python's own allocators."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def most_allocated(action: Callable[[], object]) -> int:
    """The most bytes that an action holds at once, of those that it allocates."""
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        action()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
