"""Operators that choose or reorder channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.model import field_validator
from archspec.ops._base import Count, Division, Limit, Operator
from archspec.ops._sliding import Zeros
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import ValidationInfo

    from archspec.ops._numpy import Array


class Slice(Operator):
    """The channels from ``start`` to before ``stop``, counted from 0; to the last when no ``stop`` is given."""

    start: Zeros = 0
    stop: Count | None = None

    @field_validator("stop")
    @classmethod
    def _is_beyond_the_start(cls, value: int | None, info: ValidationInfo) -> int | None:
        start = info.data.get("start", 0)
        if value is not None and value <= start:
            raise ValueError(f"it is not above `start`, {start}: no channel is left")
        return value

    def output(self, volume: Volume) -> Volume | None:
        """The channels between; None when there are not so many."""
        if any(limit.number > limit.most for limit in self.limits(volume)):
            return None
        return Volume(volume.spatial, (self.stop or volume.channels) - self.start)

    def limits(self, volume: Volume) -> tuple[Limit, ...]:
        """The channels must be there."""
        if self.stop is None:
            return (Limit("start", "first channel", self.start, volume.channels - 1),)
        return (Limit("stop", "end of the channels", self.stop, volume.channels),)

    def forward(self, x: Array, weights: Mapping[str, Array]) -> Array:  # noqa: ARG002 - it keeps none
        """A part of the last axis; a copy, for a view would keep all of the input in memory."""
        part: Array = x[..., self.start : self.stop]
        return part.copy()


class ChannelShuffle(Operator):
    """The first channels of all groups, then the second of all, and so on (Zhang et al. 2018, section 3.1)."""

    main = "groups"

    groups: Count

    def output(self, volume: Volume) -> Volume | None:
        """As many as arrive; None when the groups do not divide them."""
        return None if volume.channels % self.groups else volume

    def divisions(self, volume: Volume) -> tuple[Division, ...]:
        """The groups divide the channels."""
        return (Division("groups", self.groups, "input channels", volume.channels),)

    def forward(self, x: Array, weights: Mapping[str, Array]) -> Array:  # noqa: ARG002 - it keeps none
        """A table with a row for each group, read column by column."""
        table = x.reshape(*x.shape[:-1], self.groups, x.shape[-1] // self.groups)
        return table.swapaxes(-1, -2).reshape(x.shape)
