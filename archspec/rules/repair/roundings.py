"""Layers that round, and what rounding the other way repairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.graph.changes import Change
from archspec.ops._sliding import Sliding
from archspec.ops._window import CROP, FILL
from archspec.rules._wording import formula, join, located, number
from archspec.rules.repair.candidates import Candidate, try_candidates

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from archspec.graph.changes import Changes
    from archspec.graph.model import Graph, Node
    from archspec.ops._window import Window
    from archspec.rules.repair.candidates import Fault, Offer


def roundings(step: Node, axes: Iterable[int] | None = None) -> list[Window]:
    """The windows of a layer, on some axes, of which another rounding would make another size."""
    windows = step.windows if isinstance(step.operator, Sliding) else None
    chosen = range(len(windows or ())) if axes is None else axes
    return [window for axis in chosen if windows and (window := windows[axis]).reach >= 0 and _has_choice(window)]


def _has_choice(window: Window) -> bool:
    return not window.is_whole and window.floor != window._replace(fit=FILL).output


def rounding_text(step: Node, axes: Iterable[int] | None = None) -> str:
    """``pool1 rounds (75 - 2 + 2*0)/2 + 1 = 37.5 down to 37``, on one of these axes if there is one."""
    fractions = [window for window in step.windows or () if not window.is_whole]
    window = next(iter([*roundings(step, axes), *roundings(step), *fractions]))
    way = f"down to {window.floor}" if window.output == window.floor else f"up to {window.output}"
    return f"{step.name} rounds {formula(window)} = {number(window.quotient)} {way}"


def other_roundings(steps: Iterable[Node], axes: Iterable[int] | None = None) -> Changes:
    """The changes that make all of these layers round the other way that could."""
    chosen = None if axes is None else tuple(axes)
    return {
        step.name: Change({"fit": CROP if getattr(step.operator, "fit", None) == FILL else FILL})
        for step in steps
        if roundings(step, chosen)
    }


def rounding_that_repairs(steps: Sequence[Node], node: Node, graph: Graph, fault: Fault) -> Iterator[tuple[str, Offer]]:
    """The first offer to let one of these layers, or all, round the other way, and which roundings that is about."""
    every = other_roundings(steps)
    each_alone = ({name: change} for name, change in reversed([*every.items()]))
    candidates = (Candidate(changes_text(changes, graph), changes) for changes in (*each_alone, every) if changes)
    for offer in try_candidates(graph, node, fault, candidates):
        yield join([rounding_text(step) for step in steps if step.name in offer.changes]), offer
        return


def changes_text(changes: Mapping[str, Change], graph: Graph) -> str:
    """```fit: pad` at conv1 (line 7)``, for each argument that would change."""
    return " and ".join(
        f"`{argument}: {value}` at {located(graph.by_name[name])}"
        for name, change in changes.items()
        for argument, value in change.arguments.items()
    )
