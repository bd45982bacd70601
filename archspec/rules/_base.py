"""What a rule is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from archspec.diagnostics import Diagnostic, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archspec.analysis.report import Report
    from archspec.graph.model import Graph, Node
    from archspec.source import Span
    from archspec.spec.models import Spec

Group = Literal["syntax", "spec", "shape", "budget", "design", "cost"]


class Rule(ABC):
    """One thing that can be wrong with a network."""

    name: ClassVar[str]
    group: ClassVar[Group] = "shape"
    severity: ClassVar[Severity] = Severity.ERROR

    @abstractmethod
    def check(self, report: Report) -> Iterator[Diagnostic]:
        """Findings of this rule."""

    def finding(self, message: str, span: Span, **fields: Any) -> Diagnostic:
        """A finding of this rule, by its severity unless ``fields`` say otherwise."""
        return Diagnostic(**{"severity": self.severity, **fields}, rule=self.name, message=message, span=span)


class NodeRule(Rule):
    """A rule that looks at one node at a time."""

    def check(self, report: Report) -> Iterator[Diagnostic]:
        """Findings at every node whose operator and inputs are known."""
        for node in report.graph.nodes:
            if node.arrives:
                yield from self.check_node(node, report.graph)

    @abstractmethod
    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:
        """Findings of this rule at one node."""


class FamilyRule(Rule):
    """A rule about a whole file, which only all of its networks together can tell."""

    def check(self, report: Report) -> Iterator[Diagnostic]:  # noqa: ARG002 - see below
        """Nothing about one network alone."""
        return iter(())

    @abstractmethod
    def check_family(self, spec: Spec, graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
        """Findings of this rule in a file and the graphs of all its networks."""
