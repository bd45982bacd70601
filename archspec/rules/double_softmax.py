"""double-softmax: softmax of probabilities, or of a single value."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Label, Severity
from archspec.rules._base import Group, NetworkRule
from archspec.rules._layer_order import constant_softmax, doubled_softmax

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.analysis.report import Report
    from archspec.diagnostics import Diagnostic


class DoubleSoftmax(NetworkRule):
    """Softmax or sigmoid comes before another softmax, or before a loss that applies softmax itself.

    So does log-softmax before such a loss, which takes scores. Softmax over a single channel is an error: its output is
    always 1.

    Why: the second softmax maps values from 0 to 1 to almost equal ones. The network still learns, but slowly and
    badly, and nothing else reveals the mistake.

    Source: PyTorch, torch.nn.CrossEntropyLoss ("the input is expected to contain the unnormalized logits"); CS231n,
    Linear Classification, "Softmax classifier".

    Bad:
        input: 8x8x3
        loss: softmax
        layers:
          - fc: 10
          - softmax

    Good:
        input: 8x8x3
        loss: softmax
        layers:
          - fc: 10
          - flatten
    """

    name: ClassVar[str] = "double-softmax"
    group: ClassVar[Group] = "design"
    severity: ClassVar[Severity] = Severity.WARNING

    def check(self, report: Report) -> Iterator[Diagnostic]:
        """A finding for each."""
        graph = report.graph
        for node, again in doubled_softmax(graph):
            reader = again.name if again else "the loss"
            there = again.place if again else graph.place("loss")
            made, label = (
                ("probabilities", f"{reader} expects scores of any size, not values from 0 to 1")
                if node.traits.gives_probabilities
                else ("logarithms of probabilities", f"{reader} takes these logarithms itself")
            )
            yield self.finding(
                f"{node.name} makes {made}, and {reader} applies softmax to them",
                node.place,
                label=label,
                labels=(Label(there, "here softmax is applied"),) if there else (),
                help=(f"remove {node.name}",) if again else (f"remove {node.name}, or `loss`",),
                layer=node.name,
            )
        for node in constant_softmax(graph):
            yield self.finding(
                f"{node.kind} over 1 channel gives {'1' if node.traits.gives_probabilities else '0'} for any input",
                node.place,
                severity=Severity.ERROR,
                label=f"{node.name} gets {node.volume}",
                help=("write `sigmoid` for one yes-or-no answer, or give the layer before a unit for each class",),
                layer=node.name,
            )
