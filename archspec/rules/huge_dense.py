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
    from archspec.graph.operator_call import OperatorCall


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
            if not node.traits.is_dense or not self._is_huge(node.call, total) or not node.counts or node.tied:
                continue
            volume, weights = node.volume, node.counts.weights
            share = f", {weights / total:.0%} of all parameters" if total else ""
            yield self.finding(
                f"{node.name} holds {weights:,} weights{share}",
                node.place,
                label=f"{volume} elements for each of {node.output.channels if node.output else 0:,} units",
                help=(*self._pooled(node, report), "fewer units, or a narrow layer between two, cost less"),
                layer=node.name,
            )

    def _is_huge(self, call: OperatorCall, total: int | None) -> bool:
        if is_large_dense(call, self.threshold("largest-dense")):
            return True
        share = self.threshold("dense-share") * total if total else float("inf")
        return is_large_dense(call, max(self.threshold("large-dense"), share))

    def _pooled(self, node: Node, report: Report) -> Iterator[str]:
        """What a pool before the layer saves, when it is then no longer huge."""
        others = (report.totals.params or 0) - (node.counts.params if node.counts else 0)

        def is_huge(call: OperatorCall) -> bool:
            return call.counts is None or self._is_huge(call, others + call.counts.params)

        if node.traits.is_global and node.volume is not None and node.volume.positions > 1:
            from archspec.rules.repair.replacements import pooled_before  # noqa: PLC0415 - for a finding only

            for offer in self.offers(node, report.graph, is_huge, [pooled_before(node)]):
                (weight, *_) = offer.call.weights
                factors = " x ".join(f"{size:,}" for size in weight.shape)
                yield f"{offer.text} leaves {factors} = {weight.size:,} weights"
