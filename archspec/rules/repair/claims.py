"""A claim about an input that is wrong: what it would have to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.graph.changes import Change
from archspec.rules.repair.candidates import Candidate, try_candidates

if TYPE_CHECKING:
    from archspec.graph.model import Graph, Node
    from archspec.ops._base import Claim


def claim_as_is(claim: Claim, node: Node, graph: Graph) -> tuple[str, ...]:
    """To claim what is so, or nothing."""
    text = f"write `{claim.argument}: {claim.actual}`, or leave it out"
    candidate = Candidate(text, {node.name: Change({claim.argument: claim.actual})})
    return tuple(offer.text for offer in try_candidates(graph, node, claim.argument, [candidate]))
