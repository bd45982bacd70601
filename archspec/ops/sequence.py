"""From maps to sequences, and what transformers do to them (Dosovitskiy et al. 2021, "ViT", section 3.1)."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from archspec.ops._base import Limit, Operator, Weight, volume_of
from archspec.ops._dependence import Dependence, InputDependence
from archspec.ops._numpy import np
from archspec.ops._rearranging import Rearranging
from archspec.ops._sliding import Zeros  # noqa: TC001 - pydantic reads the annotations
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.ops._numpy import Array, Arrays, Generator, Weights


class Tokens(Rearranging):
    """All positions as one sequence, in the order of memory: row by row."""

    held = 0
    ranks: ClassVar[range] = range(1, 4)
    in_place = True

    def infer(self, inputs: Sequence[Volume]) -> Volume:
        """As long as there are positions."""
        (volume,) = inputs
        return Volume((volume.positions,), volume.channels)

    def dependence(self, inputs: Sequence[Volume]) -> tuple[Dependence, ...]:
        """Token ``t`` of an H x W map is row ``t // W`` and column ``t % W``: an entry for each axis of the input."""
        (volume,) = inputs
        return (tuple(_digit(size, math.prod(volume.spatial[axis + 1 :])) for axis, size in enumerate(volume.spatial)),)

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """The same elements in another shape."""
        (x,) = inputs
        return x.reshape(len(x), *self.infer([volume_of(x)]).shape)


def _digit(size: int, each: int) -> InputDependence:
    """``(t // each) % size``."""
    step = Fraction(1, each)
    return InputDependence(step, step - 1, 0, cycle=size * each)


class ClassToken(Rearranging):
    """A learned position before the first, which a classifier may read."""

    other_names = "clstoken addclasstoken"
    ranks: ClassVar[range] = range(1, 2)

    def infer(self, inputs: Sequence[Volume]) -> Volume:
        """One position more."""
        (volume,) = inputs
        (length,) = volume.spatial
        return Volume((length + 1,), volume.channels)

    def dependence(self, inputs: Sequence[Volume]) -> tuple[Dependence, ...]:
        """The position before; the first output sees none of the input."""
        return ((InputDependence(near=-1, far=-1),),)

    def weights(self, inputs: Sequence[Volume]) -> tuple[Weight, ...]:
        """``token`` (channels), zero at first."""
        (volume,) = inputs
        return (Weight("token", (volume.channels,), ("channel",), "weight", "zeros"),)

    def unshared_params(self, inputs: Sequence[Volume], output: Volume) -> int:
        """Its own parameters: none is shared."""
        (volume,) = inputs
        return volume.channels

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """The token, then the input."""
        (x,) = inputs
        token = np.broadcast_to(weights["token"], (len(x), 1, x.shape[-1]))
        return np.concatenate([token, x], axis=1)


class PositionEmbedding(Operator):
    """A learned value added at every position of every channel, which makes positions distinguishable."""

    other_names = "positionalembedding positionembed posembed learnedposition"
    ranks: ClassVar[range] = range(1, 4)
    elementwise = True

    def weights(self, inputs: Sequence[Volume]) -> tuple[Weight, ...]:
        """``position``, of the shape of the input."""
        (volume,) = inputs
        fan = volume.channels
        return (Weight("position", volume.shape, (*volume.axes, "channel"), "bias", fan_in=fan, fan_out=fan),)

    def flops(self, inputs: Sequence[Volume], output: Volume) -> int:
        """One addition for each element."""
        return output.size

    def unshared_params(self, inputs: Sequence[Volume], output: Volume) -> int:
        """Its own parameters: none is shared."""
        (volume,) = inputs
        return volume.size

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """``x + position``."""
        (x,) = inputs
        return x + weights["position"]


class Select(Rearranging):
    """One position of a sequence, counted from 0, such as the class token."""

    main = "index"
    ranks: ClassVar[range] = range(1, 2)

    index: Zeros

    def infer(self, inputs: Sequence[Volume]) -> Volume | None:
        """One position; None when there are not so many."""
        (volume,) = inputs
        return None if self.index >= volume.positions else Volume((1,), volume.channels)

    def limits(self, inputs: Sequence[Volume]) -> tuple[Limit, ...]:
        """The position must be there."""
        (volume,) = inputs
        return (Limit("index", "index", self.index, volume.positions - 1),)

    def dependence(self, inputs: Sequence[Volume]) -> tuple[Dependence, ...]:
        """The one position."""
        return ((InputDependence(near=self.index, far=self.index),),)

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """A part of the sequence; a copy, for a view would keep all of the input in memory."""
        (x,) = inputs
        part: Array = x[:, self.index : self.index + 1]
        return part.copy()
