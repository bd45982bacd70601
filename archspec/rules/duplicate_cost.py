"""duplicate-cost: one layer that costs as much as many others."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.rules._base import Group, NetworkRule
from archspec.rules._costs import (
    DENSE_SHARE,
    DOMINANT_MACS,
    DOMINANT_PARAMS,
    DOMINANT_SHARE,
    LARGE_DENSE,
    LARGEST_DENSE,
    LAYERS_TO_SHARE,
    dominant_layers,
    is_large_dense,
)
from archspec.rules._neighbors import deciding_results
from archspec.rules._settings import Threshold
from archspec.rules._wording import join

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archspec.analysis.report import Report
    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Node
    from archspec.rules._costs import Part


class DuplicateCost(NetworkRule):
    """One layer has a large part of all parameters, or of all multiply-accumulates.

    Why: where one of many layers costs a third of the network, it is the first place to save, and often a mistake: a
    stride comes one layer too late, or a dense layer reads a large map.

    Source: CS231n, Convolutional Networks, "VGGNet in detail" (where the parameters and the memory are). The
    thresholds are archspec's own.

    Bad:
        input: 16x16x64
        layers:
          - {conv: {filters: 64, kernel: 9, padding: 4}, name: stem}
          - relu
          - {repeat: 8, layers: [{conv: {filters: 64, kernel: 3, padding: 1}}, relu]}
          - global_avg_pool

    Good:
        input: 16x16x64
        layers:
          - {conv: {filters: 64, kernel: 3, padding: 1}, name: stem}
          - relu
          - {repeat: 8, layers: [{conv: {filters: 64, kernel: 3, padding: 1}}, relu]}
          - global_avg_pool
    """

    name: ClassVar[str] = "duplicate-cost"
    group: ClassVar[Group] = "cost"
    severity: ClassVar[Severity] = Severity.INFO
    thresholds: ClassVar[Mapping[str, Threshold]] = {
        "layer-share": Threshold(DOMINANT_SHARE, "share of all parameters or MACs that one layer should not exceed"),
        "layers-to-share": Threshold(LAYERS_TO_SHARE, "layers with weights from which `layer-share` counts"),
        "dominant-params": Threshold(DOMINANT_PARAMS, "parameters of a layer from which its share counts"),
        "dominant-macs": Threshold(DOMINANT_MACS, "MACs of a layer from which its share counts"),
    }

    def check(self, report: Report) -> Iterator[Diagnostic]:
        """A finding for each layer but those that compute the scores, whose size the classes decide."""
        graph = report.graph
        for node, parts in dominant_layers(graph, *map(self.threshold, self.thresholds)):
            reported = [part for part in parts if not _is_huge_dense(node, part)]
            if reported and node.name not in deciding_results(graph):
                shares = [f"{part.own / part.total:.0%} of all {part.figure}" for part in reported]
                yield self.finding(
                    f"{node.name} has {join(shares)}",
                    node.place,
                    label=f"{node.name} gets {node.volume}, gives {node.output}",
                    notes=tuple(f"{part.own:,} of {part.total:,} {part.figure}" for part in reported),
                    layer=node.name,
                )


def _is_huge_dense(node: Node, part: Part) -> bool:
    """Whether huge-dense reports it."""
    if part.figure != "parameters" or not node.traits.is_dense:
        return False
    return is_large_dense(node.call, min(LARGEST_DENSE, max(LARGE_DENSE, DENSE_SHARE * part.total)))
