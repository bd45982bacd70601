"""Locally connected layer: a convolution with no parameter sharing (CS231n, "Parameter sharing")."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from archspec.ops._base import Claim, Count, Weight, kernel_axes, volume_of
from archspec.ops._numpy import np
from archspec.ops._sliding import PaddingMode, Sliding, pad, padded_sizes, views
from archspec.ops._window import slide
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.ops._numpy import Array, Arrays, Generator, Weights


class LocalConv(Sliding):
    """A convolution whose every output position has filters and biases of its own."""

    other_names = "locallyconnected localconvolution"
    is_linear_map = is_convolution = True
    shares_weights = False
    channels_argument = "filters"

    filters: Count
    padding_mode: PaddingMode = "zeros"
    bias: bool = True
    in_channels: Count | None = None

    def infer(self, inputs: Sequence[Volume]) -> Volume | None:
        """A volume of one channel for each filter; None when a window is too large."""
        spatial = slide(self.windows(inputs))
        return None if spatial is None else Volume(spatial, self.filters)

    def claims(self, inputs: Sequence[Volume]) -> tuple[Claim, ...]:
        """``in_channels``, when stated."""
        (volume,) = inputs
        return () if self.in_channels is None else (Claim("in_channels", self.in_channels, volume.channels),)

    def weights(self, inputs: Sequence[Volume]) -> tuple[Weight, ...]:
        """``weight`` (outputs ..., kernel ..., channels, filters) and ``bias`` (outputs ..., filters)."""
        (volume,) = inputs
        windows = self.windows(inputs) or ()
        outputs = slide(windows) or ()
        taps = math.prod(window.kernel for window in windows)
        shape = (*outputs, *(window.kernel for window in windows), volume.channels, self.filters)
        places = tuple(f"output_{axis}" for axis in volume.axes)
        axes = (*places, *kernel_axes(volume), "in", "out")
        weight = Weight("weight", shape, axes, fan_in=taps * volume.channels, fan_out=taps * self.filters)
        bias = Weight("bias", (*outputs, self.filters), (*places, "out"), "bias", "zeros")
        return (weight, bias) if self.bias else (weight,)

    def macs(self, inputs: Sequence[Volume], output: Volume) -> int:
        """Every weight is used once."""
        return self.weights(inputs)[0].size

    def flops(self, inputs: Sequence[Volume], output: Volume) -> int:
        """Two operations for each MAC, one more for each biased output."""
        return 2 * self.macs(inputs, output) + self.bias * output.size

    def unshared_params(self, inputs: Sequence[Volume], output: Volume) -> int:
        """Its own parameters: none is shared."""
        return sum(weight.size for weight in self.weights(inputs))

    def forward_size(self, inputs: Sequence[Volume], output: Volume) -> float:
        """Padded twice; or the padded input, all windows side by side, and the output, twice where it is biased."""
        (volume,) = inputs
        windows = self.windows(inputs) or ()
        first, padded = padded_sizes(windows, volume.channels)
        taps = math.prod(window.kernel for window in windows) * volume.channels
        return max(first + padded, padded + output.positions * taps + output.size * (2 if self.bias else 1))

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """At every position ``p``, the sum over the kernel positions ``t`` of its window, for each filter ``f``."""
        (x,) = inputs
        windows = self.windows([volume_of(x)]) or ()
        patches = views(pad(x, windows, self.padding_mode), windows)
        patches = np.moveaxis(patches, 1 + len(windows), -1)  # channels last, as in the weight
        batch, outputs = x.shape[0], patches.shape[1 : 1 + len(windows)]
        positions, taps = math.prod(outputs), math.prod(patches.shape[1 + len(windows) :])
        flat = patches.reshape(batch, positions, taps)
        y: Array = np.einsum("npt,ptf->npf", flat, weights["weight"].reshape(positions, taps, self.filters))
        y = y.reshape(batch, *outputs, self.filters)
        return y + weights["bias"] if self.bias else y
