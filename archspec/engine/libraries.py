"""The matrix libraries of this process, and their own threads."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from threadpoolctl import ThreadpoolController

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def single_threaded() -> Iterator[None]:
    """The libraries' own threads at rest: the team's do the work, and two pools would fight for processors."""
    with _libraries().limit(limits=1, user_api="blas"):
        yield


@cache
def _libraries() -> ThreadpoolController:
    """Looked for once."""
    return ThreadpoolController()
