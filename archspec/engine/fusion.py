"""Fusion: which layers one step computes together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.analysis.memory import overwritten
from archspec.engine.fused_group import FusedGroup

if TYPE_CHECKING:
    from archspec.graph.model import Graph, Node


def fused_groups(graph: Graph, *, fuse: bool) -> tuple[FusedGroup, ...]:
    """The groups of a faultless graph, in an order in which they can run; one for each layer unless ``fuse``."""
    overwrites = dict(zip((node.name for node in graph.nodes), overwritten(graph), strict=True))
    groups: list[FusedGroup] = []
    group_of: dict[str, int] = {}
    for node in graph.nodes:
        index = _host(graph, node, group_of, groups) if fuse else None
        if index is None:
            index = len(groups)
            groups.append(FusedGroup(node, overwrites=overwrites[node.name]))
        else:
            groups[index] = _with_layer(groups[index], node)
        group_of[node.name] = index
    return tuple(groups)


def _host(graph: Graph, node: Node, group_of: dict[str, int], groups: list[FusedGroup]) -> int | None:
    """The index of the group that can include a layer; None if there is none.

    That is the group of the input computed last, if no other layer reads that input and it has the output's shape. Only
    elementwise operators can be applied to another layer's output as soon as it is computed.
    """
    computed = [name for name in node.inputs if name in group_of]
    if node.operator is None or not node.operator.elementwise or not computed:
        return None
    last = max(computed, key=lambda name: group_of[name])
    is_only_reader = graph.consumers[last] == (node,) and last not in graph.outputs and node.inputs.count(last) == 1
    group = groups[group_of[last]]
    fits = is_only_reader and group.name == last and not group.is_view and node.output == graph.volume(last)
    return group_of[last] if fits else None


def _with_layer(group: FusedGroup, node: Node) -> FusedGroup:
    """The group with one more layer at its end."""
    others = tuple(name for name in node.inputs if name != group.name)
    side_inputs = (*group.side_inputs, (node.name, others)) if others else group.side_inputs
    return group._replace(rest=(*group.rest, node), side_inputs=side_inputs)
