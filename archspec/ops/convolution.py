"""Convolutions with shared filters (CS231n, "Convolutional Layer" and "Parameter sharing")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.ops._base import Count  # noqa: TC001 - pydantic reads the annotations
from archspec.ops._convolution import Convolution
from archspec.ops._numpy import np

if TYPE_CHECKING:
    from archspec.ops._numpy import Array
    from archspec.volume import Volume


class Conv(Convolution):
    """Convolution over 1, 2 or 3 spatial axes; each of ``groups`` sees its share of the channels."""

    other_names = "conv convolution convolutional conv2dsame atrousconv dilatedconv causalconv timedelay"
    torch_arguments = "in_channels filters kernel stride padding dilation groups bias padding_mode"
    channels_argument = "filters"

    filters: Count
    groups: Count = 1

    def groups_and_filters(self, volume: Volume) -> tuple[int, int]:
        """The arguments."""
        return self.groups, self.filters


class DepthwiseConv(Convolution):
    """A convolution of every channel by itself, with ``multiplier`` filters each (MobileNets, section 3.1).

    It is the grouped convolution with one group for each channel: output channel ``c * multiplier + m`` is filter ``m``
    on input channel ``c``, and the weight is (kernel ..., 1, C * multiplier).
    """

    other_names = "depthwiseconv depthwiseconvolution depthwise dwconv convolutiondepthwise depthwiseconv2dnative"

    multiplier: Count = 1

    def groups_and_filters(self, volume: Volume) -> tuple[int, int]:
        """A group for each channel."""
        return volume.channels, volume.channels * self.multiplier

    def sums_size(self, volume: Volume, output: Volume) -> int:
        """The sums: einsum copies no row."""
        return output.size

    def sums(self, patches: Array, weight: Array) -> Array:
        """Channel by channel at once: no two of them meet in a sum."""
        taps = "xyz"[: weight.ndim - 2]
        filters = weight.reshape(*weight.shape[:-2], -1, self.multiplier)
        y: Array = np.einsum(f"...c{taps},{taps}cm->...cm", patches, filters)
        return y.reshape(*y.shape[:-2], weight.shape[-1])
