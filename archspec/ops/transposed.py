"""Transposed convolution: the convolution that goes from a small volume to a large one."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field, field_validator

from archspec.ops._base import Claim, Count, Division, Limit, Sizes, Weight, kernel_axes, per_axis, volume_of
from archspec.ops._dependence import Dependence, InputDependence
from archspec.ops._numpy import np
from archspec.ops._rearranging import Rearranging
from archspec.ops._sliding import Padding, Zeros, margins
from archspec.ops._window import TransposedWindow
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import ValidationInfo

    from archspec.ops._numpy import Array, Arrays, Generator, Weights

Extra = Annotated[
    Zeros | Annotated[tuple[Zeros, ...], Field(min_length=1, max_length=3)],
    Field(description="one whole number from 0 for every axis, or a list of one per spatial axis"),
]


class ConvTranspose(Rearranging):
    """Every input position adds the filters, times its values, to a window of the output (Zeiler et al. 2010).

    Output size on each axis is ``(W - 1) * S + F - 2P + output_padding``: the size from which the convolution with
    these arguments comes back to W. Its weight has the axes of a convolution's, and kernel position ``t`` of input
    ``i`` falls on output ``i * S + t * dilation - P``. ``padding: same`` gives ``W * S``.
    """

    other_names = (
        "convtranspose conv1dtranspose conv2dtranspose conv3dtranspose deconvolution deconv transposedconv "
        "transposedconvolution convolutiontranspose upconv fractionallystridedconv"
    )
    torch_arguments = "in_channels filters kernel stride padding output_padding groups bias dilation"
    is_linear_map = is_transposed = True
    is_upsampling = True
    channels_argument = "filters"
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

    def transposed_windows(self, inputs: Sequence[Volume]) -> tuple[TransposedWindow, ...] | None:
        """The outputs that an input position adds to, per spatial axis; None when the arguments don't suit the axes."""
        (volume,) = inputs
        axes = len(volume.spatial)
        arguments = (self.kernel, self.stride, self.dilation, self.output_padding)
        kernels, strides, dilations, extras = (per_axis(value, axes) for value in arguments)
        if kernels is None or strides is None or dilations is None or extras is None:
            return None
        steps = zip(volume.spatial, kernels, strides, dilations, strict=True)
        if self.padding == "same":
            return tuple(TransposedWindow.same_padded(*step) for step in steps)
        sides = margins(0 if self.padding == "valid" else self.padding, axes)
        if sides is None:
            return None
        return tuple(
            TransposedWindow(*step, *side, extra) for step, side, extra in zip(steps, sides, extras, strict=True)
        )

    def infer(self, inputs: Sequence[Volume]) -> Volume | None:
        """A volume of one channel for each filter; None when all is cut off or the groups do not divide."""
        windows = self.transposed_windows(inputs)
        if windows is None or any(division.number % division.by for division in self.divisions(inputs)):
            return None
        spatial = tuple(window.output for window in windows)
        return Volume(spatial, self.filters) if min(spatial) > 0 else None

    def dependence(self, inputs: Sequence[Volume]) -> tuple[Dependence, ...]:
        """Output ``o`` sees the inputs ``i`` with ``0 <= o + P - i * S < F``."""
        windows = self.transposed_windows(inputs)
        if windows is None:
            return (None,)
        depends = tuple(
            InputDependence(
                Fraction(1, window.stride),
                Fraction(window.near - window.extent + 1, window.stride),
                Fraction(window.near, window.stride),
            )
            for window in windows
        )
        return (depends,)

    def divisions(self, inputs: Sequence[Volume]) -> tuple[Division, ...]:
        """Groups divide the input channels and the filters."""
        (volume,) = inputs
        return (
            Division("groups", self.groups, "input channels", volume.channels),
            Division("groups", self.groups, "filters", self.filters),
        )

    def limits(self, inputs: Sequence[Volume]) -> tuple[Limit, ...]:
        """Something is left of the output, and ``output_padding`` only chooses among sizes that a stride rounds."""
        (volume,) = inputs
        axes = list(zip(volume.axes, self.transposed_windows(inputs) or (), strict=False))
        cuts = [
            Limit("padding", f"total padding of the {axis}", way.near + way.far, way.whole - 1) for axis, way in axes
        ]
        if self.padding == "same":
            return tuple(cuts)
        most = [max(way.stride, way.dilation) - 1 for _, way in axes]
        named = zip(axes, most, strict=True)
        extras = [Limit("output_padding", f"output padding of the {axis}", way.extra, n) for (axis, way), n in named]
        return (*cuts, *extras)

    def claims(self, inputs: Sequence[Volume]) -> tuple[Claim, ...]:
        """``in_channels``, when stated."""
        (volume,) = inputs
        return () if self.in_channels is None else (Claim("in_channels", self.in_channels, volume.channels),)

    def weights(self, inputs: Sequence[Volume]) -> tuple[Weight, ...]:
        """``weight`` (kernel ..., channels / groups, filters) and ``bias`` (filters)."""
        (volume,) = inputs
        windows = self.transposed_windows(inputs) or ()
        kernel = tuple(window.kernel for window in windows)
        shape = (*kernel, volume.channels // self.groups, self.filters)
        axes = (*kernel_axes(volume), "in", "out")
        met = math.prod(-(-window.kernel // window.stride) for window in windows)  # kernel positions for one output
        fans = met * shape[-2], math.prod(kernel) * self.filters // self.groups
        weight = Weight("weight", shape, axes, fan_in=fans[0], fan_out=fans[1])
        return (weight, Weight("bias", (self.filters,), ("out",), "bias", "zeros")) if self.bias else (weight,)

    def macs(self, inputs: Sequence[Volume], output: Volume) -> int:
        """Every weight is multiplied once at every input position; what is cut off afterwards counts too."""
        (volume,) = inputs
        return volume.positions * self.weights(inputs)[0].size

    def flops(self, inputs: Sequence[Volume], output: Volume) -> int:
        """Two operations for each MAC, one more for each biased output."""
        return 2 * self.macs(inputs, output) + self.bias * output.size

    def unshared_params(self, inputs: Sequence[Volume], output: Volume) -> int:
        """A weight for every product and a bias for every output."""
        return self.macs(inputs, output) + self.bias * output.size

    def forward_size(self, inputs: Sequence[Volume], output: Volume) -> float:
        """The output before it is cut, and twice what a kernel position adds to it; or once, and the biased output."""
        (volume,) = inputs
        whole = math.prod(window.whole for window in self.transposed_windows(inputs) or ()) * self.filters
        sums = volume.positions * self.filters
        return whole + sums + max(sums, output.size if self.bias else 0)

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """For each kernel position, add the whole input to every ``stride``-th output; then cut the padding off."""
        (x,) = inputs
        windows = self.transposed_windows([volume_of(x)]) or ()
        y = np.zeros((len(x), *(window.whole for window in windows), self.filters), x.dtype)
        channels, filters = (np.split(array, self.groups, axis=-1) for array in (x, weights["weight"]))
        for tap in np.ndindex(*(window.kernel for window in windows)):
            sums = [group @ kernel[tap] for group, kernel in zip(channels, filters, strict=True)]
            y[_output_slices(tap, windows)] += np.concatenate(sums, axis=-1)
        y = y[:, *(slice(window.near, window.near + window.output) for window in windows)]
        return y + weights["bias"] if self.bias else y


def _output_slices(tap: tuple[int, ...], windows: tuple[TransposedWindow, ...]) -> tuple[slice, ...]:
    """The outputs on which a kernel position falls for all input positions, in all samples."""
    starts = [number * window.dilation for number, window in zip(tap, windows, strict=True)]
    ends = [start + (window.size - 1) * window.stride + 1 for start, window in zip(starts, windows, strict=True)]
    return (slice(None), *map(slice, starts, ends, (window.stride for window in windows)))
