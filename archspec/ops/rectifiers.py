"""Rectifiers: the identity above zero, something smaller below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from archspec.ops._base import Weight
from archspec.ops._numpy import np
from archspec.ops._pointwise import Pointwise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.ops._numpy import Array, Arrays, Generator, Weights
    from archspec.volume import Volume

SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772
"""They make mean 0 and variance 1 a fixed point (Klambauer et al. 2017, equation 14)."""


class ReLU(Pointwise):
    """``max(x, 0)`` (Nair and Hinton 2010)."""

    other_names = "rectifier rectify rectifiedlinear"
    clips_negative = True
    activation = "relu-like"
    operations = 1

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """Negative values become zero."""
        (x,) = inputs
        return np.maximum(x, 0)


class ReLU6(Pointwise):
    """``min(max(x, 0), 6)`` (Krizhevsky 2010, "Convolutional Deep Belief Networks on CIFAR-10")."""

    held = 2
    clips_negative = True
    activation = "relu-like"
    operations = 2

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """Clipped on both sides."""
        (x,) = inputs
        return np.minimum(np.maximum(x, 0), 6)


class LeakyReLU(Pointwise):
    """``x`` above zero, ``slope * x`` below (Maas et al. 2013)."""

    held = 2.25
    other_names = "leakyrelu lrelu rrelu leaky"
    torch_arguments = "slope"
    main = "slope"
    activation = "relu-like"
    operations = 2

    slope: Annotated[float, Field(ge=0)] = 0.01

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """Negative values shrink."""
        (x,) = inputs
        return np.where(x > 0, x, self.slope * x)


class PReLU(Pointwise):
    """A leaky ReLU that learns a slope for each channel, from 0.25 (He et al. 2015, section 2.1)."""

    held = 2.25
    other_names = "parametricrelu"
    activation = "relu-like"
    operations = 2

    def weights(self, inputs: Sequence[Volume]) -> tuple[Weight, ...]:
        """``slope`` (channels)."""
        (volume,) = inputs
        return (Weight("slope", (volume.channels,), ("channel",), "weight", 0.25),)

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """Negative values shrink."""
        (x,) = inputs
        return np.where(x > 0, x, weights["slope"] * x)


class ELU(Pointwise):
    """``x`` above zero, ``alpha * (exp(x) - 1)`` below (Clevert et al. 2016, equation 15)."""

    held = 2.25
    other_names = "celu exponentiallinear"
    main = "alpha"
    activation = "relu-like"
    operations = 4

    alpha: Annotated[float, Field(gt=0)] = 1.0

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """Negative values approach ``-alpha``."""
        (x,) = inputs
        return _elu(x, self.alpha)


class SELU(Pointwise):
    """An ELU scaled so that activations normalize themselves (Klambauer et al. 2017, equation 2)."""

    held = 2.25
    activation = "relu-like"
    operations = 5

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """A scaled ELU."""
        (x,) = inputs
        return SELU_SCALE * _elu(x, SELU_ALPHA)


def _elu(x: Array, alpha: float) -> Array:
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))  # without the minimum the unused branch overflows
