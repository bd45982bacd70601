"""From maps to sequences, and what transformers do to them (Dosovitskiy et al. 2021, "ViT", section 3.1)."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from archspec.ops._base import Limit, Operator, Weight
from archspec.ops._footprint import Footprint
from archspec.ops._numpy import np
from archspec.ops._rearranging import Rearranging
from archspec.ops._sliding import Zeros  # noqa: TC001 - pydantic reads the annotations
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archspec.ops._numpy import Array


class Tokens(Rearranging):
    """All positions as one sequence, in the order of memory: row by row."""

    ranks: ClassVar[range] = range(1, 4)
    in_place = True

    def output(self, volume: Volume) -> Volume:
        """As long as there are positions."""
        return Volume((volume.positions,), volume.channels)

    def footprint(self, volume: Volume) -> tuple[Footprint, ...] | None:
        """Token ``t`` of an H x W map is row ``t // W`` and column ``t % W``: an entry for each axis that arrives."""
        return tuple(_digit(size, math.prod(volume.spatial[axis + 1 :])) for axis, size in enumerate(volume.spatial))

    def forward(self, x: Array, weights: Mapping[str, Array]) -> Array:  # noqa: ARG002 - it keeps none
        """The same numbers in another shape."""
        return x.reshape(len(x), *self.output(Volume(x.shape[1:-1], x.shape[-1])).shape)


def _digit(size: int, each: int) -> Footprint:
    """``(t // each) % size``."""
    step = Fraction(1, each)
    return Footprint(step, step - 1, 0, cycle=size * each)


class ClassToken(Rearranging):
    """A learned position before the first, on which a classifier may look."""

    ranks: ClassVar[range] = range(1, 2)

    def output(self, volume: Volume) -> Volume:
        """One position more."""
        (length,) = volume.spatial
        return Volume((length + 1,), volume.channels)

    def footprint(self, volume: Volume) -> tuple[Footprint, ...] | None:  # noqa: ARG002 - the same on any volume
        """The position before; the first output sees none of the input."""
        return (Footprint(near=-1, far=-1),)

    def weights(self, volume: Volume) -> tuple[Weight, ...]:
        """``token`` (channels), zero at first."""
        return (Weight("token", (volume.channels,), "weight", "zeros"),)

    def unshared_params(self, volume: Volume, output: Volume) -> int:  # noqa: ARG002 - nothing is shared here
        """Its own parameters: none is shared."""
        return volume.channels

    def forward(self, x: Array, weights: Mapping[str, Array]) -> Array:
        """The token, then the input."""
        token = np.broadcast_to(weights["token"], (len(x), 1, x.shape[-1]))
        return np.concatenate([token, x], axis=1)


class PositionEmbedding(Operator):
    """A learned number added at every position of every channel, by which positions can be told apart."""

    ranks: ClassVar[range] = range(1, 4)
    elementwise = True

    def weights(self, volume: Volume) -> tuple[Weight, ...]:
        """``position``, of the shape of the input."""
        fan = volume.channels
        return (Weight("position", volume.shape, "bias", fan_in=fan, fan_out=fan),)

    def flops(self, volume: Volume, output: Volume) -> int:  # noqa: ARG002 - it goes by the output
        """A sum a number."""
        return output.size

    def unshared_params(self, volume: Volume, output: Volume) -> int:  # noqa: ARG002 - nothing is shared here
        """Its own parameters: none is shared."""
        return volume.size

    def forward(self, x: Array, weights: Mapping[str, Array]) -> Array:
        """``x + position``."""
        return x + weights["position"]


class Select(Rearranging):
    """One position of a sequence, counted from 0, such as the class token."""

    main = "index"
    ranks: ClassVar[range] = range(1, 2)

    index: Zeros

    def output(self, volume: Volume) -> Volume | None:
        """One position; None when there are not so many."""
        return None if self.index >= volume.positions else Volume((1,), volume.channels)

    def limits(self, volume: Volume) -> tuple[Limit, ...]:
        """The position must be there."""
        return (Limit("index", "index", self.index, volume.positions - 1),)

    def footprint(self, volume: Volume) -> tuple[Footprint, ...] | None:  # noqa: ARG002 - the same on any volume
        """The one position."""
        return (Footprint(near=self.index, far=self.index),)

    def forward(self, x: Array, weights: Mapping[str, Array]) -> Array:  # noqa: ARG002 - it keeps none
        """A part of the sequence; a copy, for a view would keep all of the input in memory."""
        part: Array = x[:, self.index : self.index + 1]
        return part.copy()
