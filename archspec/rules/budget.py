"""budget: a limit that is exceeded."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.rules._base import Group, NetworkRule
from archspec.rules._figures import Figure, largest, stated_figures, unit_text
from archspec.rules._settings import Threshold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archspec.analysis.report import Report
    from archspec.diagnostics import Diagnostic


class Budget(NetworkRule):
    """The network exceeds a limit that the spec states under ``budget``, or that the configuration sets for all specs.

    Why: memory and time of a device are limited, and a design that exceeds them should fail before training. For the
    same figure, the limit in the spec takes precedence over the one in the configuration.

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
    thresholds: ClassVar[Mapping[str, Threshold]] = {
        "param-memory": Threshold(0, "bytes that the parameters of a network may take; 0 sets no limit"),
        "peak-memory": Threshold(0, "bytes that inference may hold at once, for a batch; 0 sets no limit"),
    }

    def check(self, report: Report) -> Iterator[Diagnostic]:
        """A finding for each limit."""
        if not report.graph.is_known:
            return
        budget = report.graph.header.budget
        stated = list(stated_figures(budget, report.totals, report.graph.claims("budget"))) if budget else []
        for figure in (*stated, *self._configured_limits(report, {figure.name for figure in stated})):
            if figure.got > figure.stated:
                over = figure.got - figure.stated
                yield self.finding(
                    f"the network has {unit_text(figure.name, figure.got)}, above the budget of "
                    f"{unit_text(figure.name, figure.stated, bare=True)}: {over:,} too many",
                    figure.span,
                    notes=largest(report, figure),
                )

    def _configured_limits(self, report: Report, stated: set[str]) -> Iterator[Figure]:
        """The figures that the configuration limits; they are reported at the network's name."""
        place = report.graph.place("name")
        for name, total in (("param_memory", "param_bytes"), ("peak_memory", "peak_bytes")):
            most = int(self.threshold(name.replace("_", "-")))
            got = getattr(report.totals, total) if most and name not in stated else None
            if got is not None:
                yield Figure(name, most, got, place)
