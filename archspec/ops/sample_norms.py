"""Norms that take mean and variance from the sample itself, in training and at inference alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.ops._base import Count, Division, Operator, Weight
from archspec.ops._dependence import Dependence, InputDependence
from archspec.ops._numpy import np
from archspec.ops.normalization import Positive

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.ops._numpy import Array, Arrays, Generator, Weights
    from archspec.volume import Volume


class _SampleNorm(Operator):
    """Base of these norms: mean 0 and variance 1, then, with ``affine``, a learned scale and shift per channel."""

    is_norm = True

    eps: Positive = 1e-5
    affine: bool = True

    def standard(self, x: Array) -> Array:
        """``x`` normalized to mean 0 and variance 1."""
        raise NotImplementedError

    def weights(self, inputs: Sequence[Volume]) -> tuple[Weight, ...]:
        """``gamma`` and ``beta``, each with one value for every channel."""
        (volume,) = inputs
        shape, axes = (volume.channels,), ("channel",)
        learned = (Weight("gamma", shape, axes, "weight", "ones"), Weight("beta", shape, axes, "bias", "zeros"))
        return learned if self.affine else ()

    def flops(self, inputs: Sequence[Volume], output: Volume) -> int:
        """A sum (mean), difference, square, sum (variance) and quotient for each element; a product and a sum more."""
        return output.size * (7 if self.affine else 5)

    def forward_size(self, inputs: Sequence[Volume], output: Volume) -> float:
        """The scaled input and what it was made of; one more where it is scaled and shifted again."""
        return output.size * (3 if self.affine else 2)

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """``(x - mean) / sqrt(variance + eps) * gamma + beta``."""
        (x,) = inputs
        y = self.standard(x)
        return y * weights["gamma"] + weights["beta"] if self.affine else y


class LayerNorm(_SampleNorm):
    """Over the channels of each position by itself (Ba et al. 2016, as transformers and ConvNeXt have it)."""

    other_names = "layernorm layernormalization ln layernorm2d"
    torch_arguments = "- eps affine"

    def values_per_mean(self, inputs: Sequence[Volume]) -> int:
        """The channels."""
        (volume,) = inputs
        return volume.channels

    def standard(self, x: Array) -> Array:
        """Over the last axis."""
        return _standard(x, (-1,), self.eps)


class _WholeSampleNorm(_SampleNorm):
    """Base of norms whose statistics, and so whose every output, depend on all positions."""

    sees_beyond_windows = True

    def dependence(self, inputs: Sequence[Volume]) -> tuple[Dependence, ...]:
        """Everything."""
        (volume,) = inputs
        return (tuple(map(InputDependence.everything, volume.spatial)),)


class GroupNorm(_WholeSampleNorm):
    """Over all positions of a group of neighbouring channels (Wu and He 2018)."""

    other_names = "groupnorm groupnormalization gn"
    torch_arguments = "groups - eps affine"
    main = "groups"

    groups: Count

    def infer(self, inputs: Sequence[Volume]) -> Volume | None:
        """The input volume; None when the groups do not divide the channels."""
        (volume,) = inputs
        return None if volume.channels % self.groups else volume

    def removes_channel_offset(self, inputs: Sequence[Volume]) -> bool:
        """Only where every group is one channel."""
        (volume,) = inputs
        return self.groups == volume.channels

    def values_per_mean(self, inputs: Sequence[Volume]) -> int:
        """The positions of all channels of a group."""
        (volume,) = inputs
        return volume.size // self.groups

    def divisions(self, inputs: Sequence[Volume]) -> tuple[Division, ...]:
        """The groups divide the channels."""
        (volume,) = inputs
        return (Division("groups", self.groups, "input channels", volume.channels),)

    def standard(self, x: Array) -> Array:
        """The channels as a table with a row for each group; over all axes but samples and groups."""
        table = x.reshape(*x.shape[:-1], self.groups, x.shape[-1] // self.groups)
        axes = (*range(1, x.ndim - 1), -1)
        return _standard(table, axes, self.eps).reshape(x.shape)


class InstanceNorm(_WholeSampleNorm):
    """Over all positions of each channel (Ulyanov et al. 2016); nothing is learned unless ``affine`` is true."""

    other_names = "instancenorm instancenormalization"
    torch_arguments = "- eps - affine"
    ranks = range(1, 4)

    affine: bool = False

    def removes_channel_offset(self, inputs: Sequence[Volume]) -> bool:
        """Yes: the mean of each channel, over the positions of a sample, is subtracted."""
        return True

    def values_per_mean(self, inputs: Sequence[Volume]) -> int:
        """The positions."""
        (volume,) = inputs
        return volume.positions

    def standard(self, x: Array) -> Array:
        """Over the spatial axes."""
        return _standard(x, tuple(range(1, x.ndim - 1)), self.eps)


def _standard(x: Array, axes: tuple[int, ...], eps: float) -> Array:
    y: Array = (x - x.mean(axis=axes, keepdims=True)) / np.sqrt(x.var(axis=axes, keepdims=True) + eps)
    return y
