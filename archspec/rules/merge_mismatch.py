"""merge-mismatch: branches that don't fit together."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Label
from archspec.rules._base import AppliedRule
from archspec.rules._wording import formula, join, number
from archspec.volume import sizes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node
    from archspec.volume import Volume

_WANTS = {
    "add": "add wants equal volumes",
    "concat": "concat wants equal spatial axes",
    "multiply": "multiply wants equal volumes, or gates of 1x1 positions",
}


class MergeMismatch(AppliedRule):
    """The volumes that a merge joins do not fit together.

    Why: somewhere between the layer where the branches part and this one, a stride, a kernel or a number of filters
    differs from what the other branch does; a pool that rounds an odd size down is the usual culprit.

    Source: He et al. 2016, section 3.2 (the dimensions of x and F must be equal in eq. 1).

    Bad:
        input: 8x8x16
        layers:
          - add: [[{conv: {filters: 32, kernel: 3, padding: same}}], []]

    Good:
        input: 8x8x16
        layers:
          - add: [[{conv: {filters: 16, kernel: 3, padding: same}}], []]
    """

    name: ClassVar[str] = "merge-mismatch"

    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:
        """One finding for a merge of known volumes that gives none."""
        volumes = [volume for volume in node.received if volume is not None]
        if node.kind not in _WANTS or node.output is not None or len(volumes) != len(node.received):
            return
        chains = [_chain(name, graph) for name in node.inputs]
        parting = _parting(node, graph)
        own = [[step for step in chain if step.name not in parting[1]] for chain in chains]
        is_rounding = not any(_factor(volume, min(volumes, key=_positions)) > 1 for volume in volumes)
        listed = [f"{volume} from {name}" for volume, name in zip(volumes, node.inputs, strict=True)]
        notes = (f"the branches part after {parting[0]}",) if parting[0] else ()
        yield self.finding(
            f"{_WANTS[node.kind]}, got {join(listed)}",
            node.place,
            label=f"{node.name} can't join them",
            labels=tuple(_floored(own)) if is_rounding else (),
            notes=notes,
            help=tuple(_help(node, volumes, own, graph)),
            layer=node.name,
        )


def _chain(name: str, graph: Graph) -> list[Node]:
    """The nodes that lead to a volume along first inputs, the last one first."""
    chain: list[Node] = []
    while name in graph.by_name:
        chain.append(graph.by_name[name])
        name = chain[-1].inputs[0]
    return chain


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


def _parting(node: Node, graph: Graph) -> tuple[str, set[str]]:
    """The last volume that all branches come from, and everything up to it."""
    common = set.intersection(*(set(_ancestors(name, graph)) for name in node.inputs))
    order = [*graph.inputs, *(each.name for each in graph.nodes)]
    last = max((name for name in common), key=order.index, default="")
    return last, common


def _floored(branches: list[list[Node]]) -> Iterator[Label]:
    """Layers on the branches whose size was rounded down."""
    for branch in branches:
        for step in branch:
            for window in step.windows or ():
                if not window.is_whole and window.fit != "pad":
                    text = f"{step.name} rounds {formula(window)} = {number(window.quotient)} down to {window.floor}"
                    yield Label(step.place, text)
                    break


def _help(node: Node, volumes: list[Volume], branches: list[list[Node]], graph: Graph) -> Iterator[str]:
    """Arguments that would mend it, then input sizes that work."""
    if len({volume.spatial for volume in volumes}) > 1:
        told = list(_spatial_help(volumes, branches))
        yield from told
        if told:
            return
        from archspec.rules._input_sizes import inputs_that_work  # noqa: PLC0415 - builds the graph again, for a fault only

        works = inputs_that_work(graph, node.name)
        if works:
            yield f"input {join([sizes(each) for each in works], 'or')} works"
    elif node.kind != "concat":
        yield from _channel_help(node, volumes, branches)


def _positions(volume: Volume) -> int:
    return volume.positions


def _factor(volume: Volume, small: Volume) -> int:
    """The whole number by which every axis is larger than another volume's; 0 when there is none."""
    pairs = list(zip(volume.spatial, small.spatial, strict=False))
    factors = {a // b for a, b in pairs}
    return factors.pop() if len(factors) == 1 and all(a % b == 0 for a, b in pairs) else 0


def _spatial_help(volumes: list[Volume], branches: list[list[Node]]) -> Iterator[str]:
    """``stride`` for a branch that is larger by a whole factor."""
    small = min(volumes, key=_positions)
    for volume, branch in zip(volumes, branches, strict=True):
        factor = _factor(volume, small)
        if factor > 1:
            strided = next((step for step in branch if hasattr(step.operator, "stride")), None)
            if strided is None:
                yield f"a convolution with `stride: {factor}` on the branch of {volume} would make the sizes equal"
            else:
                yield f"`stride: {factor}` at {strided.name} (line {strided.place.line}) would make the sizes equal"


def _channel_help(node: Node, volumes: list[Volume], branches: list[list[Node]]) -> Iterator[str]:
    """``filters`` for a branch whose channels differ."""
    wanted = volumes[0].channels if not branches[0] else volumes[-1].channels
    for volume, branch in zip(volumes, branches, strict=True):
        if volume.channels == wanted:
            continue
        conv = next((step for step in branch if hasattr(step.operator, "filters")), None)
        if conv is not None:
            yield f"`filters: {wanted}` at {conv.name} (line {conv.place.line}) would make {node.kind} fit"
            return
    most = max(volume.channels for volume in volumes)
    yield f"a 1x1 convolution of {most} filters on the other branch would make {node.kind} fit"
