"""Operators that rearrange elements and compute nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.ops._base import Operator, volume_of
from archspec.ops._window import Window
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.ops._numpy import Array, Arrays, Generator, Weights


class Flatten(Operator):
    """All elements as the channels of one position, ``1x1x(H*W*C)``, in the order of memory: channels run fastest."""

    held = 0
    other_names = "reshape view cnntofeedforward"
    is_view = keeps_linear = True
    is_global = True
    in_place = True

    def infer(self, inputs: Sequence[Volume]) -> Volume:
        """One position that holds everything."""
        (volume,) = inputs
        return Volume((1,) * len(volume.spatial), volume.size)

    def windows(self, inputs: Sequence[Volume]) -> tuple[Window, ...]:
        """One window as large as the input."""
        (volume,) = inputs
        return tuple(Window(size, kernel=size) for size in volume.spatial)

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """The same elements in another shape."""
        (x,) = inputs
        return x.reshape(len(x), *self.infer([volume_of(x)]).shape)
