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
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from archspec.analysis.infer import InferredShapes
    from archspec.graph.changes import Change, Changes
    from archspec.graph.model import Graph, Node
    from archspec.graph.operator_call import OperatorCall
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


def try_candidate(graph: Graph, node: Node, fault: Fault, candidate: Candidate) -> Offer | None:
    """What a candidate offers for a layer with a fault; None if it does not help.

    A fault is one of :func:`archspec.analysis.fitting.faults`, or says of a call whether it has it. A candidate helps
    when the fault is gone, every change made a difference, and neither the layer nor any other whose shape was
    inferred on the way has a fault that it did not have.
    """
    shapes = infer(graph, inputs=candidate.inputs or None, changes=candidate.changes, until=node)
    call = shapes.call(node.name)
    if call is None or (fault in _faults(node, call) if isinstance(fault, str) else fault(call)):
        return None
    if not all(_differs(graph.by_name[name], shapes.call(name)) for name in candidate.changes):
        return None
    if any(_has_new_fault(graph, name, shapes) for name in shapes.called) or _breaks_a_tie(graph, candidate, shapes):
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
        changes[name] = change if name not in changes else _joined(changes[name], change)
    return Candidate(f"{first.text} and {second.text}", changes, {**first.inputs, **second.inputs})


def _joined(first: Change, second: Change) -> Change:
    return second._replace(
        arguments={**first.arguments, **second.arguments},
        operator=second.operator or first.operator,
        inserted={**first.inserted, **second.inserted},
    )


def _differs(node: Node, call: OperatorCall | None) -> bool:
    """Whether a layer has another operator, or other inputs, than before."""
    return call is not None and (call.operator != node.operator or call.received != node.received)


def _has_new_fault(graph: Graph, name: str, shapes: InferredShapes) -> bool:
    """Whether a layer that was called again has a fault that it did not have; one that was unknown may have any."""
    node, call = graph.by_name.get(name), shapes.call(name)
    if node is None or call is None or not node.arrives:
        return False
    found = _faults(node, call)
    return bool(found) and not found <= _faults(node, node.call)


def _faults(node: Node, call: OperatorCall) -> set[str]:
    return set(faults(call, None if "fractional-output" in node.ignored else "accepted"))


def _breaks_a_tie(graph: Graph, candidate: Candidate, shapes: InferredShapes) -> bool:
    """Whether a change gives a layer that shares its weights with another one weights of other shapes."""
    shared = _sharing(graph)
    for name in candidate.changes:
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
