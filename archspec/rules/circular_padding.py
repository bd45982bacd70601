"""circular-padding: circular padding wider than the input."""

from __future__ import annotations

from typing import ClassVar

from archspec.rules.reflect_padding import ReflectPadding


class CircularPadding(ReflectPadding):
    """Circular padding wraps around the input more than once.

    Why: frameworks reject it: padding can only repeat each position of the input once.

    Source: PyTorch, torch.nn.functional.pad ("Padding value causes wrapping around more than once").

    Bad:
        input: 4x4x3
        layers:
          - conv: {filters: 8, kernel: 3, padding: 5, padding_mode: circular}

    Good:
        input: 5x5x3
        layers:
          - conv: {filters: 8, kernel: 3, padding: 5, padding_mode: circular}
    """

    name: ClassVar[str] = "circular-padding"
    mode: ClassVar[str] = "circular"
    kept: ClassVar[int] = 0
