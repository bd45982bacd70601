"""What several rules ask of the windows of a layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archspec.graph.operator_call import OperatorCall
    from archspec.ops._window import Window

LARGEST_POOL = 3
"""The largest pool that CS231n calls usual."""
PLANE = 2
"""Axes from which a window has an area."""


def covers(windows: tuple[Window, ...]) -> bool:
    """Whether one window sees all there is, as a dense layer or a global pool does."""
    return all(window.extent >= window.size + window.near + window.far for window in windows)


def is_large_pool(call: OperatorCall) -> bool:
    """Whether windows side by side drop most of an area; a pool of the whole map is none."""
    windows = call.windows or ()
    wide = any(window.kernel > LARGEST_POOL and window.stride > 1 for window in windows)
    return wide and len(windows) >= PLANE and not covers(windows)
