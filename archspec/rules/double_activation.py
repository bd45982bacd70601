"""double-activation: an activation applied to the output of another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.rules._base import Group, NetworkRule
from archspec.rules._layer_order import double_activations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.analysis.report import Report
    from archspec.diagnostics import Diagnostic


class DoubleActivation(NetworkRule):
    """Two activations follow each other, with nothing but pools, dropout, flatten or a norm in between.

    Why: the second one mostly does nothing (ReLU twice), or uses half of its range (a sigmoid of values that are never
    negative). A layer between them was forgotten, or one of them is left over.

    Source: CS231n, Convolutional Networks, "Layer Patterns" (one ReLU after each convolution); He et al. 2016,
    "Identity Mappings in Deep Residual Networks" (a norm and an activation at the start of a block are fine).

    Bad:
        input: 32x32x3
        layers:
          - conv: {filters: 16, kernel: 3}
          - relu
          - tanh

    Good:
        input: 32x32x3
        layers:
          - conv: {filters: 16, kernel: 3}
          - relu
          - dropout
    """

    name: ClassVar[str] = "double-activation"
    group: ClassVar[Group] = "design"
    severity: ClassVar[Severity] = Severity.WARNING

    def check(self, report: Report) -> Iterator[Diagnostic]:
        """A finding for each, at the later one."""
        for node, earlier in double_activations(report.graph):
            yield self.finding(
                f"{node.name} follows {earlier.name}: two activations in a row",
                node.place,
                label=f"no layer with weights is between {earlier.name} and this",
                labels=earlier.labels(f"{earlier.name} is here"),
                help=(f"remove {earlier.name} or {node.name}",),
                layer=node.name,
            )
