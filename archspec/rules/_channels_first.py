"""Whether a volume looks like channels x height x width: the habit of PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.spec.volumes import channels_last
from archspec.volume import sizes

if TYPE_CHECKING:
    from archspec.graph.model import Graph


def channels_first_hint(graph: Graph) -> tuple[str, ...]:
    """Help for a graph whose input seems to have its channels first; empty when it doesn't."""
    for volume in graph.inputs.values():
        meant = channels_last(volume.shape) if volume else None
        if meant:
            order = "channels x height x width; archspec writes height x width x channels"
            return (f"{volume} looks like {order}: {sizes(meant)}",)
    return ()
