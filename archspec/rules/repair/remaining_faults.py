"""What is still wrong in a whole network once an offer is taken."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from archspec.rules.repair.candidates import faults_of
from archspec.rules.repair.item_layers import at_all_layers
from archspec.rules.repair.stated_facts import stated_outputs
from archspec.rules.repair.tried_shapes import inferred_shapes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archspec.graph.model import Graph, Node
    from archspec.graph.operator_call import OperatorCall
    from archspec.rules._trial_work import TrialWork
    from archspec.rules.repair.candidates import Candidate, Offer

    Faults = Mapping[str, frozenset[str]]

_UNKNOWN = frozenset(("unknown",))
"""Of a layer whose inputs are unknown, for there is a fault before it."""
_BEST, _FAIR, _WORST = range(3)


def rank(graph: Graph, offer: Candidate | Offer, work: TrialWork) -> int:
    """0 when the whole network fits with an offer, 1 when it brings no fault to another layer, 2 when it does."""
    before, after = present_faults(graph), faults_after(graph, offer, work)
    if after is None:
        return _FAIR
    is_worse = any(
        before.get(name) != _UNKNOWN and not found <= before.get(name, set()) for name, found in after.items()
    )
    return _WORST if is_worse else _FAIR if after else _BEST


def faults_after(graph: Graph, offer: Candidate | Offer, work: TrialWork) -> Faults | None:
    """The faults of all layers that have one once an offer is taken; None when there is no work left to know."""
    if work.left < len(graph.nodes):
        return None
    work.left -= len(graph.nodes)
    changes = at_all_layers(offer.changes, graph) or offer.changes
    shapes = inferred_shapes(graph, changes, offer.inputs)
    found = {name: faults for name, faults in present_faults(graph).items() if shapes.call(name) is not None}
    for name in shapes.called_layers:
        node, call = graph.by_name.get(name), shapes.call(name)
        found.pop(name, None)
        if call is not None and (faults := _faults(node, call)):
            found[name] = faults
    if shapes.errors:
        found["the file"] = frozenset(("errors",))
    for name, stated in stated_outputs(graph):
        if shapes.volume(name) != stated:
            found[f"expect {name}"] = frozenset(("output",))
    return found


@lru_cache(maxsize=1)
def present_faults(graph: Graph) -> Faults:
    """The faults of the layers that have one now, and the facts about outputs that do not hold."""
    found = {node.name: faults for node in graph.nodes if (faults := _faults(node, node.call))}
    untrue = {name for name, stated in stated_outputs(graph) if graph.volume(name) != stated}
    return {**found, **{f"expect {name}": frozenset(("output",)) for name in untrue}}


def _faults(node: Node | None, call: OperatorCall) -> frozenset[str]:
    return frozenset(faults_of(node, call)) if call.is_checkable else _UNKNOWN
