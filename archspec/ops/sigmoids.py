"""Squashing activations: they rise from one bound to another and are flat far from zero."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.ops._numpy import np
from archspec.ops._pointwise import Pointwise

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archspec.ops._numpy import Array


class Sigmoid(Pointwise):
    """``1 / (1 + exp(-x))``."""

    activation = "saturating"
    operations = 4

    def forward(self, x: Array, weights: Mapping[str, Array]) -> Array:  # noqa: ARG002 - it keeps none
        """From 0 to 1."""
        return sigmoid(x)


class Tanh(Pointwise):
    """The hyperbolic tangent."""

    activation = "saturating"
    operations = 1

    def forward(self, x: Array, weights: Mapping[str, Array]) -> Array:  # noqa: ARG002 - it keeps none
        """From -1 to 1."""
        return np.tanh(x)


class HardSigmoid(Pointwise):
    """``min(max(x + 3, 0), 6) / 6`` (Howard et al. 2019, MobileNetV3, section 5.2); Theano's has a slope of 0.2."""

    activation = "saturating"
    operations = 4

    def forward(self, x: Array, weights: Mapping[str, Array]) -> Array:  # noqa: ARG002 - it keeps none
        """From 0 to 1 in three straight pieces."""
        return hard_sigmoid(x)


def sigmoid(x: Array) -> Array:
    """``1 / (1 + exp(-x))`` by way of its logarithm, so that no exponential overflows."""
    return np.exp(-np.logaddexp(0, -x))


def hard_sigmoid(x: Array) -> Array:
    """``min(max(x + 3, 0), 6) / 6``."""
    shifted: Array = x + 3
    return np.minimum(np.maximum(shifted, 0), 6) / 6
