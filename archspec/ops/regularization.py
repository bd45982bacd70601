"""Operators that only act in training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from archspec.ops._base import Operator

if TYPE_CHECKING:
    from archspec.ops._numpy import Array, Arrays, Generator, Weights


class Dropout(Operator):
    """In training each number is dropped with probability ``rate`` and the others are scaled by ``1 / (1 - rate)``.

    So nothing is left to do at inference (Srivastava et al. 2014, section 10, the scaled-up variant).
    """

    drops = "elements"
    keeps_linear = True
    main = "rate"
    in_place = True

    rate: Annotated[float, Field(ge=0, lt=1)] = 0.5

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """Inference mode: the input."""
        (x,) = inputs
        return x


class DropPath(Operator):
    """In training a sample's whole branch is dropped with probability ``rate``, or else scaled by ``1 / (1 - rate)``.

    So nothing is left to do at inference (Huang et al. 2016, "stochastic depth", in the scaled-up variant).
    """

    drops = "samples"
    keeps_linear = True
    main = "rate"
    in_place = True

    rate: Annotated[float, Field(ge=0, lt=1)]

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """Inference mode: the input."""
        (x,) = inputs
        return x
