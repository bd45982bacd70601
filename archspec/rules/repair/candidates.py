"""Candidates for a repair, and offers: those that were tried and help.

Whatever a finding offers, as a line of help or as a fix, is an :class:`Offer`, and only :func:`try_candidate` makes
one. It changes a copy of the graph, infers the shapes, and compares what is wrong before and after.
"""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from archspec.analysis.fitting import faults
from archspec.rules.repair.item_layers import at_all_layers
from archspec.rules.repair.stated_facts import contradicts_facts
from archspec.rules.repair.tried_shapes import tried_shapes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from archspec.analysis.infer import InferredShapes
    from archspec.graph.changes import Change, Changes
    from archspec.graph.model import Graph, Node
    from archspec.graph.operator_call import OperatorCall
    from archspec.rules._trial_work import TrialWork
    from archspec.volume import Volume

    Fault = str | Callable[[OperatorCall], bool]

_NO_CHANGES: Changes = MappingProxyType({})
_NO_INPUTS: Mapping[str, Volume] = MappingProxyType({})


class Candidate(NamedTuple):
    """Changes at layers, or other inputs by name, that may help; ``text`` is how a finding would offer them."""

    text: str
    changes: Changes = _NO_CHANGES
    inputs: Mapping[str, Volume | None] = _NO_INPUTS


class Offer(NamedTuple):
    """A candidate that helps; ``call`` is that of the layer that was at fault, afterwards."""

    text: str
    changes: Changes
    inputs: Mapping[str, Volume | None]
    call: OperatorCall


def try_candidate(
    graph: Graph, node: Node, fault: Fault, candidate: Candidate, work: TrialWork | None = None
) -> Offer | None:
    """What a candidate offers for a layer with a fault; None if it does not help.

    A fault is one of :func:`archspec.analysis.fitting.faults`, or says of a call whether it has it. A candidate helps
    when the fault is gone, every change made a difference, and neither the layer nor any other whose shape was
    inferred on the way has a fault that it did not have; another input must leave windows and merges more than one
    position. An item of a block or a repetition is written once for all its layers: all of them change, and none may
    get a fault.

    A network with an error is judged up to its layer. One without is judged as a whole, which takes ``work``: then a
    change must also leave true what the file states, and no layer of the same item may keep the fault.
    """
    changes = at_all_layers(candidate.changes, graph)
    if changes is None or not all(_takes(graph.by_name[name], change) for name, change in candidate.changes.items()):
        return None
    shapes = tried_shapes(graph, node, changes, candidate.inputs, work)
    call = shapes.call(node.name) if shapes else None
    if shapes is None or call is None or _has(fault, node, call):
        return None
    is_shared = work is not None or isinstance(fault, str)  # a fault that all layers of an item have, or none
    if is_shared and any(_still_has(graph, name, fault, node, shapes) for name in changes):
        return None
    if not all(_differs(graph.by_name[name], change, shapes) for name, change in candidate.changes.items()):
        return None
    is_senseless = bool(candidate.inputs) and _is_senseless(graph, shapes)
    if (
        is_senseless
        or _does_harm(graph, changes, shapes)
        or (work and (shapes.errors or contradicts_facts(graph, changes, shapes)))
    ):
        return None
    return Offer(candidate.text, candidate.changes, candidate.inputs, call)


def try_candidates(
    graph: Graph, node: Node, fault: Fault, candidates: Iterable[Candidate], work: TrialWork | None = None
) -> Iterator[Offer]:
    """The offers of the candidates that help, in their order."""
    for candidate in candidates:
        offer = try_candidate(graph, node, fault, candidate, work)
        if offer is not None:
            yield offer


def together(first: Candidate, second: Candidate) -> Candidate:
    """Both candidates at once."""
    changes = dict(first.changes)
    for name, change in second.changes.items():
        changes[name] = change if name not in changes else _join(changes[name], change)
    return Candidate(f"{first.text} and {second.text}", changes, {**first.inputs, **second.inputs})


def _join(first: Change, second: Change) -> Change:
    return second._replace(
        arguments={**first.arguments, **second.arguments},
        operator=second.operator or first.operator,
        inserted={**first.inserted, **second.inserted},
    )


def _is_senseless(graph: Graph, shapes: InferredShapes) -> bool:
    """Whether with another input a window of several positions, or a merge, has only one position left to see."""
    for name in shapes.called_layers:
        node, call = graph.by_name.get(name), shapes.call(name)
        if node is None or call is None or not node.is_checkable or not call.is_checkable:
            continue
        if node.traits.merge and not any(map(_is_map, call.known_inputs)) and any(map(_is_map, node.call.known_inputs)):
            return True
        pairs = zip(node.windows or (), call.windows or (), strict=False) if node.traits.is_sliding else ()
        if any(before.size > 1 == after.size and after.kernel > 1 for before, after in pairs):
            return True
    return False


def _is_map(volume: Volume) -> bool:
    return volume.positions > 1


def _takes(node: Node, change: Change) -> bool:
    """Whether a layer's operator has the arguments that change."""
    return change.arguments.keys() <= (type(change.operator) if change.operator else node.traits).model_fields.keys()


def _has(fault: Fault, node: Node, call: OperatorCall) -> bool:
    return fault in faults_of(node, call) if isinstance(fault, str) else fault(call)


def _differs(node: Node, change: Change, shapes: InferredShapes) -> bool:
    """Whether a layer has another operator or other inputs than before, or one of them was changed on its way in."""
    call = shapes.call(node.name)
    if call is None:
        return False
    is_inserted = any(shapes.volume(node.inputs[number]) != call.input_volumes[number] for number in change.inserted)
    return is_inserted or call.operator != node.operator or call.input_volumes != node.input_volumes


def _still_has(graph: Graph, name: str, fault: Fault, node: Node, shapes: InferredShapes) -> bool:
    """Whether a layer of the same item as the one at fault has the fault too, for both are one finding's line."""
    other, call = graph.by_name.get(name), shapes.call(name)
    if other is None or call is None or other.origin is not node.origin or not call.is_checkable:
        return False
    return _has(fault, other, call)


def _does_harm(graph: Graph, changes: Changes, shapes: InferredShapes) -> bool:
    """Whether a layer gets a fault that it did not have, or weights that are shared get other shapes."""
    is_broken = any(_has_new_fault(graph, name, shapes, changes) for name in shapes.called_layers)
    return is_broken or _breaks_a_tie(graph, changes, shapes)


def _has_new_fault(graph: Graph, name: str, shapes: InferredShapes, changes: Changes) -> bool:
    """Whether a layer that was called again has a fault that it did not have.

    One that was unknown may have any, unless it comes out of an item that changes.
    """
    node, call = graph.by_name.get(name), shapes.call(name)
    if node is None or call is None or not (node.is_checkable or (name in changes and call.is_checkable)):
        return False
    found = faults_of(node, call)
    return bool(found) and not (node.is_checkable and found <= faults_of(node, node.call))


def faults_of(node: Node | None, call: OperatorCall) -> set[str]:
    """The faults of a layer's call; strides that its ``ignore`` accepts are none."""
    return set(faults(call, None if node is not None and "fractional-output" in node.ignored else "accepted"))


def _breaks_a_tie(graph: Graph, changes: Changes, shapes: InferredShapes) -> bool:
    """Whether a change gives a layer that shares its weights with another one weights of other shapes."""
    shared = _sharing(graph)
    for name in changes:
        call = shapes.call(name)
        if name in shared and call is not None and _shapes(call) != _shapes(graph.by_name[name].call):
            return True
    return False


def _shapes(call: OperatorCall) -> list[tuple[int, ...]]:
    return [weight.shape for weight in call.weights]


@lru_cache(maxsize=1)
def _sharing(graph: Graph) -> frozenset[str]:
    """Names of the layers that share weights."""
    tied = {node.name: node.tied for node in graph.nodes if node.tied is not None}
    return frozenset((*tied, *tied.values()))
