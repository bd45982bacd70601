"""stride-skips-input: a stride that skips part of the input."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.rules._base import Group, NodeRule
from archspec.rules._branches import branches_of
from archspec.rules._kinds import is_full_convolution, is_mean_pool
from archspec.rules._neighbors import merge_of_branch
from archspec.rules._wording import shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node
    from archspec.graph.operator_call import OperatorCall


class StrideSkipsInput(NodeRule):
    """The stride is larger than the window, so that some positions are in no window.

    For a 1x1 convolution with stride 2 in a residual block, as published, it is only an info. Nothing is reported where
    what it skips is used nevertheless: by another branch of the same sum, or because its input is itself a result.

    Why: the values at these positions are computed for nothing: three of four for a 1x1 window with stride 2.

    Source: He et al. 2019, "Bag of Tricks for Image Classification", section 4.2 (ResNet-D averages before it).

    Bad:
        input: 33x33x16
        layers:
          - avg_pool: {kernel: 1, stride: 2}

    Good:
        input: 33x33x16
        layers:
          - avg_pool: {kernel: 3, stride: 2}
    """

    name: ClassVar[str] = "stride-skips-input"
    group: ClassVar[Group] = "design"
    severity: ClassVar[Severity] = Severity.WARNING

    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:
        """One finding."""
        if not _skips_positions(node.call) or node.windows is None or node.output is None:
            return
        is_projection = is_full_convolution(node.traits) and all(window.extent == 1 for window in node.windows)
        is_published = is_projection and merge_of_branch(node, graph) == "sum"
        is_used = node.inputs[0] in graph.outputs or (not is_published and _is_seen_beside(node, graph))
        if is_used and not is_mean_pool(node.traits):  # a mean of one value was meant to be one of several
            return
        seen = prod(min(window.extent, window.stride) for window in node.windows)
        total = prod(window.stride for window in node.windows)
        yield self.finding(
            f"{shape(node.windows)} skips {total - seen} of {total} positions",
            node.argument("stride"),
            severity=Severity.INFO if is_published else self.severity,
            label=f"{node.name} turns {node.volume} into {node.output}",
            help=("an average pool before it (ResNet-D) uses them all",)
            if is_published
            else ("a window as large as the stride, or a smaller stride, sees them all",),
            layer=node.name,
        )


def _skips_positions(call: OperatorCall) -> bool:
    """Whether there are positions between two windows that are in neither."""
    return any(window.stride > window.extent and window.size > window.extent for window in call.windows or ())


def _is_seen_beside(node: Node, graph: Graph) -> bool:
    """Whether a branch that it is added to sees what it skips."""
    branches = (branch for merge in _sums_of(node, graph) for branch in _beside(node, merge, graph))
    return any(any(map(_reads_every_position, branch)) for branch in branches)


def _sums_of(node: Node, graph: Graph) -> Iterator[Node]:
    """The sums that a layer reaches through layers that keep its positions, and what they are parts of."""
    seen, waiting = {node.name}, [node]
    while waiting:
        for reader in graph.consumers[waiting.pop().name]:
            if reader.traits.merge == "sum":
                yield reader
            elif reader.name not in seen and not reader.traits.is_linear_map and not reader.traits.pool:
                seen.add(reader.name)
                waiting.append(reader)


def _beside(node: Node, merge: Node, graph: Graph) -> list[list[Node]]:
    """The other branches of a merge than that of a layer; none if it comes before they part."""
    own = branches_of(merge, graph).own
    others = [branch for branch in own if node not in branch]
    return others if len(others) < len(own) else []


def _reads_every_position(node: Node) -> bool:
    """Whether a layer moves its window by steps, and leaves nothing out."""
    windows = node.windows or ()
    return any(window.stride > 1 for window in windows) and not _skips_positions(node.call)
