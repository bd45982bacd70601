"""A claim about an input that is wrong: what it would have to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.rules.repair.arguments import with_arguments
from archspec.rules.repair.candidates import try_candidates

if TYPE_CHECKING:
    from archspec.graph.model import Graph, Node
    from archspec.ops._base import Claim


def claim_as_is(claim: Claim, node: Node, graph: Graph) -> tuple[str, ...]:
    """To claim what is so, or nothing."""
    stated = with_arguments([node], {claim.argument: claim.actual}, f"write `{claim.argument}: {claim.actual}`")
    candidates = [stated, with_arguments([node], {claim.argument: None}, "leave it out")]
    texts = [offer.text for offer in try_candidates(graph, node, claim.argument, candidates)]
    return (", or ".join(texts),) if texts else ()
