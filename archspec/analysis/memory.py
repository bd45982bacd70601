"""Memory of a forward pass and of training, and the peak memory of inference.

Conventions in docs/counting.md. All sizes here are elements of one sample; the report converts them to bytes.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archspec.graph.model import Graph

OPTIMIZER_SLOTS = {"sgd": 0, "momentum": 1, "adam": 2}
"""Elements that an optimizer stores for each parameter, besides the parameter and its gradient."""


def merged_outputs(graph: Graph) -> tuple[bool, ...]:
    """For each node, whether its output takes its input's place, as the activations in CS231n's memory table do.

    It may when nothing else reads its input: not an input, not a result, one consumer.
    """
    kept = {*graph.inputs, *graph.outputs}
    reads = _reads(graph)
    return tuple(
        node.operator is not None
        and node.operator.in_place
        and len(node.inputs) == 1
        and node.inputs[0] not in kept
        and reads[node.inputs[0]] == 1
        for node in graph.nodes
    )


def overwritten(graph: Graph) -> tuple[str | None, ...]:
    """For each node, the input whose memory its output can take at inference; None when it needs its own.

    Views, activations, norms by kept statistics and merges write element by element over the first input as large as
    the output, if nothing reads that afterwards: not an input of the network, not a result.
    """
    kept = {*graph.inputs, *graph.outputs}
    reads = _reads(graph)
    found = []
    for node in graph.nodes:
        can = node.operator is not None and (node.operator.in_place or node.operator.elementwise)
        dying = (name for name in node.inputs if name not in kept and reads[name] == 1) if can else ()
        found.append(next((name for name in dying if graph.by_name[name].call.size == node.call.size), None))
        reads.subtract(dict.fromkeys(node.inputs, 1))
    return tuple(found)


def peak(graph: Graph) -> int:
    """The largest sum of volumes alive at once when the nodes run in order, in elements of one sample.

    A volume lives from the step that makes it to the last step that reads it; inputs live from the
    start and results to the end. What can be written over an input (:func:`overwritten`) is. Needs a graph that is
    known throughout. The engine's arena is as large.
    """
    reads = _reads(graph)
    reads.update(graph.outputs)  # the caller reads the network's results after the end
    alive = {name: volume.size if volume else 0 for name, volume in graph.inputs.items()}
    most = total = sum(alive.values())
    unread = [name for name in graph.inputs if not reads[name]]
    for node, place in zip(graph.nodes, overwritten(graph), strict=True):
        alive[node.name] = alive.pop(place) if place else node.call.size
        total += 0 if place else node.call.size
        most = max(most, total)
        reads.subtract(dict.fromkeys(node.inputs, 1))
        for name in (*unread, *node.inputs, node.name):
            if name in alive and not reads[name]:
                total -= alive.pop(name)
    return most


def _reads(graph: Graph) -> Counter[str]:
    """How many nodes read each volume, by the volume's name."""
    return Counter(name for node in graph.nodes for name in dict.fromkeys(node.inputs))
