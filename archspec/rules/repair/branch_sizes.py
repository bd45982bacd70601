"""Other sizes for the one branch of a merge that differs from all others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.graph.changes import Change
from archspec.ops import operator
from archspec.rules._wording import located
from archspec.rules.repair.branch import inserted
from archspec.rules.repair.branch_differences import axes_that_differ, changing_at_borders
from archspec.rules.repair.branch_strides import strides_of, without_stride
from archspec.rules.repair.candidates import Candidate
from archspec.rules.repair.roundings import changes_text, other_roundings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archspec.graph.model import Graph, Node
    from archspec.rules.repair.branch import MergeBranch

_TWO = 2
"""Branches of which cropping one suffices."""
_LARGEST_STRIDE = 64
"""More positions than a larger one skips are not tried."""


def size_candidates(node: Node, branches: list[MergeBranch], graph: Graph) -> Iterator[Candidate]:
    """Changes to the one branch whose size is not that of all others."""
    axes = axes_that_differ([branch.volume for branch in branches])
    for branch in branches:
        others = {other.volume.spatial for other in branches if other is not branch}
        if len(others) > 1 or branch.volume.spatial in others:
            continue
        goal = others.pop()
        source = next(node.inputs[other.number] for other in branches if other.volume.spatial == goal)
        for changes in (other_roundings(branch.steps, axes), _border_kept(branch, axes)):
            if changes:
                yield Candidate(changes_text(changes, graph), changes)
        yield from without_stride(branch, graph)
        yield from _larger_transposed(branch, graph)
        yield from _resize(branch, source, goal, graph)
        yield from _cropped_otherwise(branch, goal, graph)


def _border_kept(branch: MergeBranch, axes: Sequence[int]) -> dict[str, Change]:
    """The padding with which the one layer that changes the size at its border keeps it."""
    changing = changing_at_borders(branch.steps, axes)
    if len(changing) != 1 or not changing[0].windows:
        return {}
    halves = {divmod(window.extent - 1, 2) for window in changing[0].windows}
    half, rest = halves.pop()
    return {changing[0].name: Change({"padding": "same" if rest or halves else half})}


def _larger_transposed(branch: MergeBranch, graph: Graph) -> Iterator[Candidate]:
    """More positions after the stride of the last transposed convolution."""
    transposed = [step for step in branch.steps if step.traits.is_transposed]
    for step in transposed[-1:]:
        for extra in range(1, min(max(strides_of(step)), _LARGEST_STRIDE)):
            changes = {step.name: Change({"output_padding": extra})}
            yield Candidate(changes_text(changes, graph), changes)


def _resize(branch: MergeBranch, source: str, goal: tuple[int, ...], graph: Graph) -> Iterator[Candidate]:
    """The size of another volume for the last layer that enlarges by a factor, if that volume is known there."""
    resizing = (step for step in reversed(branch.steps) if "like" in _size_arguments(step))
    step = next((step for step in resizing if getattr(step.operator, "factor", None)), None)
    if step is None or step.trail or graph.indices.get(source, -1) > graph.indices[step.name]:
        return
    if _is_shadowed(source, step, graph):
        return
    text = f"`like: {source}` in place of `factor` at {located(step)}"
    yield Candidate(text, {step.name: Change({"factor": None, "like": goal})})


def _is_shadowed(name: str, step: Node, graph: Graph) -> bool:
    """Whether a name, written at a layer, is that of another layer of the branches around it."""
    scope = step.name.rpartition(".")[0]
    while scope:
        if f"{scope}.{name}" in graph.indices:
            return True
        scope = scope.rpartition(".")[0]
    return False


def _size_arguments(step: Node) -> frozenset[str]:
    return step.operator.size_arguments if step.operator else frozenset()


def _cropped_otherwise(branch: MergeBranch, goal: tuple[int, ...], graph: Graph) -> Iterator[Candidate]:
    """Another margin for the last layer that crops, if the same on all sides does."""
    cropping = (step for step in reversed(branch.steps) if isinstance(getattr(step.operator, "margin", None), int))
    step = next(cropping, None)
    margin = _margin(step.volume.spatial, goal) if step and step.volume else None
    if step and margin:
        changes = {step.name: Change({"margin": margin})}
        yield Candidate(changes_text(changes, graph), changes)


def crop_candidates(node: Node, branches: list[MergeBranch]) -> Iterator[Candidate]:
    """A crop of the larger of two branches, as in a U-Net whose convolutions do not pad."""
    small, large = sorted(branches, key=lambda branch: branch.volume.positions)[:: len(branches) - 1]
    margin = _margin(large.volume.spatial, small.volume.spatial)
    if len(branches) == _TWO and margin:
        crop = operator("crop").model_validate({"margin": margin})
        yield inserted(large, crop, node)


def spread_candidates(node: Node, branches: list[MergeBranch]) -> Iterator[Candidate]:
    """An upsampling of the one branch that has a single position, to the size of the others."""
    single = [branch for branch in branches if branch.volume.positions == 1]
    goals = {branch.volume.spatial: branch.number for branch in branches if branch not in single}
    if len(single) == 1 and len(goals) == 1 and not node.trail:
        ((goal, number),) = goals.items()
        source = node.inputs[number]
        upsampling = operator("upsample").model_validate({"size": goal})
        text = f"`upsample: {{like: {source}}}` on the branch of {single[0].volume}"
        yield inserted(single[0], upsampling, node, text)


def _margin(large: tuple[int, ...], small: tuple[int, ...]) -> int | None:
    """What goes on each side of each axis; None when that is not the same everywhere."""
    if len(large) != len(small):
        return None
    surplus = {have - want for have, want in zip(large, small, strict=True)}
    margin, rest = divmod(surplus.pop(), 2)
    return margin if not surplus and not rest and margin > 0 else None
