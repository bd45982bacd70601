"""The shapes of a network with a candidate's changes, inferred once for all layers of an item that change together."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from archspec.analysis.infer import infer, volume_reads

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archspec.analysis.infer import InferredShapes
    from archspec.graph.changes import Changes
    from archspec.graph.model import Graph, Node
    from archspec.rules._trial_work import TrialWork
    from archspec.volume import Volume

_REBUILT = 8
"""How much more it takes to build a layer from its file again than to infer its shape."""


def tried_shapes(
    graph: Graph, node: Node, changes: Changes, inputs: Mapping[str, Volume | None], work: TrialWork | None
) -> InferredShapes | None:
    """The shapes up to a layer; with ``work`` those of all layers after it too, None when none of it is left."""
    shapes = inferred_shapes(graph, changes, inputs, until=node)
    if work is None or all(shapes.volume(name) == graph.volume(name) for name in (*changes, *inputs)):
        return shapes
    cost = len(graph.nodes) * (_REBUILT if volume_reads(graph) else 1)
    if work.left < cost:
        return None
    work.left -= cost
    return inferred_shapes(graph, changes, inputs)


def inferred_shapes(
    graph: Graph, changes: Changes, inputs: Mapping[str, Volume | None], until: Node | None = None
) -> InferredShapes:
    """The shapes with changes, up to a layer or of the whole network."""
    if inputs or len(changes) == 1 or (until is not None and until.name not in changes):
        return infer(graph, inputs=inputs or None, changes=changes, until=until)
    known, key = _cached_shapes(graph), (until is None, repr(sorted(changes.items())))
    if key not in known:
        known[key] = infer(graph, changes=changes, until=until)
    return known[key]


@lru_cache(maxsize=1)
def _cached_shapes(graph: Graph) -> dict[tuple[bool, str], InferredShapes]:  # noqa: ARG001 - the key of the cache
    return {}
