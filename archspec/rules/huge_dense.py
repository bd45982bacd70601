"""huge-dense: a dense layer with most of the network's parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.rules._base import Group, NetworkRule
from archspec.rules._costs import DENSE_SHARE, LARGE_DENSE, LARGEST_DENSE, is_large_dense
from archspec.rules._settings import Threshold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archspec.analysis.report import Report
    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Node


class HugeDense(NetworkRule):
    """One dense layer has most of the network's parameters, or more weights than most machines can handle well.

    Why: a dense layer on a map has a weight for every element of the map and every unit. Early networks had nearly all
    of their parameters there; a global average pool before it costs nothing and removes most of them.

    Source: CS231n, Convolutional Networks, "VGGNet in detail" (103 of VGG-16's 138 million parameters are in its
    first dense layer); Lin et al. 2014, section 3.2 (global average pooling). The thresholds are archspec's own.

    Bad:
        input: 14x14x512
        layers:
          - relu
          - fc: 4096

    Good:
        input: 14x14x512
        layers:
          - global_avg_pool
          - fc: 4096
    """

    name: ClassVar[str] = "huge-dense"
    group: ClassVar[Group] = "cost"
    severity: ClassVar[Severity] = Severity.WARNING
    thresholds: ClassVar[Mapping[str, Threshold]] = {
        "largest-dense": Threshold(LARGEST_DENSE, "weights that no dense layer should exceed"),
        "large-dense": Threshold(LARGE_DENSE, "weights of a dense layer from which its share of the network counts"),
        "dense-share": Threshold(DENSE_SHARE, "share of all parameters that a large dense layer should not exceed"),
    }

    def check(self, report: Report) -> Iterator[Diagnostic]:
        """A finding for each such layer."""
        total = report.totals.params
        for node in report.graph.nodes:
            if not node.traits.is_dense or not self._is_huge(node, total) or not node.counts or node.tied:
                continue
            volume, weights = node.volume, node.counts.weights
            share = f", {weights / total:.0%} of all parameters" if total else ""
            yield self.finding(
                f"{node.name} holds {weights:,} weights{share}",
                node.place,
                label=f"{volume} elements for each of {node.output.channels if node.output else 0:,} units",
                help=tuple(_help(node)),
                layer=node.name,
            )

    def _is_huge(self, node: Node, total: int | None) -> bool:
        if is_large_dense(node.call, self.threshold("largest-dense")):
            return True
        share = self.threshold("dense-share") * total if total else float("inf")
        return is_large_dense(node.call, max(self.threshold("large-dense"), share))


def _help(node: Node) -> Iterator[str]:
    """What pooling or fewer units would save."""
    volume, output = node.volume, node.output
    if volume is None or output is None:
        return
    if node.traits.is_global and volume.positions > 1:
        left = volume.channels * output.channels
        yield f"a `global_avg_pool` before it leaves {volume.channels:,} x {output.channels:,} = {left:,} weights"
    yield "fewer units, or a narrow layer between two, cost less"
