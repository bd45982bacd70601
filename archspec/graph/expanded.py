"""What is expanded of a network so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archspec.work_budget import FINDING, work_budget

if TYPE_CHECKING:
    from archspec.diagnostics import Diagnostic, Sink
    from archspec.graph.model import Node, Section
    from archspec.graph.scope import Flow
    from archspec.spec.values import Cause
    from archspec.syntax.nodes import Scalar


@dataclass(eq=False)
class Expanded:
    """Layers, and what belongs to them.

    ``named`` are the names of ``volumes`` in the order in which they were given, ``scopes`` the names below which there
    may be others. ``reports`` is how many findings there are, ``causes`` are why
    items could not be expanded. ``conditions`` are the values of all ``when``, ``used`` the blocks that are expanded.
    """

    sink: Sink
    nodes: list[Node] = field(default_factory=list)
    volumes: dict[str, Flow] = field(default_factory=dict)
    named: list[str] = field(default_factory=list)
    scopes: list[str] = field(default_factory=list)
    known_scopes: set[str] = field(default_factory=set)
    sections: list[Section] = field(default_factory=list)
    ties: dict[str, str] = field(default_factory=dict)
    likes: dict[str, str] = field(default_factory=dict)
    causes: list[Cause] = field(default_factory=list)
    conditions: list[tuple[Scalar, bool]] = field(default_factory=list)
    used: list[str] = field(default_factory=list)
    reports: int = 0

    def report(self, finding: Diagnostic) -> None:
        """Report a finding, and count it and its work."""
        self.reports += 1
        self.sink(finding)
        budget = work_budget()
        if finding is not budget.finding:
            budget.spend(FINDING, "findings about layers")

    def open_scope(self, prefix: str) -> None:
        """Note that names below this one are given."""
        self.scopes.append(prefix)
        self.known_scopes.add(prefix)
