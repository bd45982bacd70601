"""Operators that move numbers and compute nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.ops._base import Operator
from archspec.ops._window import Window
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archspec.ops._numpy import Array


class Flatten(Operator):
    """All numbers as the channels of one position, ``1x1x(H*W*C)``, in the order of memory: channels run fastest."""

    in_place = True

    def output(self, volume: Volume) -> Volume:
        """One position that holds everything."""
        return Volume((1,) * len(volume.spatial), volume.size)

    def windows(self, volume: Volume) -> tuple[Window, ...]:
        """One window as large as the input."""
        return tuple(Window(size, kernel=size) for size in volume.spatial)

    def forward(self, x: Array, weights: Mapping[str, Array]) -> Array:  # noqa: ARG002 - it keeps none
        """The same numbers in another shape."""
        return x.reshape(len(x), *self.output(Volume(x.shape[1:-1], x.shape[-1])).shape)
