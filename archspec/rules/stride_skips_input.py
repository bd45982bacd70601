"""stride-skips-input: a stride that skips part of the input."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.rules._base import CallRule, Group
from archspec.rules._kinds import is_full_convolution
from archspec.rules._neighbors import merge_of_branch
from archspec.rules._wording import shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node
    from archspec.graph.operator_call import OperatorCall


class StrideSkipsInput(CallRule):
    """The stride is larger than the window, so that some positions are in no window.

    For a 1x1 convolution with stride 2 in a residual block, as published, it is only an info.

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
        seen = prod(min(window.extent, window.stride) for window in node.windows)
        total = prod(window.stride for window in node.windows)
        is_projection = is_full_convolution(node.traits) and all(window.extent == 1 for window in node.windows)
        is_published = is_projection and merge_of_branch(node, graph) == "sum"
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
