"""Squashing activations: they rise from one bound to another and are flat far from zero."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.ops._numpy import np
from archspec.ops._pointwise import Pointwise

if TYPE_CHECKING:
    from archspec.ops._numpy import Array, Arrays, Generator, Weights


class Sigmoid(Pointwise):
    """``1 / (1 + exp(-x))``."""

    held = 2
    other_names = "logistic"
    gives_probabilities = True
    activation = "saturating"
    operations = 4

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """From 0 to 1."""
        (x,) = inputs
        return sigmoid(x)


class Tanh(Pointwise):
    """The hyperbolic tangent."""

    activation = "saturating"
    operations = 1

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """From -1 to 1."""
        (x,) = inputs
        return np.tanh(x)


class HardSigmoid(Pointwise):
    """``min(max(x + 3, 0), 6) / 6`` (Howard et al. 2019, MobileNetV3, section 5.2); Theano's has a slope of 0.2."""

    held = 3
    other_names = "hardsigmoid hsigmoid"
    activation = "saturating"
    operations = 4

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """From 0 to 1 in three straight pieces."""
        (x,) = inputs
        return hard_sigmoid(x)


def sigmoid(x: Array) -> Array:
    """``1 / (1 + exp(-x))`` by way of its logarithm, so that no exponential overflows."""
    return np.exp(-np.logaddexp(0, -x))


def hard_sigmoid(x: Array) -> Array:
    """``min(max(x + 3, 0), 6) / 6``."""
    shifted: Array = x + 3
    return np.minimum(np.maximum(shifted, 0), 6) / 6
