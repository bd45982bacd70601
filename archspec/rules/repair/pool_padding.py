"""The padding that a pool may have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.graph.changes import Change
from archspec.rules.repair.candidates import Candidate, try_candidates

if TYPE_CHECKING:
    from archspec.graph.model import Graph, Node
    from archspec.rules.repair.candidates import Offer


def half_padding(node: Node, graph: Graph) -> list[Offer]:
    """Half of the kernel, where that is the same on all axes."""
    halves = {window.extent // 2 for window in node.windows or ()}
    candidates = (Candidate(str(half), {node.name: Change({"padding": half})}) for half in halves if len(halves) == 1)
    return [*try_candidates(graph, node, "padding", candidates)]
