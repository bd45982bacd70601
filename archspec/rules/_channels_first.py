"""Whether a volume looks like channels x height x width: the habit of PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.graph.build import build
from archspec.spec.volumes import channels_last
from archspec.volume import Volume, sizes

if TYPE_CHECKING:
    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph


def channels_first_hint(graph: Graph) -> tuple[str, ...]:
    """Help for a graph whose input seems to have its channels first; empty when it doesn't."""
    for volume in graph.inputs.values():
        meant = channels_last(volume.shape) if volume else None
        if meant:
            order = "channels x height x width; archspec writes height x width x channels"
            return (f"{volume} looks like {order}: {sizes(meant)}",)
    return ()


def with_channels_last(graph: Graph) -> Graph | None:
    """The network with the axes of its one input exchanged, if they look as if they were to be."""
    if len(graph.inputs) != 1 or graph.origin is None:
        return None
    ((name, volume),) = graph.inputs.items()
    meant = channels_last(volume.shape) if volume else None
    if meant is None:
        return None
    inputs = {name: Volume(meant[:-1], meant[-1])}
    return build(graph.origin.model_copy(update={"input": inputs}), _ignore)


def _ignore(_: Diagnostic) -> None:
    """What is wrong with a network that is only tried is nobody's concern."""
