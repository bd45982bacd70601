"""Where the sizes of branches that merge begin to differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.ops._sliding import Sliding
from archspec.rules._branches import branches_of
from archspec.rules.repair.roundings import rounding_text, roundings
from archspec.volume import sizes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from archspec.diagnostics import Label
    from archspec.graph.model import Graph, Node
    from archspec.ops._window import Window
    from archspec.volume import Volume

_STEEPEST = 4
"""The largest stride that may have been forgotten."""
_MOST = 4
"""Layers at whose borders a size changes that are pointed at."""


def labels_of(node: Node, graph: Graph) -> Iterator[Label | str]:
    """The layers that make a difference: by rounding, or else at their borders."""
    volumes = node.call.known_inputs
    axes = axes_that_differ(volumes)
    rounded = roundings_before(node, graph)
    yield from (step.label(rounding_text(step, axes)) for step in rounded)
    if not rounded and not is_multiple(volumes):
        steps = [step for branch in branches_of(node, graph).own for step in branch]
        for step in (changing_at_borders(steps, axes) or not_halving(steps, axes))[:_MOST]:
            if step.volume and step.output:
                change = f"{sizes(step.volume.spatial)} into {sizes(step.output.spatial)}"
                yield step.label(f"{step.name} turns {change}")


def roundings_before(node: Node, graph: Graph) -> list[Node]:
    """The layers whose rounding makes the branches of a merge differ.

    Those of the merges after it that have no volumes now are among them: one size of the input fixes them all.
    """
    found = {step.name: step for step in _layers_that_round(node, graph)}
    if found:
        reached = {node.name}
        for later in graph.nodes[graph.nodes.index(node) + 1 :]:
            if reached.isdisjoint(later.inputs):
                continue
            reached.add(later.name)
            if later.traits.merge:
                steps = [step for branch in branches_of(later, graph).own for step in branch]
                found.update({step.name: step for step in steps if step.windows and roundings(step)})
    return [step for step in graph.nodes if step.name in found]


def _layers_that_round(node: Node, graph: Graph) -> list[Node]:
    volumes = node.call.known_inputs
    axes = axes_that_differ(volumes)
    if is_multiple(volumes):
        return []
    return [step for branch in branches_of(node, graph).own for step in branch if roundings(step, axes)]


def axes_that_differ(volumes: Sequence[Volume]) -> list[int]:
    """Numbers of the spatial axes on which volumes differ; none when they have not as many axes each."""
    if len({len(volume.spatial) for volume in volumes}) > 1:
        return []
    return [axis for axis, values in enumerate(zip(*(v.spatial for v in volumes), strict=True)) if len(set(values)) > 1]


def changing_at_borders(steps: Iterable[Node], axes: Sequence[int]) -> list[Node]:
    """The layers whose windows move by one and give another size than they get: they pad too little, or too much."""
    return [
        step for step in steps if any(w.stride == 1 and w.output not in (None, w.size) for w in _sliding(step, axes))
    ]


def not_halving(steps: Iterable[Node], axes: Sequence[int]) -> list[Node]:
    """The layers whose stride fits but does not divide what they get: of an odd size they make the larger half."""
    return [step for step in steps if any(window.size % window.stride for window in _sliding(step, axes))]


def _sliding(step: Node, axes: Sequence[int]) -> list[Window]:
    """The windows of a layer that slides, on some axes."""
    windows = step.windows if isinstance(step.operator, Sliding) else None
    return [windows[axis] for axis in axes] if windows else []


def is_multiple(volumes: Sequence[Volume]) -> bool:
    """Whether a volume is larger than the smallest one by a whole factor: a stride is missing, nothing was rounded."""
    small = smallest(volumes)
    return any(factor(volume, small) > 1 for volume in volumes)


def smallest(volumes: Sequence[Volume]) -> Volume:
    """The volume of the fewest positions."""
    return min(volumes, key=_positions)


def _positions(volume: Volume) -> int:
    return volume.positions


def factor(volume: Volume, small: Volume) -> int:
    """The whole number by which every axis is larger than another volume's; 0 when none of a stride's size is."""
    pairs = list(zip(volume.spatial, small.spatial, strict=False))
    factors = {a // b for a, b in pairs}
    is_whole = len(factors) == 1 and all(a % b == 0 for a, b in pairs)
    return factors.pop() if is_whole and max(factors) <= _STEEPEST else 0
