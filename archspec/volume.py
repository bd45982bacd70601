"""Volumes: the shape of what flows between layers, spatial axes and channels."""

from __future__ import annotations

import math
from typing import Final

AXIS_NAMES = {0: (), 1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}
"""Names of the spatial axes, by how many there are."""


class Volume:
    """One sample's shape: ``spatial`` axes (length; height, width; depth, height, width) and ``channels``.

    The batch axis is never part of it. ``str`` gives the form specs use: ``227x227x3``.
    """

    __slots__ = ("channels", "spatial")

    def __init__(self, spatial: tuple[int, ...], channels: int) -> None:
        self.spatial: Final = spatial
        self.channels: Final = channels

    @property
    def size(self) -> int:
        """Elements of one sample."""
        return self.positions * self.channels

    @property
    def positions(self) -> int:
        """Number of positions: the product of the spatial axes."""
        return math.prod(self.spatial)

    @property
    def shape(self) -> tuple[int, ...]:
        """Spatial axes, then channels, as an array has them after its batch axis."""
        return (*self.spatial, self.channels)

    @property
    def axes(self) -> tuple[str, ...]:
        """Names of the spatial axes in order."""
        return AXIS_NAMES[len(self.spatial)]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Volume) and self.spatial == other.spatial and self.channels == other.channels

    def __hash__(self) -> int:
        return hash((self.spatial, self.channels))

    def __repr__(self) -> str:
        return f"Volume(spatial={self.spatial}, channels={self.channels})"

    def __str__(self) -> str:
        return "x".join(map(str, self.shape))


def sizes(values: tuple[int, ...]) -> str:
    """Sizes as text: ``4x4``."""
    return "x".join(map(str, values))
