"""What convolutions share: one weighted sum for each filter and position, over all or some of the channels."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pydantic import Field

from archspec.ops._base import Claim, Count, Division, ShapeClaim, Weight, kernel_axes, per_axis, volume_of
from archspec.ops._inline import Numbers, shape_of
from archspec.ops._numpy import np
from archspec.ops._sliding import PaddingMode, Sliding, pad, padded_sizes, views
from archspec.ops._window import slide
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.ops._numpy import Array, Arrays, Generator, Weights


class Convolution(Sliding):
    """Base of convolutions that share their filters over all positions.

    Output size on each axis is ``(W - F + 2P) / S + 1`` (CS231n, "Convolutional Layer"). ``weights`` fixes the
    filters: nested lists (kernel ..., channels / groups, filters), or (kernel ...) for one filter on every channel.
    """

    is_linear_map = is_convolution = True

    padding_mode: PaddingMode = "zeros"
    bias: bool = True
    in_channels: Count | None = None
    fixed: Numbers | None = Field(default=None, alias="weights")

    def groups_and_filters(self, volume: Volume) -> tuple[int, int]:
        """Groups that the channels are split into, and filters in all."""
        raise NotImplementedError

    def infer(self, inputs: Sequence[Volume]) -> Volume | None:
        """A volume of one channel for each filter; None when a window is too large or groups do not divide."""
        (volume,) = inputs
        spatial = slide(self.windows(inputs))
        if spatial is None or any(division.number % division.by for division in self.divisions(inputs)):
            return None
        return Volume(spatial, self.groups_and_filters(volume)[1])

    def divisions(self, inputs: Sequence[Volume]) -> tuple[Division, ...]:
        """Groups divide the input channels and the filters."""
        (volume,) = inputs
        groups, filters = self.groups_and_filters(volume)
        return (
            Division("groups", groups, "input channels", volume.channels),
            Division("groups", groups, "filters", filters),
        )

    def claims(self, inputs: Sequence[Volume]) -> tuple[Claim, ...]:
        """``in_channels``, when stated."""
        (volume,) = inputs
        return () if self.in_channels is None else (Claim("in_channels", self.in_channels, volume.channels),)

    def shape_claims(self, inputs: Sequence[Volume]) -> tuple[ShapeClaim, ...]:
        """Shape of ``weights``, when given: all filters, or one kernel for every channel and filter."""
        if self.fixed is None:
            return ()
        shape = self.weights(inputs)[0].shape
        return (ShapeClaim("weights", shape_of(self.fixed), (shape, shape[:-2])),)

    def weights(self, inputs: Sequence[Volume]) -> tuple[Weight, ...]:
        """``weight`` (kernel ..., channels / groups, filters) and ``bias`` (filters)."""
        (volume,) = inputs
        groups, filters = self.groups_and_filters(volume)
        kernel = per_axis(self.kernel, len(volume.spatial)) or ()
        shape = (*kernel, volume.channels // groups, filters)
        axes = (*kernel_axes(volume), "in", "out")
        fans = math.prod(shape[:-1]), math.prod(kernel) * filters // groups
        weight = Weight("weight", shape, axes, fan_in=fans[0], fan_out=fans[1], values=self.fixed)
        return (weight, Weight("bias", (filters,), ("out",), "bias", "zeros")) if self.bias else (weight,)

    def macs(self, inputs: Sequence[Volume], output: Volume) -> int:
        """Every weight is multiplied once at every output position."""
        return output.positions * self.weights(inputs)[0].size

    def flops(self, inputs: Sequence[Volume], output: Volume) -> int:
        """Two operations for each MAC, one more for each biased output."""
        return 2 * self.macs(inputs, output) + self.bias * output.size

    def forward_size(self, inputs: Sequence[Volume], output: Volume) -> float:
        """Padded twice; or the padded input and what sums take; or the output, twice where it is biased."""
        (volume,) = inputs
        windows = self.windows(inputs) or ()
        first, padded = padded_sizes(windows, volume.channels)
        return max(first + padded, padded + self.sums_size(volume, output), output.size * (2 if self.bias else 1))

    def sums_size(self, volume: Volume, output: Volume) -> int:
        """Elements that :meth:`sums` holds at most: of 1x1 windows with stride 1 no row is copied."""
        weight, groups = self.weights([volume])[0], self.groups_and_filters(volume)[0]
        is_plain = all(window.kernel == window.stride == 1 for window in self.windows([volume]) or ())
        rows = 0 if is_plain else output.positions * weight.size // output.channels
        return output.size + max(rows + weight.size // groups, output.size)

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """Slide the window: every output is the sum over kernel positions and channels of its group, plus a bias."""
        (x,) = inputs
        windows = self.windows([volume_of(x)]) or ()
        y = self.sums(views(pad(x, windows, self.padding_mode), windows), weights["weight"])
        return y + weights["bias"] if self.bias else y

    def sums(self, patches: Array, weight: Array) -> Array:
        """Every window (N, outputs ..., C, kernel ...) with every filter of its group: (N, outputs ..., filters)."""
        axes = weight.ndim - 2
        groups, _ = self.groups_and_filters(Volume((), patches.shape[axes + 1]))
        kernel = np.moveaxis(weight, -2, 0)  # channels first, as in the patches
        pairs = zip(np.split(patches, groups, axis=axes + 1), np.split(kernel, groups, axis=-1), strict=True)
        return np.concatenate([np.tensordot(*pair, axes=axes + 1) for pair in pairs], axis=-1)
