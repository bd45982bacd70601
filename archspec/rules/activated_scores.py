"""activated-scores: scores cut off at zero before softmax or the loss."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.rules._base import Group, NetworkRule
from archspec.rules._layer_order import activated_scores

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.analysis.report import Report
    from archspec.diagnostics import Diagnostic


class ActivatedScores(NetworkRule):
    """A ReLU is the last layer before softmax or the loss.

    Without `loss` in the spec it is the last layer after a dense one. A single unit, and numbers of units that are
    powers of two from 8, are taken for a quantity or for features, and not reported; that is archspec's own.

    Why: negative scores carry information too. The activation makes them all zero, so that impossible classes cannot
    be distinguished from likely ones, and no gradient flows back through them.

    Source: CS231n, Neural Networks Part 1, "Output layer" (it has no activation function).

    Bad:
        input: 8x8x3
        layers:
          - fc: 10
          - relu
          - softmax

    Good:
        input: 8x8x3
        layers:
          - fc: 10
          - flatten
          - softmax
    """

    name: ClassVar[str] = "activated-scores"
    group: ClassVar[Group] = "design"
    severity: ClassVar[Severity] = Severity.WARNING

    def check(self, report: Report) -> Iterator[Diagnostic]:
        """A finding for each, at the activation."""
        for node, again in activated_scores(report.graph):
            reader = f" before {again.name}" if again else " before the loss" if report.graph.header.loss else ""
            yield self.finding(
                f"{node.name} cuts the scores off at zero{reader}",
                node.place,
                label="scores below zero become equal here",
                labels=again.labels(f"{again.kind} turns them into probabilities") if again else (),
                help=(f"remove {node.name}",),
                layer=node.name,
            )
