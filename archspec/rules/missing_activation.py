"""missing-activation: two linear layers in a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.rules._base import Group, NetworkRule
from archspec.rules._layer_order import missing_activations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.analysis.report import Report
    from archspec.diagnostics import Diagnostic


class MissingActivation(NetworkRule):
    """Two convolutions or dense layers follow each other with no non-linearity in between.

    Norms, dropout, averages, upsampling and concatenation do not count. Depthwise and pointwise halves, bottlenecks,
    factorised pairs, branches and up-convolutions are intended to be linear, and not reported.

    Why: two linear maps in a row are one linear map: the second layer adds parameters and time, but nothing that the
    first could not have done alone.

    Source: CS231n, Neural Networks Part 1, "Commonly used activation functions" (without the non-linearity the two
    matrices collapse to one).

    Bad:
        input: 32x32x3
        layers:
          - conv: {filters: 16, kernel: 3}
          - dropout
          - conv: {filters: 16, kernel: 3}

    Good:
        input: 32x32x3
        layers:
          - conv: {filters: 16, kernel: 3}
          - relu
          - conv: {filters: 16, kernel: 3}
    """

    name: ClassVar[str] = "missing-activation"
    group: ClassVar[Group] = "design"
    severity: ClassVar[Severity] = Severity.WARNING

    def check(self, report: Report) -> Iterator[Diagnostic]:
        """A finding for each pair, at the second layer."""
        for node, earlier in missing_activations(report.graph):
            yield self.finding(
                f"no activation between {earlier.name} and {node.name}: together they are one linear layer",
                node.place,
                label=f"{node.name} is linear in the output of {earlier.name}",
                labels=earlier.labels(f"{earlier.name} is here"),
                help=(f"put an activation such as `- relu` between {earlier.name} and {node.name}",),
                layer=node.name,
            )
