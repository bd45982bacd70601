"""Pooling over all positions (Lin et al. 2014, "Network In Network", section 3.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.ops._base import Operator
from archspec.ops._window import Window
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archspec.ops._numpy import Array


class _GlobalPool(Operator):
    """Base of global pools: one number a channel, ``1x1xC``."""

    ranks: ClassVar[range] = range(1, 4)

    def output(self, volume: Volume) -> Volume:
        """One position, as many channels as arrive."""
        return Volume((1,) * len(volume.spatial), volume.channels)

    def windows(self, volume: Volume) -> tuple[Window, ...]:
        """One window as large as the input."""
        return tuple(Window(size, kernel=size) for size in volume.spatial)


class GlobalAvgPool(_GlobalPool):
    """The mean of every channel."""

    def flops(self, volume: Volume, output: Volume) -> int:  # noqa: ARG002 - all of the input is read
        """An addition for every number after a channel's first, and a division a channel."""
        return volume.size

    def forward(self, x: Array, weights: Mapping[str, Array]) -> Array:  # noqa: ARG002 - pools keep none
        """The mean over the spatial axes."""
        y: Array = x.mean(axis=tuple(range(1, x.ndim - 1)), keepdims=True)
        return y


class GlobalMaxPool(_GlobalPool):
    """The largest number of every channel."""

    def flops(self, volume: Volume, output: Volume) -> int:
        """A comparison for every number after a channel's first."""
        return volume.size - output.size

    def forward(self, x: Array, weights: Mapping[str, Array]) -> Array:  # noqa: ARG002 - pools keep none
        """The maximum over the spatial axes."""
        y: Array = x.max(axis=tuple(range(1, x.ndim - 1)), keepdims=True)
        return y
