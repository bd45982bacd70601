"""budget: a ceiling that is exceeded."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.rules._base import Group, NetworkRule
from archspec.rules._figures import largest, stated_figures, unit_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.analysis.report import Report
    from archspec.diagnostics import Diagnostic


class Budget(NetworkRule):
    """A ceiling that the spec states under ``budget`` is exceeded.

    Why: a device has so much memory and so much time; the design should fail before the training does.

    Source: docs/language.md, "Facts and ceilings".

    Bad:
        input: 32x32x3
        layers:
          - fc: 10
        budget: {params: 30k}

    Good:
        input: 32x32x3
        layers:
          - fc: 10
        budget: {params: 31k}
    """

    name: ClassVar[str] = "budget"
    group: ClassVar[Group] = "budget"

    def check(self, report: Report) -> Iterator[Diagnostic]:
        """A finding for each ceiling."""
        budget = report.graph.spec.budget
        if budget is None or not report.graph.is_known:
            return
        for figure in stated_figures(budget, report.totals, report.graph.spec.stated("budget")):
            if figure.got > figure.stated:
                over = figure.got - figure.stated
                yield self.finding(
                    f"the network has {unit_text(figure.name, figure.got)}, above the budget of "
                    f"{unit_text(figure.name, figure.stated, bare=True)}: {over:,} too many",
                    figure.span,
                    notes=largest(report, figure),
                )
