"""What operators share that move positions and slide no window over their input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.ops._base import Operator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.ops._dependence import Dependence
    from archspec.ops._window import Window
    from archspec.volume import Volume


class Rearranging(Operator):
    """Base of these operators: each states what an output position sees."""

    def windows(self, inputs: Sequence[Volume]) -> tuple[Window, ...] | None:
        """None."""
        return None

    def dependence(self, inputs: Sequence[Volume]) -> tuple[Dependence, ...]:
        """How an output position depends on the input."""
        raise NotImplementedError
