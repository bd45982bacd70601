"""channel-multiple: a number of filters that does not fill the tiles of the hardware."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.rules._base import Group, NetworkRule
from archspec.rules._costs import LEAST_FILTERS, MULTIPLE, is_off_multiple
from archspec.rules._neighbors import deciding_results, on_branches
from archspec.rules._settings import Threshold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archspec.analysis.report import Report
    from archspec.diagnostics import Diagnostic


class ChannelMultiple(NetworkRule):
    """The number of filters or units is not a multiple of 8.

    Why: the matrix units of GPUs and the vector units of CPUs work on tiles of 8 values, so 100 filters take as long as
    104. The channels of a result are given by the task, gates cost too little to matter, and fewer than 16 cost little.

    Source: NVIDIA, Deep Learning Performance, "Tensor Core Requirements"; Howard et al. 2019 (MobileNetV3's rounding);
    Radosavovic et al. 2020, section 3.1 (widths that are multiples of 8). The thresholds are archspec's own.

    Bad:
        input: 32x32x3
        layers:
          - conv: {filters: 100, kernel: 3, padding: 1}
          - relu
          - fc: 10

    Good:
        input: 32x32x3
        layers:
          - conv: {filters: 104, kernel: 3, padding: 1}
          - relu
          - fc: 10
    """

    name: ClassVar[str] = "channel-multiple"
    group: ClassVar[Group] = "cost"
    severity: ClassVar[Severity] = Severity.INFO
    thresholds: ClassVar[Mapping[str, Threshold]] = {
        "channel-multiple": Threshold(MULTIPLE, "number of which filters and units should be a multiple"),
        "least-filters": Threshold(LEAST_FILTERS, "filters or units from which `channel-multiple` counts"),
    }

    def check(self, report: Report) -> Iterator[Diagnostic]:
        """A finding for each layer that is neither a result nor in a gate."""
        graph = report.graph
        multiple, least = max(1, int(self.threshold("channel-multiple"))), self.threshold("least-filters")
        choosing = (node for node in graph.nodes if node.traits.channels_argument)
        odd = [node for node in choosing if is_off_multiple(node.call, multiple, least)]
        exempt = {*deciding_results(graph), *on_branches(graph, "product")} if odd else set[str]()
        for node in odd:
            if node.name in exempt or node.output is None:
                continue
            count = node.output.channels
            below = count // multiple * multiple
            yield self.finding(
                f"{node.name}'s {count:,} output channels are not a multiple of {multiple}: "
                f"{below:,} or {below + multiple:,} would be",
                node.argument(node.traits.channels_argument or ""),
                label=f"{count:,} channels cost as much as {below + multiple:,}",
                layer=node.name,
            )
