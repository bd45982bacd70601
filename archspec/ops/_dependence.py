"""Input dependence: which input positions an output position can depend on, along one axis of one operator."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    from fractions import Fraction

    from archspec.ops._window import Window


class InputDependence(NamedTuple):
    """Output ``o`` sees the whole positions from ``o * step + near`` up to ``o * step + far``.

    The three may be fractions: an operator that enlarges by ``s`` moves by ``1 / s``, and outputs side by side may see
    different numbers of positions. A ``step`` of 0 means that all outputs see the same. With a ``cycle``, outputs are
    counted from 0 again after so many. Positions may lie beyond the border of the input, in padding.
    The defaults make the dependence of a pointwise operator.
    """

    step: int | Fraction = 1
    near: int | Fraction = 0
    far: int | Fraction = 0
    cycle: int = 0

    @classmethod
    def of(cls, window: Window) -> Self:
        """That of a sliding window, the holes of a dilated one included."""
        return cls(window.stride, -window.near, window.extent - 1 - window.near)

    @classmethod
    def everything(cls, size: int) -> Self:
        """That of an operator whose every output sees the whole axis."""
        return cls(0, 0, size - 1)


Dependence = tuple[InputDependence, ...] | None
"""How an output position depends on one input, per spatial axis; None when the arguments don't suit the axes."""
