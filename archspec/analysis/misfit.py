"""The definition of a stride that does not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from archspec.ops._window import FILL

if TYPE_CHECKING:
    from archspec.ops._window import Window

Fitting = Literal["exact", "lossless", "accepted"]
"""What fitting means: ``exact``, every window's quotient is whole; ``lossless``, nothing real is lost; ``accepted``,
``archspec check`` has no error, so that a loss accepted with ``fit: crop`` is none."""


def misfits(window: Window, fitting: Fitting) -> bool:
    """Whether the stride of a window does not fit."""
    if window.is_whole:
        return False
    if "exact" in (fitting, window.fit):
        return True
    accepted = window.fit is not None if fitting == "accepted" else window.fit == FILL
    return window.lost > 0 and not accepted


def is_fault(window: Window) -> bool:
    """Whether a stride does not fit in a way that is not accepted."""
    return misfits(window, "accepted")
