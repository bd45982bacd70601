"""What a rule is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from archspec.diagnostics import Diagnostic, Label, Severity
from archspec.rules._settings import DEFAULT
from archspec.rules._trial_work import TrialWork

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from archspec.analysis.report import Report
    from archspec.graph.model import Graph, Node
    from archspec.graph.operator_call import OperatorCall
    from archspec.rules._settings import Settings, Threshold
    from archspec.rules.repair.candidates import Candidate, Offer
    from archspec.source import Span
    from archspec.spec.models import Spec

Group = Literal["syntax", "spec", "shape", "budget", "design", "cost"]


class Rule(ABC):
    """One thing that can be wrong with a network."""

    name: ClassVar[str]
    group: ClassVar[Group] = "shape"
    severity: ClassVar[Severity] = Severity.ERROR
    default: ClassVar[bool] = True
    """Whether it is enabled by default."""
    thresholds: ClassVar[Mapping[str, Threshold]] = MappingProxyType({})
    """Limits that users may set, by their names in the configuration."""

    def __init__(self, settings: Settings = DEFAULT) -> None:
        self._settings = settings
        self._work = TrialWork()

    def threshold(self, name: str) -> float:
        """One of its thresholds: as it is set, or its own."""
        return self._settings.thresholds.get(name, self.thresholds[name].value)

    def finding(self, message: str, span: Span | None, labels: Iterable[Label | str] = (), **fields: Any) -> Diagnostic:
        """A finding of this rule, by its severity unless ``fields`` say otherwise; labels without a place are notes."""
        listed = list(labels)
        placed = tuple(label for label in listed if isinstance(label, Label))
        bare = [label for label in listed if isinstance(label, str)]
        found = Diagnostic(**{"severity": self.severity, **fields}, rule=self.name, message=message, span=span)
        if span is None and found.label:
            bare, found = [found.label, *bare], found._replace(label="")
        return found._replace(labels=placed, notes=(*bare, *found.notes))

    def offers(
        self, node: Node, graph: Graph, fault: Callable[[OperatorCall], bool], candidates: Iterable[Candidate]
    ) -> list[Offer]:
        """Those of the candidates that free a layer of the fault, and leave all of its network without errors."""
        from archspec.rules.repair.candidates import try_candidates  # noqa: PLC0415 - for a finding only

        return [*try_candidates(graph, node, fault, candidates, self._work)]

    def settings_that_help(
        self, node: Node, graph: Graph, fault: Callable[[OperatorCall], bool], *settings: Mapping[str, Any]
    ) -> list[Offer]:
        """The offers of other arguments for a layer."""
        from archspec.rules.repair.arguments import with_arguments  # noqa: PLC0415 - for a finding only

        return self.offers(node, graph, fault, (with_arguments([node], arguments) for arguments in settings))


class NodeRule(Rule):
    """A rule that looks at one node at a time, and at its neighbors."""

    decided_by_call: ClassVar[bool] = False
    """Whether a node's operator and the volumes it receives alone decide if there is a finding."""

    def concerns(self, call: OperatorCall) -> bool:  # noqa: ARG002 - any
        """Whether there may be a finding at nodes with this call; asked once for all of them."""
        return True

    @abstractmethod
    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:
        """Findings of this rule at one node whose operator and inputs are known."""


class CallRule(NodeRule):
    """A rule that needs a node's operator and the volumes it receives: of equal layers all have the fault, or none."""

    decided_by_call: ClassVar[bool] = True


class NetworkRule(Rule):
    """A rule about one whole network."""

    @abstractmethod
    def check(self, report: Report) -> Iterator[Diagnostic]:
        """Findings of this rule."""


class FamilyRule(Rule):
    """A rule about a whole file, which needs all of its networks together."""

    @abstractmethod
    def check_family(self, spec: Spec, graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
        """Findings of this rule in a file and the graphs of all its networks."""
