"""How much padding an operator may have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.ops._sliding import Sliding

if TYPE_CHECKING:
    from archspec.ops._base import Operator
    from archspec.ops._window import Window


def is_allowed(operator: Operator, window: Window) -> bool:
    """Whether an operator may pad as much as this window does."""
    widest = max(window.near, window.far)
    if isinstance(operator, Sliding) and operator.half_padded:
        return widest <= window.extent / 2
    mode = getattr(operator, "padding_mode", "zeros")
    return widest < window.size + (mode == "circular") if mode in ("reflect", "circular") else True
