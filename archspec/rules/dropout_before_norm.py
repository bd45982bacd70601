"""dropout-before-norm: a batch norm after dropout."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.rules._base import Group, NetworkRule
from archspec.rules._layer_order import drops_before_norms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.analysis.report import Report
    from archspec.diagnostics import Diagnostic


class DropoutBeforeNorm(NetworkRule):
    """Batch norm follows dropout with no convolution or dense layer in between.

    Why: dropout changes the variance of its output in training but not at inference, where batch norm uses the variance
    that it saw in training. The outputs are then scaled wrongly.

    Source: Li et al. 2018, "Understanding the Disharmony between Dropout and Batch Normalization by Variance Shift".

    Bad:
        input: 8x8x16
        layers:
          - conv: {filters: 32, kernel: 3, bias: false}
          - relu
          - dropout: 0.5
          - batch_norm

    Good:
        input: 8x8x16
        layers:
          - conv: {filters: 32, kernel: 3, bias: false}
          - relu
          - batch_norm
          - dropout: 0.5
    """

    name: ClassVar[str] = "dropout-before-norm"
    group: ClassVar[Group] = "design"
    severity: ClassVar[Severity] = Severity.WARNING

    def check(self, report: Report) -> Iterator[Diagnostic]:
        """A finding for each such norm."""
        for node, earlier in drops_before_norms(report.graph):
            yield self.finding(
                f"{node.name} learns variances that {earlier.name} changes in training only",
                node.place,
                label=f"{node.name} uses the variance that it sees in training",
                labels=earlier.labels(f"{earlier.name} drops and scales before it"),
                help=(f"move {earlier.name} after {node.name}, or leave one of them out",),
                layer=node.name,
            )
