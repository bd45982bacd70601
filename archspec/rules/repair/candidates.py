"""Candidates for a repair, and offers: those that were tried and help.

Whatever a finding offers, as a line of help or as a fix, is an :class:`Offer`, and only :func:`try_candidate` makes
one. It changes a copy of the graph, infers the shapes, and compares what is wrong before and after.
"""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from archspec.analysis.fitting import faults
from archspec.analysis.infer import infer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from archspec.analysis.infer import InferredShapes
    from archspec.graph.changes import Change, Changes
    from archspec.graph.model import Graph, Node
    from archspec.graph.operator_call import OperatorCall
    from archspec.spec.items import Item
    from archspec.volume import Volume

    Fault = str | Callable[[OperatorCall], bool]

_MOST = 64
"""Layers of one item that are all tried."""
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


def try_candidate(graph: Graph, node: Node, fault: Fault, candidate: Candidate) -> Offer | None:
    """What a candidate offers for a layer with a fault; None if it does not help.

    A fault is one of :func:`archspec.analysis.fitting.faults`, or says of a call whether it has it. A candidate helps
    when the fault is gone, every change made a difference, and neither the layer nor any other whose shape was
    inferred on the way has a fault that it did not have. An item of a block or a repetition is written once for all
    its layers: all of them change, and none may get a fault.
    """
    changes = _at_all_layers(candidate.changes, graph)
    if changes is None:
        return None
    shapes = _inferred(graph, node, candidate, changes)
    call = shapes.call(node.name)
    if call is None or (fault in _faults(node, call) if isinstance(fault, str) else fault(call)):
        return None
    if isinstance(fault, str) and any(_still_has(graph, name, fault, node, shapes) for name in changes):
        return None
    if not all(_differs(graph.by_name[name], shapes.call(name)) for name in candidate.changes):
        return None
    if any(_has_new_fault(graph, name, shapes, changes) for name in shapes.called_layers) or _breaks_a_tie(
        graph, changes, shapes
    ):
        return None
    return Offer(candidate.text, candidate.changes, candidate.inputs, call)


def try_candidates(graph: Graph, node: Node, fault: Fault, candidates: Iterable[Candidate]) -> Iterator[Offer]:
    """The offers of the candidates that help, in their order."""
    for candidate in candidates:
        offer = try_candidate(graph, node, fault, candidate)
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


def _at_all_layers(changes: Changes, graph: Graph) -> Changes | None:
    """The changes at all layers of the items that they write; None when two of one item contradict each other.

    A layer that is inserted is no edit of an item: in a block its sizes are those of the block's own parameters.
    """
    written = dict(changes)
    for name, change in changes.items():
        if change.inserted:
            continue
        for other in _layers_of(graph.by_name[name], graph):
            if written.setdefault(other, change) != change:
                return None
    return written


def _layers_of(node: Node, graph: Graph) -> Sequence[str]:
    """The layers that come out of a layer's item; none of very many, which would take too long for each finding."""
    names = _names_by_origin(graph)[node.origin] if node.origin is not None else ()
    return names if len(names) <= _MOST else ()


@lru_cache(maxsize=1)
def _names_by_origin(graph: Graph) -> dict[Item, list[str]]:
    found: dict[Item, list[str]] = {}
    for node in graph.nodes:
        if node.origin is not None:
            found.setdefault(node.origin, []).append(node.name)
    return found


def _inferred(graph: Graph, node: Node, candidate: Candidate, changes: Changes) -> InferredShapes:
    """The shapes with these changes: inferred once for all layers of an item of which one is changed alone."""
    if candidate.inputs or node.name not in candidate.changes or not 1 == len(candidate.changes) < len(changes):
        return infer(graph, inputs=candidate.inputs or None, changes=changes, until=node)
    known, key = _cached_shapes(graph), (tuple(sorted(changes)), repr(changes[node.name]))
    if key not in known:
        known[key] = infer(graph, changes=changes, until=node)
    return known[key]


@lru_cache(maxsize=1)
def _cached_shapes(graph: Graph) -> dict[tuple[tuple[str, ...], str], InferredShapes]:  # noqa: ARG001 - the key of the cache
    return {}


def _differs(node: Node, call: OperatorCall | None) -> bool:
    """Whether a layer has another operator, or other inputs, than before."""
    return call is not None and (call.operator != node.operator or call.input_volumes != node.input_volumes)


def _still_has(graph: Graph, name: str, fault: str, node: Node, shapes: InferredShapes) -> bool:
    """Whether a layer of the same item as the one at fault has the fault too, for both are one finding's line."""
    other, call = graph.by_name.get(name), shapes.call(name)
    if other is None or call is None or other.origin is not node.origin or not call.is_checkable:
        return False
    return fault in _faults(other, call)


def _has_new_fault(graph: Graph, name: str, shapes: InferredShapes, changes: Changes) -> bool:
    """Whether a layer that was called again has a fault that it did not have.

    One that was unknown may have any, unless it comes out of an item that changes.
    """
    node, call = graph.by_name.get(name), shapes.call(name)
    if node is None or call is None or not (node.is_checkable or (name in changes and call.is_checkable)):
        return False
    found = _faults(node, call)
    return bool(found) and not (node.is_checkable and found <= _faults(node, node.call))


def _faults(node: Node, call: OperatorCall) -> set[str]:
    return set(faults(call, None if "fractional-output" in node.ignored else "accepted"))


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
