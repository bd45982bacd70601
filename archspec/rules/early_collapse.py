"""early-collapse: a window on a map of one or two positions."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.rules._base import Group, NetworkRule
from archspec.rules._kinds import is_shared_convolution
from archspec.rules._neighbors import deciding_results
from archspec.rules._windows import PLANE
from archspec.rules._wording import shape
from archspec.volume import sizes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.analysis.report import Report
    from archspec.diagnostics import Diagnostic
    from archspec.graph.operator_call import OperatorCall

_LEAST_POSITIONS = 64
"""Positions of the smallest input that is worth downsampling."""


class EarlyCollapse(NetworkRule):
    """A convolution with a larger window reads a map that has shrunk to a single position.

    Maps of 2x2 are an info.

    Why: all but the center of the window is padding: a 3x3 convolution on 1x1 computes a 1x1 convolution with nine
    times the weights. The network downsamples more often than the input allows.

    Source: CS231n, Convolutional Networks, "Layer Sizing Patterns"; Richter et al. 2021, "Should You Go Deeper?". That
    2x2 is reported is archspec's own.

    Bad:
        input: 8x8x16
        layers:
          - {repeat: 3, layers: [max_pool: 2]}
          - conv: {filters: 32, kernel: 3, padding: 1}
          - relu
          - fc: 10

    Good:
        input: 32x32x16
        layers:
          - {repeat: 3, layers: [max_pool: 2]}
          - conv: {filters: 32, kernel: 3, padding: 1}
          - relu
          - fc: 10
    """

    name: ClassVar[str] = "early-collapse"
    group: ClassVar[Group] = "design"
    severity: ClassVar[Severity] = Severity.WARNING

    def check(self, report: Report) -> Iterator[Diagnostic]:
        """One finding, at the first such layer that is not itself the result."""
        graph = report.graph
        image = max((volume.positions for volume in graph.inputs.values() if volume), default=1)
        if not any(map(_sees_little, graph.calls)):
            return
        results = deciding_results(graph)
        small = [
            node
            for node in graph.nodes
            if is_shared_convolution(node.traits) and node.is_checkable and _sees_little(node.call)
        ]
        single = [node for node in small if node.volume and node.volume.positions == 1]
        for node in (single or small)[:1]:
            if node.windows is None or node.volume is None or node.name in results or image < _LEAST_POSITIONS:
                continue
            yield self.finding(
                f"{shape(node.windows)} slides over {sizes(node.volume.spatial)}: most of it sees padding",
                node.place,
                severity=self.severity if node in single else Severity.INFO,
                label=f"{node.name} gets {node.volume}",
                help=("halve less often, or give a larger input",),
                layer=node.name,
            )


def _sees_little(call: OperatorCall) -> bool:
    """Whether a padded window is wider than the map that it slides over."""
    windows = call.windows or ()
    return bool(windows) and all(window.size <= PLANE and window.kernel > window.size for window in windows)
