"""Neighbors of a layer: what its channels become, and which branches of merges it is on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from archspec.rules._kinds import is_shared_convolution

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.graph.model import Graph, Node
    from archspec.ops._window import Window


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


def merge_of_branch(node: Node, graph: Graph) -> str | None:
    """How the merge joins its branches on one of which alone a layer lies; None when it is on none."""
    while len(graph.consumers[node.name]) == 1 and node.name not in graph.outputs:
        (node,) = graph.consumers[node.name]
        if len(node.inputs) > 1:
            return node.traits.merge
    return None


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


class ChainLayer(NamedTuple):
    """A layer of a chain, its windows, and how many positions of the image its input's positions see, per axis."""

    node: Node
    windows: tuple[Window, ...]
    sees: tuple[int, ...]


def seeing_all(graph: Graph, share: float = SEEING_SHARE, least: float = SEEING_LAYERS) -> Seeing | None:
    """The convolutions of a plain chain whose input sees the whole image, if they are the larger part.

    Not of networks that branch: what goes round a layer sees less than what goes through it (Richter et al. 2021).
    """
    image = next(iter(graph.inputs.values()), None)
    chain = _chain(graph, len(image.spatial)) if image is not None and len(graph.inputs) == 1 else None
    if image is None or chain is None:
        return None
    convolutions = [
        each
        for each in _with_fields(chain)
        if is_shared_convolution(each.node.traits) and any(window.kernel > 1 for window in each.windows)
    ]
    late = [
        each for each in convolutions if all(seen >= side for seen, side in zip(each.sees, image.spatial, strict=True))
    ]
    if len(convolutions) < least or len(late) <= share * len(convolutions):
        return None
    return Seeing([each.node for each in late], len(convolutions), late[0].sees)


def _chain(graph: Graph, axes: int) -> list[tuple[Node, tuple[Window, ...]]] | None:
    """The layers whose windows slide over the axes of the image, up to the first one that does not, or sees everything.

    None when one of these does not read the one before it alone.
    """
    found: list[tuple[Node, tuple[Window, ...]]] = []
    previous = next(iter(graph.inputs))
    for node in graph.nodes:
        if node.inputs != (previous,):
            return None
        if node.windows is None or len(node.windows) != axes or node.traits.is_global:
            break
        found.append((node, node.windows))
        previous = node.name
    return found


def _with_fields(chain: list[tuple[Node, tuple[Window, ...]]]) -> Iterator[ChainLayer]:
    """Each layer with the receptive field of its input.

    A window of extent k over positions that see r and are j apart sees ``r + (k - 1) j``; with stride s its outputs are
    ``s j`` apart (the recurrence of :mod:`archspec.analysis.receptive_field`).
    """
    sees = jumps = (1,) * (len(chain[0][1]) if chain else 0)
    for node, windows in chain:
        yield ChainLayer(node, windows, sees)
        steps = list(zip(sees, jumps, windows, strict=True))
        sees = tuple(seen + (window.extent - 1) * jump for seen, jump, window in steps)
        jumps = tuple(jump * window.stride for _, jump, window in steps)
