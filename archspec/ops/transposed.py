"""Transposed convolution: the convolution that goes from a small volume to a large one."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, ClassVar

from archspec.model import Field, field_validator
from archspec.ops._base import Claim, Count, Division, Limit, Sizes, Weight, per_axis
from archspec.ops._footprint import Footprint
from archspec.ops._numpy import np
from archspec.ops._rearranging import Rearranging
from archspec.ops._sliding import Padding, Zeros, margins
from archspec.ops._window import Spread
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import ValidationInfo

    from archspec.ops._numpy import Array

Extra = Annotated[
    Zeros | Annotated[tuple[Zeros, ...], Field(min_length=1, max_length=3)],
    Field(description="one whole number from 0 for every axis, or a list of one per spatial axis"),
]


class ConvTranspose(Rearranging):
    """Every input position adds the filters, times its numbers, to a window of the output (Zeiler et al. 2010).

    Output size on each axis is ``(W - 1) * S + F - 2P + output_padding``: the size from which the convolution with
    these arguments comes back to W. Its weight has the axes of a convolution's, and tap ``t`` of input ``i`` falls on
    output ``i * S + t * dilation - P``. ``padding: same`` gives ``W * S``.
    """

    ranks: ClassVar[range] = range(1, 4)
    axis_arguments: ClassVar[tuple[str, ...]] = ("kernel", "stride", "padding", "output_padding", "dilation")

    filters: Count
    kernel: Sizes
    stride: Sizes = 1
    padding: Padding = 0
    output_padding: Extra = 0
    dilation: Sizes = 1
    groups: Count = 1
    bias: bool = True
    in_channels: Count | None = None

    @field_validator("output_padding")
    @classmethod
    def _is_of_use(cls, value: int | tuple[int, ...], info: ValidationInfo) -> int | tuple[int, ...]:
        if value and info.data.get("padding") == "same":
            raise ValueError("padding same fixes the output size")
        return value

    def spreads(self, volume: Volume) -> tuple[Spread, ...] | None:
        """What an input position spreads over, per spatial axis; None when the arguments don't suit the axes."""
        axes = len(volume.spatial)
        arguments = (self.kernel, self.stride, self.dilation, self.output_padding)
        kernels, strides, dilations, extras = (per_axis(value, axes) for value in arguments)
        if kernels is None or strides is None or dilations is None or extras is None:
            return None
        steps = zip(volume.spatial, kernels, strides, dilations, strict=True)
        if self.padding == "same":
            return tuple(Spread.same_padded(*step) for step in steps)
        sides = margins(0 if self.padding == "valid" else self.padding, axes)
        if sides is None:
            return None
        return tuple(Spread(*step, *side, extra) for step, side, extra in zip(steps, sides, extras, strict=True))

    def output(self, volume: Volume) -> Volume | None:
        """Volume of one channel a filter; None when all is cut off or the groups do not divide."""
        spreads = self.spreads(volume)
        if spreads is None or any(division.number % division.by for division in self.divisions(volume)):
            return None
        spatial = tuple(spread.output for spread in spreads)
        return Volume(spatial, self.filters) if min(spatial) > 0 else None

    def footprint(self, volume: Volume) -> tuple[Footprint, ...] | None:
        """Output ``o`` sees the inputs ``i`` with ``0 <= o + P - i * S < F``."""
        spreads = self.spreads(volume)
        if spreads is None:
            return None
        return tuple(
            Footprint(
                Fraction(1, spread.stride),
                Fraction(spread.near - spread.extent + 1, spread.stride),
                Fraction(spread.near, spread.stride),
            )
            for spread in spreads
        )

    def divisions(self, volume: Volume) -> tuple[Division, ...]:
        """Groups divide the channels that arrive and the filters."""
        return (
            Division("groups", self.groups, "input channels", volume.channels),
            Division("groups", self.groups, "filters", self.filters),
        )

    def limits(self, volume: Volume) -> tuple[Limit, ...]:
        """Something is left of the output, and ``output_padding`` only chooses among sizes that a stride rounds."""
        axes = list(zip(volume.axes, self.spreads(volume) or (), strict=False))
        cuts = [
            Limit("padding", f"total padding of the {axis}", way.near + way.far, way.whole - 1) for axis, way in axes
        ]
        if self.padding == "same":
            return tuple(cuts)
        most = [max(way.stride, way.dilation) - 1 for _, way in axes]
        named = zip(axes, most, strict=True)
        extras = [Limit("output_padding", f"output padding of the {axis}", way.extra, n) for (axis, way), n in named]
        return (*cuts, *extras)

    def claims(self, volume: Volume) -> tuple[Claim, ...]:
        """``in_channels``, when stated."""
        return () if self.in_channels is None else (Claim("in_channels", self.in_channels, volume.channels),)

    def weights(self, volume: Volume) -> tuple[Weight, ...]:
        """``weight`` (kernel ..., channels / groups, filters) and ``bias`` (filters)."""
        spreads = self.spreads(volume) or ()
        kernel = tuple(spread.kernel for spread in spreads)
        shape = (*kernel, volume.channels // self.groups, self.filters)
        met = math.prod(-(-spread.kernel // spread.stride) for spread in spreads)  # taps that one output meets
        fans = met * shape[-2], math.prod(kernel) * self.filters // self.groups
        weight = Weight("weight", shape, fan_in=fans[0], fan_out=fans[1])
        return (weight, Weight("bias", (self.filters,), "bias", "zeros")) if self.bias else (weight,)

    def macs(self, volume: Volume, output: Volume) -> int:  # noqa: ARG002 - the input meets the weights
        """Every input position meets every weight once; what is cut off afterwards counts too."""
        return volume.positions * self.weights(volume)[0].size

    def flops(self, volume: Volume, output: Volume) -> int:
        """Two operations a MAC, one more for each biased output."""
        return 2 * self.macs(volume, output) + self.bias * output.size

    def unshared_params(self, volume: Volume, output: Volume) -> int:
        """A weight for every product and a bias for every output."""
        return self.macs(volume, output) + self.bias * output.size

    def forward(self, x: Array, weights: Mapping[str, Array]) -> Array:
        """Tap by tap, add the whole input to every ``stride``-th output; then cut the padding off."""
        spreads = self.spreads(Volume(x.shape[1:-1], x.shape[-1])) or ()
        y = np.zeros((len(x), *(spread.whole for spread in spreads), self.filters), x.dtype)
        channels, filters = (np.split(array, self.groups, axis=-1) for array in (x, weights["weight"]))
        for tap in np.ndindex(*(spread.kernel for spread in spreads)):
            sums = [group @ kernel[tap] for group, kernel in zip(channels, filters, strict=True)]
            y[_reached(tap, spreads)] += np.concatenate(sums, axis=-1)
        y = y[:, *(slice(spread.near, spread.near + spread.output) for spread in spreads)]
        return y + weights["bias"] if self.bias else y


def _reached(tap: tuple[int, ...], spreads: tuple[Spread, ...]) -> tuple[slice, ...]:
    """The outputs that a tap of all input positions falls on, in all samples."""
    starts = [number * spread.dilation for number, spread in zip(tap, spreads, strict=True)]
    ends = [start + (spread.size - 1) * spread.stride + 1 for start, spread in zip(starts, spreads, strict=True)]
    return (slice(None), *map(slice, starts, ends, (spread.stride for spread in spreads)))
