"""The first stride of a network that does not fit, and those after it that the same change fixes."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from archspec.rules._trial_work import TrialWork
from archspec.rules._wording import located
from archspec.rules.repair.arguments import arguments_text
from archspec.rules.repair.candidates import Candidate, try_candidates
from archspec.rules.repair.input_order import channels_first_hint
from archspec.rules.repair.remaining_faults import faults_after, present_faults
from archspec.rules.repair.stride_settings import settings_that_fit

if TYPE_CHECKING:
    from archspec.graph.model import Graph, Node
    from archspec.rules.repair.stride_settings import FittingSetting

_STRIDE = "stride"


class FirstMisfit(NamedTuple):
    """The first layer whose stride does not fit, its settings that fit, and later layers that the first one fixes.

    ``same_line`` are those of them that come out of the same item: what is offered was tried at all of them.
    """

    node: Node
    settings: list[FittingSetting]
    explained: tuple[Node, ...]
    same_line: tuple[Node, ...]


@lru_cache(maxsize=1)
def first_misfit(graph: Graph) -> FirstMisfit | None:
    """The first layer with a stride that does not fit, unless its ``ignore`` accepts that; None when all fit."""
    present = present_faults(graph)
    misfits = [node for node in graph.nodes if _STRIDE in present.get(node.name, ())]
    if not misfits:
        return None
    node, *others = misfits
    work = TrialWork()
    is_ordered = not channels_first_hint(node, graph, _STRIDE)
    settings = settings_that_fit(node, graph, work, is_first=is_ordered)
    after = faults_after(graph, settings[0].offers[0], work) if settings and others else None
    fixed = [] if after is None else [step for step in others if step.name not in after]
    same_line = [step for step in fixed if step.origin is not None and step.origin is node.origin]
    return FirstMisfit(node, settings, tuple(step for step in fixed if step not in same_line), tuple(same_line))


def fixed_with_the_first(node: Node, graph: Graph) -> tuple[str, ...]:
    """The help for a later layer: what makes the first stride fit makes this one fit too."""
    first = first_misfit(graph)
    if first is None or node not in first.explained:
        return ()
    offer = first.settings[0].offers[0]
    changed = ((graph.by_name[name], change.arguments) for name, change in offer.changes.items())
    texts = [f"{arguments_text(arguments)} at {located(step)}" for step, arguments in changed]
    text = texts[0] if texts else f"input {offer.text}"
    again = Candidate(f"{text} makes this one fit too", offer.changes, offer.inputs)
    return tuple(each.text for each in try_candidates(graph, node, _STRIDE, [again]))
