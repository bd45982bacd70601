"""The layers that an item of a file is expanded to: an edit of the item changes them all."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.graph.changes import Changes
    from archspec.graph.model import Graph, Node
    from archspec.spec.items import Item

_MOST = 64
"""Layers of one item that are all tried."""


def at_all_layers(changes: Changes, graph: Graph) -> Changes | None:
    """The changes at all layers of the items that they write; None when two of one item contradict each other.

    A layer that is inserted is no edit of an item: in a block its sizes are those of the block's own parameters.
    """
    written = dict(changes)
    for name, change in changes.items():
        if change.inserted:
            continue
        for other in _layers_of(graph.by_name[name], graph):
            if written.setdefault(other, change) != change:
                return None
    return written


def _layers_of(node: Node, graph: Graph) -> Sequence[str]:
    """The layers that come out of a layer's item; none of very many, which would take too long for each finding."""
    names = _names_by_origin(graph)[node.origin] if node.origin is not None else ()
    return names if len(names) <= _MOST else ()


@lru_cache(maxsize=1)
def _names_by_origin(graph: Graph) -> dict[Item, list[str]]:
    found: dict[Item, list[str]] = {}
    for node in graph.nodes:
        if node.origin is not None:
            found.setdefault(node.origin, []).append(node.name)
    return found
