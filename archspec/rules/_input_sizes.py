"""Input sizes with which a layer that fails has an output: the nearest ones, found by trying."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.graph.build import build
from archspec.volume import Volume

if TYPE_CHECKING:
    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph

_FARTHEST = 64
"""How far from the present size is looked."""
_LARGEST = 5_000
"""Layers of a network that is still built again and again."""


def inputs_that_work(graph: Graph, name: str) -> tuple[tuple[int, ...], ...]:
    """The nearest smaller and larger input sizes, all axes changed alike, for which node ``name`` has an output."""
    if len(graph.nodes) > _LARGEST or any(volume is None for volume in graph.inputs.values()):
        return ()
    found = []
    for sign in (-1, 1):
        tried = (step * sign for step in range(1, _FARTHEST + 1))
        change = next((step for step in tried if _works(graph, name, step)), None)
        if change is not None:
            first = next(volume for volume in graph.inputs.values() if volume)
            found.append(tuple(size + change for size in first.spatial))
    return tuple(found)


def _works(graph: Graph, name: str, change: int) -> bool:
    inputs = {}
    for key, volume in graph.inputs.items():
        if volume is None or min(volume.spatial, default=1) + change < 1:
            return False
        inputs[key] = Volume(tuple(size + change for size in volume.spatial), volume.channels)
    tried = build(graph.spec.model_copy(update={"input": inputs}), _ignore)
    return name in tried.by_name and tried.by_name[name].output is not None


def _ignore(_: Diagnostic) -> None:
    """What else is wrong with a size that is only tried is nobody's concern."""
