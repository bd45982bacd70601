"""The arrays a network keeps, by name: ``conv1.weight``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.engine.axis_orders import ExpectedArray

if TYPE_CHECKING:
    from archspec.graph.model import Graph, Node
    from archspec.ops._base import Weight
    from archspec.volume import Volume


def full_name(node: Node, weight: Weight) -> str:
    """Name of a layer's array in the whole network: the layer's path, a dot, the array's own name.

    A layer that shares another's weights has that one's.
    """
    return f"{node.tied or node.name}.{weight.name}"


def stored_weights(graph: Graph) -> dict[str, Weight]:
    """Every array of a graph by its full name, in the order of the layers."""
    return {full_name(node, weight): weight for node in graph.nodes for weight in node.weights}


def expected_arrays(graph: Graph, dtype: str) -> dict[str, ExpectedArray]:
    """What a file of weights must have, by full name."""
    return {
        full_name(node, weight): ExpectedArray(weight, dtype, _flattened_map(node, weight, graph))
        for node in graph.nodes
        for weight in node.weights
    }


def _flattened_map(node: Node, weight: Weight, graph: Graph) -> Volume | None:
    """The map that a dense layer's weights see flattened; None for a vector, and for other layers."""
    if not (node.traits.is_dense and node.traits.is_global and weight.axes == ("in", "out")):
        return None
    volume, before = node.volume, node
    while volume is not None and volume.positions == 1 and len(before.inputs) == 1:
        step = graph.by_name.get(before.inputs[0])
        if step is None or not (step.traits.is_view or step.traits.elementwise):
            break
        volume, before = step.volume, step
    return volume if volume is not None and volume.positions > 1 else None
