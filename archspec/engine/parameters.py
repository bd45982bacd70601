"""The arrays a network keeps, by name: ``conv1.weight``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archspec.graph.model import Graph, Node
    from archspec.ops._base import Weight


def full_name(node: Node, weight: Weight) -> str:
    """Name of a layer's array in the whole network: the layer's path, a dot, the array's own name.

    A layer that shares another's weights has that one's.
    """
    return f"{node.tied or node.name}.{weight.name}"


def stored_weights(graph: Graph) -> dict[str, Weight]:
    """Every array of a graph by its full name, in the order of the layers."""
    return {full_name(node, weight): weight for node in graph.nodes for weight in node.weights}
