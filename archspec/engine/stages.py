"""What a thread pool runs: calls, in work items for one thread each, in stages one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

Call = Callable[[], object]
"""A function with all its arguments."""
WorkItem = Sequence[Call]
"""Calls that one thread makes, one after the other."""
Stage = Sequence[WorkItem]
"""Work items, at most one for each thread, that run at the same time."""
