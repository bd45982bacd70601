"""Neighbors of a layer: what its channels become, and which branches of merges it is on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from archspec.rules._kinds import is_shared_convolution

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.graph.model import Graph, Node


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
        if node.traits.is_linear_map:
            found.add(node.name)
        else:
            waiting.extend(node.inputs)
    return frozenset(found)


def on_branches(graph: Graph, merge: str) -> dict[str, Node]:
    """The layers that lie on one branch alone of such a merge, and the merge: what only it is computed for."""
    found: dict[str, Node] = {}
    for node in graph.nodes:
        if node.traits.merge == merge:
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


def pools_of_results(graph: Graph) -> Iterator[Node]:
    """The global pools over maps that results come from, through layers that only follow each other."""
    for name in graph.outputs:
        node = graph.by_name.get(name)
        while node is not None and len(node.inputs) == 1:
            if node.traits.pool and node.traits.is_global and node.volume is not None and len(node.volume.spatial) > 1:
                yield node
                break
            node = before(node, graph)


SEEING_SHARE, SEEING_LAYERS = 0.5, 8


class Seeing(NamedTuple):
    """Convolutions that come when the whole image is seen, of how many, and what the first one's positions see."""

    layers: list[Node]
    of: int
    sees: tuple[int, ...]


def seeing_all(graph: Graph, share: float = SEEING_SHARE, least: float = SEEING_LAYERS) -> Seeing | None:
    """The convolutions of a plain chain that come when its positions see the whole image, if they are the larger part.

    Not of networks that branch: what goes round a layer sees less than what goes through it (Richter et al. 2021).
    """
    image, previous = next(iter(graph.inputs.values()), None), next(iter(graph.inputs), "")
    if image is None or len(graph.inputs) > 1:
        return None
    found: list[Node] = []
    sees = jumps = first = (1,) * len(image.spatial)
    count = 0
    for node in graph.nodes:
        windows = node.windows
        if node.inputs != (previous,):
            return None
        if windows is None or len(windows) != len(sees) or node.traits.is_global:
            break
        if is_shared_convolution(node.traits) and any(window.kernel > 1 for window in windows):
            count += 1
            if all(seen >= side for seen, side in zip(sees, image.spatial, strict=True)):
                first = first if found else sees
                found.append(node)
        steps = list(zip(sees, jumps, windows, strict=True))
        sees = tuple(seen + (window.extent - 1) * jump for seen, jump, window in steps)
        jumps = tuple(jump * window.stride for _, jump, window in steps)
        previous = node.name
    return Seeing(found, count, first) if count >= least and len(found) > share * count else None
