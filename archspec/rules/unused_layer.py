"""unused-layer: a layer whose output is never used."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.rules._base import Group, NetworkRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.analysis.report import Report
    from archspec.diagnostics import Diagnostic


class UnusedLayer(NetworkRule):
    """No layer reads a layer's output, and it is not a result of the network.

    Why: it is computed for nothing; usually a ``from`` names the wrong layer, or ``outputs`` does not list it.

    Source: docs/language.md, "Layers" (what a layer goes on from).

    Bad:
        input: 8x8x3
        layers:
          - {conv: {filters: 8, kernel: 3}, name: left}
          - {from: input, relu: }

    Good:
        input: 8x8x3
        layers:
          - {conv: {filters: 8, kernel: 3}, name: left}
          - {from: left, relu: }
    """

    name: ClassVar[str] = "unused-layer"
    group: ClassVar[Group] = "design"
    severity: ClassVar[Severity] = Severity.WARNING

    def check(self, report: Report) -> Iterator[Diagnostic]:
        """A finding for each end that is not a result, and for each input that nothing reads."""
        graph = report.graph
        for name, consumers in graph.consumers.items():
            if consumers or name in graph.outputs:
                continue
            node = graph.by_name.get(name)
            place = node.place if node else graph.place("input")
            what = f"nothing reads {name}" if node else f"no layer reads the input `{name}`"
            help_ = (
                "go on `from` it, list it under `outputs`, or remove it" if node else "begin a branch with `from` it"
            )
            yield self.finding(
                f"{what}, and it is not a result", place, help=(help_,), layer=node.name if node else None
            )
