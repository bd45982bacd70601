"""What operators share that put positions somewhere else and slide no window over their input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.ops._base import Operator

if TYPE_CHECKING:
    from archspec.ops._footprint import Footprint
    from archspec.ops._window import Window
    from archspec.volume import Volume


class Rearranging(Operator):
    """Base of these operators: they say themselves what an output position sees."""

    def windows(self, volume: Volume) -> tuple[Window, ...] | None:  # noqa: ARG002 - there is none on any volume
        """None."""
        return None

    def footprint(self, volume: Volume) -> tuple[Footprint, ...] | None:
        """How an output position sees the input, per spatial axis; None when the arguments don't suit the axes."""
        raise NotImplementedError
