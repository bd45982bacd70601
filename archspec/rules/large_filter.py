"""large-filter: a wide filter after the first layer."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.rules._base import Group, NetworkRule
from archspec.rules._kinds import is_full_convolution
from archspec.rules._neighbors import deciding_results
from archspec.rules._windows import PLANE, covers
from archspec.volume import sizes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.analysis.report import Report
    from archspec.diagnostics import Diagnostic
    from archspec.graph.operator_call import OperatorCall
_LARGEST_FILTER = 5
"""The largest filter that CS231n calls usual."""


class LargeFilter(NetworkRule):
    """A convolution after the first one has filters larger than 5x5 and stride 1.

    Why: three 3x3 convolutions have the receptive field of one 7x7, 27 C^2 weights instead of 49 C^2, and three
    non-linearities instead of one. Depthwise filters and those of the first and the last layer are not reported.

    Source: CS231n, Convolutional Networks, "Layer Patterns" (prefer a stack of small filters).

    Bad:
        input: 32x32x3
        layers:
          - conv: {filters: 16, kernel: 3, padding: 1}
          - relu
          - conv: {filters: 16, kernel: 7, padding: 3}
          - relu
          - fc: 10

    Good:
        input: 32x32x3
        layers:
          - conv: {filters: 16, kernel: 3, padding: 1}
          - relu
          - conv: {filters: 16, kernel: 5, padding: 2}
          - relu
          - fc: 10
    """

    name: ClassVar[str] = "large-filter"
    group: ClassVar[Group] = "design"
    severity: ClassVar[Severity] = Severity.INFO

    def check(self, report: Report) -> Iterator[Diagnostic]:
        """A finding for each."""
        graph = report.graph
        large = {call for call in graph.calls if _is_large_filter(call)}
        numbers = [number for number, node in enumerate(graph.nodes) if node.call in large] if large else []
        if not numbers:
            return
        results, filtered = deciding_results(graph), set[str]()
        for node in graph.nodes[: numbers[-1] + 1]:
            is_later = not filtered.isdisjoint(node.inputs)
            if is_full_convolution(node.traits) and is_later and node.name not in results and node.call in large:
                kernel = tuple(window.kernel for window in node.windows or ())
                steps = max(size // 2 for size in kernel)
                yield self.finding(
                    f"filters of {sizes(kernel)} hold {prod(kernel)} weights for each pair of channels, "
                    f"{steps} of {sizes((3,) * len(kernel))} {steps * 3 ** len(kernel)}",
                    node.argument("kernel"),
                    label=f"{node.name} sees as much as {steps} smaller layers in a row",
                    layer=node.name,
                )
            if is_later or node.traits.is_convolution:
                filtered.add(node.name)


def _is_large_filter(call: OperatorCall) -> bool:
    """Whether a filter is wide along two axes, moves by one and sees all channels."""
    windows = call.windows or ()
    wide = [window for window in windows if window.kernel > _LARGEST_FILTER and window.stride == window.dilation == 1]
    grouped = getattr(call.operator, "groups", 1) > 1 or getattr(call.operator, "fixed", None) is not None
    return len(wide) >= PLANE and not grouped and not covers(windows)
