"""What lies around a layer: what its channels become, and which branches of merges it stands on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archspec.graph.model import Graph, Node

WEIGHTED = frozenset(("conv", "depthwise_conv", "conv_transpose", "local_conv", "fc", "linear"))
"""Operators that multiply what arrives by weights they learn, and add."""
MERGES = frozenset(("add", "concat", "multiply"))


def before(node: Node, graph: Graph) -> Node | None:
    """The layer that a layer (first) reads; None when that is an input."""
    return graph.by_name.get(node.inputs[0])


def is_only_reader(node: Node, graph: Graph) -> bool:
    """Whether nothing but this layer reads what it reads, and that is no result either."""
    source = node.inputs[0]
    return len(graph.consumers[source]) == 1 and source not in graph.outputs


def deciding_results(graph: Graph) -> frozenset[str]:
    """Names of the layers whose weights give the channels of a result: the scores, or the picture."""
    found, seen, waiting = set(), set[str](), list(graph.outputs)
    while waiting:
        node = graph.by_name.get(waiting.pop())
        if node is None or node.name in seen:
            continue
        seen.add(node.name)
        if node.kind in WEIGHTED:
            found.add(node.name)
        else:
            waiting.extend(node.inputs)
    return frozenset(found)


def on_branches(graph: Graph, merges: Iterable[str]) -> dict[str, Node]:
    """The layers that lie on one branch alone of such a merge, and the merge: what only it is computed for."""
    found: dict[str, Node] = {}
    for node in graph.nodes:
        if node.kind in merges:
            for source in node.inputs:
                for each in _own_chain(source, graph):
                    found[each.name] = node
    return found


def _own_chain(name: str, graph: Graph) -> Iterator[Node]:
    """Backwards from a volume, the layers in a row that nothing else reads."""
    while name in graph.by_name and len(graph.consumers[name]) == 1 and name not in graph.outputs:
        node = graph.by_name[name]
        yield node
        if len(node.inputs) > 1:
            return
        name = node.inputs[0]
