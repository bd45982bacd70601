"""Norms that take mean and variance from the sample itself, in training and at inference alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.ops._base import Count, Division, Operator, Weight
from archspec.ops._footprint import Footprint
from archspec.ops._numpy import np
from archspec.ops.normalization import Positive

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archspec.ops._numpy import Array
    from archspec.volume import Volume


class _SampleNorm(Operator):
    """Base of these norms: to mean 0 and variance 1, then, with ``affine``, to a learned scale and shift a channel."""

    eps: Positive = 1e-5
    affine: bool = True

    def standard(self, x: Array) -> Array:
        """``x`` with mean 0 and variance 1."""
        raise NotImplementedError

    def weights(self, volume: Volume) -> tuple[Weight, ...]:
        """``gamma`` and ``beta``, one number a channel each."""
        shape = (volume.channels,)
        learned = (Weight("gamma", shape, "weight", "ones"), Weight("beta", shape, "bias", "zeros"))
        return learned if self.affine else ()

    def flops(self, volume: Volume, output: Volume) -> int:  # noqa: ARG002 - it goes by the output
        """A sum (mean), a difference, a square, a sum (variance) and a quotient a number; a product and a sum more."""
        return output.size * (7 if self.affine else 5)

    def forward(self, x: Array, weights: Mapping[str, Array]) -> Array:
        """``(x - mean) / sqrt(variance + eps) * gamma + beta``."""
        y = self.standard(x)
        return y * weights["gamma"] + weights["beta"] if self.affine else y


class LayerNorm(_SampleNorm):
    """Over the channels of each position by itself (Ba et al. 2016, as transformers and ConvNeXt have it)."""

    def standard(self, x: Array) -> Array:
        """Over the last axis."""
        return _standard(x, (-1,), self.eps)


class _WholeSampleNorm(_SampleNorm):
    """Base of norms whose statistics, and so whose every output, depend on all positions."""

    def footprint(self, volume: Volume) -> tuple[Footprint, ...] | None:
        """Everything."""
        return tuple(map(Footprint.everything, volume.spatial))


class GroupNorm(_WholeSampleNorm):
    """Over all positions of a group of neighbouring channels (Wu and He 2018)."""

    main = "groups"

    groups: Count

    def output(self, volume: Volume) -> Volume | None:
        """What arrives; None when the groups do not divide the channels."""
        return None if volume.channels % self.groups else volume

    def divisions(self, volume: Volume) -> tuple[Division, ...]:
        """The groups divide the channels."""
        return (Division("groups", self.groups, "input channels", volume.channels),)

    def standard(self, x: Array) -> Array:
        """The channels as a table with a row a group; over all axes but samples and groups."""
        table = x.reshape(*x.shape[:-1], self.groups, x.shape[-1] // self.groups)
        axes = (*range(1, x.ndim - 1), -1)
        return _standard(table, axes, self.eps).reshape(x.shape)


class InstanceNorm(_WholeSampleNorm):
    """Over all positions of each channel (Ulyanov et al. 2016); nothing is learned unless ``affine`` is given."""

    ranks = range(1, 4)

    affine: bool = False

    def standard(self, x: Array) -> Array:
        """Over the spatial axes."""
        return _standard(x, tuple(range(1, x.ndim - 1)), self.eps)


def _standard(x: Array, axes: tuple[int, ...], eps: float) -> Array:
    y: Array = (x - x.mean(axis=axes, keepdims=True)) / np.sqrt(x.var(axis=axes, keepdims=True) + eps)
    return y
