"""The work of a thread pool: stages that run in sequence, with one work item (a list of calls) per thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence

Call = Callable[[], object]
"""A function with all its arguments."""
WorkItem = Sequence[Call]
"""Calls that one thread makes, one after the other."""
Stage = Sequence[WorkItem]
"""Work items, at most one for each thread, that run at the same time."""
