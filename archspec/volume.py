"""Volumes: the shape of what flows between layers, spatial axes and channels."""

from __future__ import annotations

import math
from dataclasses import dataclass

AXIS_NAMES = {0: (), 1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}
"""Names of the spatial axes, by how many there are."""


@dataclass(frozen=True, slots=True)
class Volume:
    """One sample's shape: ``spatial`` axes (length; height, width; depth, height, width) and ``channels``.

    The batch axis is never part of it. ``str`` gives the form specs use: ``227x227x3``.
    """

    spatial: tuple[int, ...]
    channels: int

    @property
    def size(self) -> int:
        """How many numbers one sample holds."""
        return self.positions * self.channels

    @property
    def positions(self) -> int:
        """How many places there are: the product of the spatial axes."""
        return math.prod(self.spatial)

    @property
    def shape(self) -> tuple[int, ...]:
        """Spatial axes, then channels, as an array has them after its batch axis."""
        return (*self.spatial, self.channels)

    @property
    def axes(self) -> tuple[str, ...]:
        """Names of the spatial axes in order."""
        return AXIS_NAMES[len(self.spatial)]

    def __str__(self) -> str:
        return "x".join(map(str, self.shape))


def sizes(values: tuple[int, ...]) -> str:
    """Sizes as text: ``4x4``."""
    return "x".join(map(str, values))
