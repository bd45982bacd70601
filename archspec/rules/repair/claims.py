"""A claim about an input that is wrong: what it would have to be."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from archspec.analysis.fitting import faults
from archspec.rules.repair.arguments import with_arguments
from archspec.rules.repair.candidates import try_candidates
from archspec.rules.repair.divisors import with_channels
from archspec.rules.repair.roundings import changes_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.graph.model import Graph, Node
    from archspec.graph.operator_call import OperatorCall
    from archspec.ops._base import Claim
    from archspec.rules.repair.candidates import Candidate


def claim_as_is(claim: Claim, node: Node, graph: Graph) -> tuple[str, ...]:
    """To claim what is so, or nothing; where groups do not divide that, with groups that do."""
    stated = with_arguments([node], {claim.argument: claim.actual}, f"write `{claim.argument}: {claim.actual}`")
    candidates = [stated, with_arguments([node], {claim.argument: None}, "leave it out")]
    offers = [*try_candidates(graph, node, _has_a_fault, candidates)]
    offers = offers or [*islice(try_candidates(graph, node, _has_a_fault, _with_groups(claim, node)), 1)]
    offers = offers or [*try_candidates(graph, node, claim.argument, candidates)]  # something else is wrong too
    return (", or ".join(offer.text for offer in offers),) if offers else ()


def _has_a_fault(call: OperatorCall) -> bool:
    return next(faults(call), None) is not None


def _with_groups(claim: Claim, node: Node) -> Iterator[Candidate]:
    """The claim as is, with the most groups that divide it."""
    groups = getattr(node.operator, "groups", None)
    if isinstance(groups, int):
        for fewer in range(min(groups, claim.actual), 0, -1):
            yield with_arguments([node], {claim.argument: claim.actual, "groups": fewer})._replace(
                text=f"write `{claim.argument}: {claim.actual}` and `groups: {fewer}`"
            )


def channels_as_claimed(claim: Claim, node: Node, graph: Graph) -> tuple[str, ...]:
    """As many channels as are claimed from the layer that chooses them, or from the input."""
    candidate = with_channels(node, graph, claim.stated)
    if candidate.changes:
        text = changes_text(candidate.changes, graph)
    else:
        text = "".join(f"an input of {volume}" for volume in candidate.inputs.values())
    made = [candidate._replace(text=f"{text} would match")] if text else []
    return tuple(offer.text for offer in try_candidates(graph, node, _has_a_fault, made))
