"""Whether a volume looks like channels x height x width: the habit of PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.volume import Volume

if TYPE_CHECKING:
    from archspec.graph.model import Graph

_CHANNELS = (1, 3, 4)
"""Channels of images: gray, colour, colour with transparency."""


def channels_first_hint(graph: Graph) -> tuple[str, ...]:
    """Help for a graph whose input seems to have its channels first; empty when it doesn't."""
    for volume in graph.inputs.values():
        if volume and len(volume.spatial) == 2 and volume.spatial[0] in _CHANNELS and volume.channels not in _CHANNELS:
            height, width, channels = volume.shape
            meant = Volume((width, channels), height)
            return (
                f"{volume} looks like channels x height x width; archspec writes height x width x channels: {meant}",
            )
    return ()
