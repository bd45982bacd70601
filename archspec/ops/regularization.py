"""Operators that only act in training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from archspec.ops._base import Operator
from archspec.ops._numpy import np

if TYPE_CHECKING:
    from archspec.ops._numpy import Array, Arrays, Generator, Weights


class _Dropping(Operator):
    """Base of these: with probability ``rate`` they set to zero, and scale by ``1 / (1 - rate)`` what they keep.

    Its expected value is then the input, and nothing is left to do at inference.
    """

    held = 0
    keeps_linear = True
    main = "rate"
    in_place = True

    rate: Annotated[float, Field(ge=0, lt=1)]

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """At inference the input; in training what ``rng`` keeps of it, scaled."""
        (x,) = inputs
        if not training or not self.rate:
            return x
        if rng is None:
            raise ValueError(f"{self.name} is random in training: pass rng=numpy.random.default_rng(seed)")
        shape = x.shape if self.drops == "elements" else (len(x), *(1,) * (x.ndim - 1))
        y: Array = np.where(rng.random(shape) >= self.rate, x / (1 - self.rate), 0)
        return y


class Dropout(_Dropping):
    """In training each element is dropped with probability ``rate`` and the others are scaled by ``1 / (1 - rate)``.

    So nothing is left to do at inference (Srivastava et al. 2014, section 10, the scaled-up variant).
    """

    other_names = "dropout2d spatialdropout featuredropout alphadropout featurealphadropout"
    torch_arguments = "rate"
    drops = "elements"

    rate: Annotated[float, Field(ge=0, lt=1)] = 0.5


class DropPath(_Dropping):
    """In training a sample's whole branch is dropped with probability ``rate``, or else scaled by ``1 / (1 - rate)``.

    So nothing is left to do at inference (Huang et al. 2016, "stochastic depth", in the scaled-up variant).
    """

    other_names = "droppath stochasticdepth"
    torch_arguments = "rate"
    drops = "samples"
