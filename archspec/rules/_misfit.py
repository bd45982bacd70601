"""What counts as a stride that does not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archspec.ops._window import Window


def is_fault(window: Window) -> bool:
    """Whether a stride does not fit in a way that nobody accepted."""
    return not window.is_whole and (window.fit == "exact" or (window.fit is None and window.lost > 0))
