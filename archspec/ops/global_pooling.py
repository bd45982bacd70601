"""Pooling over all positions (Lin et al. 2014, "Network In Network", section 3.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.ops._base import Operator
from archspec.ops._window import Window
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.ops._numpy import Array, Arrays, Generator, Weights


class _GlobalPool(Operator):
    """Base of global pools: one value for each channel, ``1x1xC``."""

    is_global = True
    ranks: ClassVar[range] = range(1, 4)

    def infer(self, inputs: Sequence[Volume]) -> Volume:
        """One position, as many channels as the input."""
        (volume,) = inputs
        return Volume((1,) * len(volume.spatial), volume.channels)

    def windows(self, inputs: Sequence[Volume]) -> tuple[Window, ...]:
        """One window as large as the input."""
        (volume,) = inputs
        return tuple(Window(size, kernel=size) for size in volume.spatial)


class GlobalAvgPool(_GlobalPool):
    """The mean of every channel."""

    other_names = (
        "globalaveragepooling globalaveragepool globalavgpool globalavgpooling globalpool globalpooling "
        "gap avgpoolglobal"
    )
    pool = "mean"
    keeps_linear = True

    def flops(self, inputs: Sequence[Volume], output: Volume) -> int:
        """An addition for every element after a channel's first, and a division for each channel."""
        (volume,) = inputs
        return volume.size

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """The mean over the spatial axes."""
        (x,) = inputs
        y: Array = x.mean(axis=tuple(range(1, x.ndim - 1)), keepdims=True)
        return y


class GlobalMaxPool(_GlobalPool):
    """The largest element of every channel."""

    other_names = "globalmaxpooling globalmaxpool gmp"
    pool = "max"

    def flops(self, inputs: Sequence[Volume], output: Volume) -> int:
        """A comparison for every element after a channel's first."""
        (volume,) = inputs
        return volume.size - output.size

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """The maximum over the spatial axes."""
        (x,) = inputs
        y: Array = x.max(axis=tuple(range(1, x.ndim - 1)), keepdims=True)
        return y
