"""Memory: what a forward pass keeps, what training keeps, and the most that inference holds at once.

Conventions in docs/counting.md. All sizes here are numbers of one sample; the report turns them into bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archspec.graph.model import Graph, Node

OPTIMIZER_SLOTS = {"sgd": 0, "momentum": 1, "adam": 2}
"""Numbers an optimizer keeps for each parameter, besides the parameter and its gradient."""


def is_merged(graph: Graph, node: Node) -> bool:
    """Whether a layer's output takes its input's place, as the activations in CS231n's memory table do.

    It may when nothing else reads the volume that arrives: not an input, not a result, one consumer.
    """
    (source, *others) = node.inputs
    return (
        node.operator is not None
        and node.operator.in_place
        and not others
        and source in graph.by_name
        and source not in graph.outputs
        and len(graph.consumers[source]) == 1
    )


def peak(graph: Graph) -> int:
    """The largest sum of volumes alive at once when the nodes run in order, in numbers of one sample.

    A volume lives from the step that makes it to the last step that reads it; inputs live from the
    start and results to the end. Needs a graph that is known throughout.
    """
    homes = {name: name for name in graph.inputs}
    sizes = {name: volume.size if volume else 0 for name, volume in graph.inputs.items()}
    last_read = dict.fromkeys(graph.inputs, 0)
    for step, node in enumerate(graph.nodes):
        if is_merged(graph, node):
            homes[node.name] = homes[node.inputs[0]]
        else:
            homes[node.name] = node.name
            sizes[node.name] = node.output.size if node.output else 0
        for name in (*node.inputs, node.name):
            last_read[homes[name]] = step
    last_read |= {homes[name]: len(graph.nodes) for name in graph.outputs}
    return _most_alive(graph, homes, sizes, last_read)


def _most_alive(graph: Graph, homes: dict[str, str], sizes: dict[str, int], last_read: dict[str, int]) -> int:
    ending: dict[int, list[str]] = {}
    for name, step in last_read.items():
        ending.setdefault(step, []).append(name)
    alive = most = sum(sizes[name] for name in graph.inputs)
    for step, node in enumerate(graph.nodes):
        if homes[node.name] == node.name:
            alive += sizes[node.name]
        most = max(most, alive)
        alive -= sum(sizes[name] for name in ending.get(step, ()))
    return most
