"""Operators that choose or reorder channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import field_validator

from archspec.ops._base import Count, Division, Limit, Operator
from archspec.ops._sliding import Zeros
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import ValidationInfo

    from archspec.ops._numpy import Array, Arrays, Generator, Weights


class Slice(Operator):
    """The channels from ``start`` to before ``stop``, counted from 0; to the last when no ``stop`` is given."""

    other_names = "split chunk narrow subset"
    start: Zeros = 0
    stop: Count | None = None

    @field_validator("stop")
    @classmethod
    def _is_beyond_the_start(cls, value: int | None, info: ValidationInfo) -> int | None:
        start = info.data.get("start", 0)
        if value is not None and value <= start:
            raise ValueError(f"it is not above `start`, {start}: no channels are left")
        return value

    def infer(self, inputs: Sequence[Volume]) -> Volume | None:
        """The channels between; None when there are not so many."""
        (volume,) = inputs
        if any(limit.number > limit.most for limit in self.limits(inputs)):
            return None
        return Volume(volume.spatial, (self.stop or volume.channels) - self.start)

    def limits(self, inputs: Sequence[Volume]) -> tuple[Limit, ...]:
        """The channels must be there."""
        (volume,) = inputs
        if self.stop is None:
            return (Limit("start", "first channel", self.start, volume.channels - 1),)
        return (Limit("stop", "end of the channels", self.stop, volume.channels),)

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """A part of the last axis; a copy, for a view would keep all of the input in memory."""
        (x,) = inputs
        part: Array = x[..., self.start : self.stop]
        return part.copy()


class ChannelShuffle(Operator):
    """The first channels of all groups, then the second of all, and so on (Zhang et al. 2018, section 3.1)."""

    other_names = "channelshuffle shuffle shufflechannel"
    keeps_linear = True
    main = "groups"

    groups: Count

    def infer(self, inputs: Sequence[Volume]) -> Volume | None:
        """As many as the input has; None when the groups do not divide them."""
        (volume,) = inputs
        return None if volume.channels % self.groups else volume

    def divisions(self, inputs: Sequence[Volume]) -> tuple[Division, ...]:
        """The groups divide the channels."""
        (volume,) = inputs
        return (Division("groups", self.groups, "input channels", volume.channels),)

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """A table with a row for each group, read column by column."""
        (x,) = inputs
        table = x.reshape(*x.shape[:-1], self.groups, x.shape[-1] // self.groups)
        return table.swapaxes(-1, -2).reshape(x.shape)
