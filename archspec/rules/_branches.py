"""The layers that lead to a layer, and where the branches of a merge split."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.graph.model import Graph, Node


class Branches(NamedTuple):
    """Of a merge: the last volume that all branches come from, and the layers of each after it, the first one first.

    ``parting`` is empty when they come from nothing in common.
    """

    parting: str
    own: list[list[Node]]


def way_to(name: str, graph: Graph) -> list[Node]:
    """The layers that lead to a volume along first inputs, the first one first."""
    return [*way_back(name, graph)][::-1]


def way_back(name: str, graph: Graph) -> Iterator[Node]:
    """The layers that lead to a volume along first inputs, the last one first."""
    while name in graph.by_name:
        node = graph.by_name[name]
        yield node
        name = node.inputs[0]


def branches_of(node: Node, graph: Graph) -> Branches:
    """The branches of a merge."""
    common = set.intersection(*(set(_ancestors(name, graph)) for name in node.inputs))
    order = {name: place for place, name in enumerate((*graph.inputs, *graph.by_name))}
    own = [[step for step in way_to(name, graph) if step.name not in common] for name in node.inputs]
    return Branches(max(common, key=lambda name: order[name], default=""), own)


def _ancestors(name: str, graph: Graph) -> dict[str, None]:
    """Everything a volume depends on, itself included, nearest first."""
    found = {name: None}
    for each in found.copy():
        stack = [each]
        while stack:
            node = graph.by_name.get(stack.pop())
            for source in node.inputs if node else ():
                if source not in found:
                    found[source] = None
                    stack.append(source)
    return found
