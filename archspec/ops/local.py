"""Locally connected layer: a convolution with no parameter sharing (CS231n, "Parameter sharing")."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from archspec.ops._base import Claim, Count, Weight
from archspec.ops._numpy import np
from archspec.ops._sliding import PaddingMode, Sliding, pad, views
from archspec.ops._window import slide
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archspec.ops._numpy import Array


class LocalConv(Sliding):
    """A convolution whose every output position has filters and biases of its own."""

    filters: Count
    padding_mode: PaddingMode = "zeros"
    bias: bool = True
    in_channels: Count | None = None

    def output(self, volume: Volume) -> Volume | None:
        """Volume of one channel a filter; None when a window does not go in."""
        spatial = slide(self.windows(volume))
        return None if spatial is None else Volume(spatial, self.filters)

    def claims(self, volume: Volume) -> tuple[Claim, ...]:
        """``in_channels``, when stated."""
        return () if self.in_channels is None else (Claim("in_channels", self.in_channels, volume.channels),)

    def weights(self, volume: Volume) -> tuple[Weight, ...]:
        """``weight`` (outputs ..., kernel ..., channels, filters) and ``bias`` (outputs ..., filters)."""
        windows = self.windows(volume) or ()
        outputs = slide(windows) or ()
        taps = math.prod(window.kernel for window in windows)
        shape = (*outputs, *(window.kernel for window in windows), volume.channels, self.filters)
        weight = Weight("weight", shape, fan_in=taps * volume.channels, fan_out=taps * self.filters)
        return (weight, Weight("bias", (*outputs, self.filters), "bias", "zeros")) if self.bias else (weight,)

    def macs(self, volume: Volume, output: Volume) -> int:  # noqa: ARG002 - the weight knows the positions
        """Every weight is used once."""
        return self.weights(volume)[0].size

    def flops(self, volume: Volume, output: Volume) -> int:
        """Two operations a MAC, one more for each biased output."""
        return 2 * self.macs(volume, output) + self.bias * output.size

    def unshared_params(self, volume: Volume, output: Volume) -> int:  # noqa: ARG002 - nothing is shared here
        """Its own parameters: none is shared."""
        return sum(weight.size for weight in self.weights(volume))

    def forward(self, x: Array, weights: Mapping[str, Array]) -> Array:
        """At every position ``p``, the sum over the taps ``t`` of its window, for each filter ``f``."""
        windows = self.windows(Volume(x.shape[1:-1], x.shape[-1])) or ()
        patches = views(pad(x, windows, self.padding_mode), windows)
        patches = np.moveaxis(patches, 1 + len(windows), -1)  # channels last, as in the weight
        batch, outputs = x.shape[0], patches.shape[1 : 1 + len(windows)]
        positions, taps = math.prod(outputs), math.prod(patches.shape[1 + len(windows) :])
        flat = patches.reshape(batch, positions, taps)
        y: Array = np.einsum("npt,ptf->npf", flat, weights["weight"].reshape(positions, taps, self.filters))
        y = y.reshape(batch, *outputs, self.filters)
        return y + weights["bias"] if self.bias else y
