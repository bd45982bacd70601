"""Convolution: filters that share their weights over all positions (CS231n, "Convolutional Layer")."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from pydantic import Field

from archspec.ops._base import Claim, Count, Division, Weight, per_axis
from archspec.ops._numpy import np
from archspec.ops._sliding import PaddingMode, Sliding, pad, views
from archspec.ops._window import slide
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archspec.ops._numpy import Array

_NUMPY_MODES = {"zeros": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}


class Conv(Sliding):
    """Convolution over 1, 2 or 3 spatial axes; ``weights`` fixes the filters.

    Output size on each axis is ``(W - F + 2P) / S + 1``, output channels are ``filters``.
    """

    filters: Count
    padding_mode: PaddingMode = "zeros"
    groups: Count = 1
    bias: bool = True
    in_channels: Count | None = None
    fixed: tuple[Any, ...] | None = Field(None, alias="weights")

    def output(self, volume: Volume) -> Volume | None:
        """Volume of one channel a filter; None when a window does not go in or ``groups`` does not divide."""
        spatial = slide(self.windows(volume))
        if spatial is None or any(division.number % division.by for division in self.divisions(volume)):
            return None
        return Volume(spatial, self.filters)

    def divisions(self, volume: Volume) -> tuple[Division, ...]:
        """Groups divide the channels that arrive and the filters."""
        return (
            Division("groups", self.groups, "input channels", volume.channels),
            Division("groups", self.groups, "filters", self.filters),
        )

    def claims(self, volume: Volume) -> tuple[Claim, ...]:
        """``in_channels``, when stated."""
        return () if self.in_channels is None else (Claim("in_channels", self.in_channels, volume.channels),)

    def weights(self, volume: Volume) -> tuple[Weight, ...]:
        """``weight`` (kernel ..., channels / groups, filters) and ``bias`` (filters)."""
        kernel = per_axis(self.kernel, len(volume.spatial)) or ()
        shape = (*kernel, volume.channels // self.groups, self.filters)
        fans = math.prod(shape[:-1]), math.prod(kernel) * self.filters // self.groups
        weight = Weight("weight", shape, fan_in=fans[0], fan_out=fans[1], values=self.fixed)
        return (weight, Weight("bias", (self.filters,), "bias", "zeros")) if self.bias else (weight,)

    def macs(self, volume: Volume, output: Volume) -> int:
        """Every output number is one dot product with a filter."""
        return output.size * self.weights(volume)[0].size // self.filters

    def flops(self, volume: Volume, output: Volume) -> int:
        """Two operations a MAC, one more for each biased output."""
        return 2 * self.macs(volume, output) + self.bias * output.size

    def forward(self, x: Array, weights: Mapping[str, Array]) -> Array:
        """Slide the window: every output is the sum over taps and channels of its group, plus a bias."""
        windows = self.windows(Volume(x.shape[1:-1], x.shape[-1])) or ()
        patches = views(pad(x, windows, _NUMPY_MODES[self.padding_mode]), windows)
        kernel = np.moveaxis(weights["weight"], -2, 0)  # channels first, as sliding_window_view leaves the patches
        grouped = np.split(patches, self.groups, axis=1 + len(windows)), np.split(kernel, self.groups, axis=-1)
        y = np.concatenate(
            [np.tensordot(patch, taps, axes=taps.ndim - 1) for patch, taps in zip(*grouped, strict=True)], axis=-1
        )
        return y + weights["bias"] if self.bias else y
