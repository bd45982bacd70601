"""A network that shrinks to nothing: where it began, what else it comes to, and what would be large enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.analysis.infer import infer, inputs_at, volume_reads
from archspec.analysis.misfit import is_fault
from archspec.graph.changes import Change
from archspec.ops import operator
from archspec.ops._sliding import Sliding
from archspec.rules._branches import way_to
from archspec.rules.repair.candidates import Candidate, try_candidates
from archspec.rules.repair.input_order import axes_exchanged, channels_first_hint
from archspec.rules.repair.network_inputs import smallest_from
from archspec.rules.repair.roundings import rounding_text
from archspec.volume import sizes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archspec.diagnostics import Label
    from archspec.graph.model import Graph, Node
    from archspec.ops._base import Operator
    from archspec.ops._window import Window

_USUAL = 3
"""The largest pool that only halves; a larger one before the head is meant to take the whole map."""
_LARGEST = 5_000
"""Layers of a network that is built for other inputs."""
_ROUNDS = 8
"""How often layers after the failing one may ask for a larger input still."""
_NEAR, _TRIES = 64, 1000
"""How many sizes are tried."""


def labels_of(node: Node, graph: Graph) -> Iterator[Label | str]:
    """The layers whose rounding a larger input fixes too, and those that get as little as this one."""
    yield from (step.label(rounding_text(step)) for step in roundings_fixed(node, graph))
    yield from (step.label(f"{step.name} gets no more") for step in collapsing_beside(node, graph))


def roundings_fixed(node: Node, graph: Graph) -> list[Node]:
    """The layers before a window that is too large that round now, and would not with the input that is proposed."""
    proposed = _smallest_input(node, graph)
    if proposed is None:
        return []
    tried = infer(graph, inputs=inputs_at(graph, proposed)).graph
    after = {step.name: step for step in tried.nodes if not _rounds(step)}
    rounding = (step for step in way_to(node.name, graph)[:-1] if _rounds(step))
    return [step for step in rounding if step.name in after and after[step.name].origin is step.origin]


def _rounds(step: Node) -> bool:
    return any(map(is_fault, step.windows or ()))


def collapsing_beside(node: Node, graph: Graph) -> list[Node]:
    """The layers after one whose window is too large for the same size too, once the network has shrunk to it."""
    given = next(iter(graph.inputs.values()), None)
    if node.volume is None or given is None or given.spatial == node.volume.spatial:
        return []
    later = graph.nodes[graph.indices[node.name] + 1 :]
    return [
        step
        for step in later
        if step.volume is not None
        and step.volume.spatial == node.volume.spatial
        and any(window.reach < 0 for window in step.windows or ())
    ]


def sizes_before(node: Node, graph: Graph) -> tuple[str, ...]:
    """The sizes on the way: ``28x28 -> 14x14 -> 7x7``; nothing when the input itself is too small."""
    seen = [sizes(step.volume.spatial) for step in way_to(node.name, graph) if step.volume]
    changes = [size for before, size in zip(["", *seen], seen, strict=False) if size != before]
    return (f"sizes up to here: {' -> '.join(changes)}",) if len(changes) > 1 else ()


def collapse_repairs(node: Node, windows: tuple[Window, ...], graph: Graph) -> Iterator[str]:
    """What the input may be meant to be, or else the smallest one that works; and what fits the present one."""
    meant = (*channels_first_hint(node, graph, "output"), *axes_exchanged(node, graph, "output"))
    yield from meant
    offers = try_candidates(graph, node, "output", _global_pool(node, windows, graph))
    yield from (offer.text for offer in offers)
    candidates = [*([] if meant else _larger_input(node, graph)), *_smaller_kernel(node, windows)]
    if offered := [offer.text for offer in try_candidates(graph, node, "output", candidates)]:
        yield "; ".join(offered)


def _global_pool(node: Node, windows: tuple[Window, ...], graph: Graph) -> Iterator[Candidate]:
    """A global pool for the last pool before the head, when it is larger than those that only halve."""
    readers = graph.consumers[node.name]
    is_last = not readers or any(_is_head(step.traits) for step in readers)
    name = node.traits.global_form
    if name is not None and is_last and max(window.kernel for window in windows) > _USUAL:
        yield Candidate(f"`{name}` takes a map of any size", {node.name: Change(operator=operator(name)())})


def _is_head(traits: type[Operator]) -> bool:
    """Whether it may be the first layer of a classifier."""
    return traits.is_dense or (traits.is_view and traits.is_global)


def _larger_input(node: Node, graph: Graph) -> Iterator[Candidate]:
    """The smallest input that is large enough."""
    smallest = _smallest_input(node, graph)
    if smallest is not None:
        works = "works" if volume_reads(graph) - {"channels"} else "is the smallest that works"  # layers may go
        yield Candidate(f"an input of {sizes(smallest)} {works}", inputs=inputs_at(graph, smallest))


def _smaller_kernel(node: Node, windows: tuple[Window, ...]) -> Iterator[Candidate]:
    """The largest kernel that goes into what there is."""
    room = tuple(window.size + window.near + window.far for window in windows)
    is_dilated = any(window.dilation > 1 for window in windows)
    kernel = tuple((size - 1) // window.dilation + 1 for size, window in zip(room, windows, strict=True))
    text = f"a {'dilated kernel' if is_dilated else 'kernel'} of at most {sizes(room)} fits"
    yield Candidate(text, {node.name: Change({"kernel": kernel})})


def _smallest_input(node: Node, graph: Graph) -> tuple[int, ...] | None:
    """The smallest input for which every window goes in: those down to this node, and then those after it.

    If there is one near that the whole network fits, it is that one.

    None when no input is found: after a dense layer or a global pool there is one position, whatever the input.
    """
    found = _smallest_for(node, graph)
    for _ in range(_ROUNDS):
        if found is None or len(graph.nodes) > _LARGEST:
            break
        tried = infer(graph, inputs=inputs_at(graph, found)).graph
        failing = next((step for step in tried.nodes if any(window.reach < 0 for window in step.windows or ())), None)
        further = _smallest_for(failing, tried) if failing else None
        if further is None:
            break
        found = further
    return None if found is None else smallest_from(graph, found)


def _smallest_for(node: Node, graph: Graph) -> tuple[int, ...] | None:
    """The smallest input for which the windows down to a node go in; an axis that does is left alone."""
    steps = way_to(node.name, graph)
    chain = [step.windows for step in steps]
    if any(windows is None or len(windows) != len(chain[0] or ()) for windows in chain):
        return None
    if any(_takes_all(step) for step in steps[:-1]):
        return None
    found = tuple(map(_size_for, zip(*(windows for windows in chain if windows is not None), strict=True)))
    return None if None in found else found  # type: ignore[return-value]  # no None is left


def _takes_all(step: Node) -> bool:
    """Whether one window of a layer is its whole input, however large that is."""
    windows = step.windows or ()
    return not isinstance(step.operator, Sliding) and any(window.kernel == window.size > 1 for window in windows)


def _size_for(chain: tuple[Window, ...]) -> int | None:
    """The size of one axis: the present one when it goes through, or the smallest that does, worked out backwards.

    One of which all is read is preferred.
    """
    size = chain[0].size
    if _goes_through(chain, size, exactly=False):
        nearest = (near for near in range(size, size + _NEAR) if _goes_through(chain, near, exactly=True))
        return next(nearest, size)
    wanted = 1
    for window in reversed(chain):
        padding = 0 if window.same else window.near + window.far
        wanted = max(1, (wanted - 1) * window.stride + (1 if window.same else window.extent) - padding)
    for exactly in (True, False):
        tries = range(wanted, wanted + _TRIES)
        found = next((tried for tried in tries if _goes_through(chain, tried, exactly=exactly)), None)
        if found is not None:
            return found
    return None


def _goes_through(chain: Sequence[Window], size: int, *, exactly: bool) -> bool:
    """Whether one axis of this size goes through windows; ``exactly``: so that all of it is read."""
    for window in chain:
        if window.same:
            moved = window.same_padded(size, window.kernel, window.stride, window.dilation)
        else:
            moved = window._replace(size=size)
        if moved.output is None or (exactly and is_fault(moved)):
            return False
        size = moved.output
    return True
