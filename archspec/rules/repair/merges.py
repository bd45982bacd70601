"""What makes the branches of a merge fit."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from archspec.graph.changes import Change
from archspec.ops import operator
from archspec.ops._sliding import Sliding
from archspec.rules._wording import join, located
from archspec.rules.repair.branch_differences import axes_that_differ, changing_at_borders, factor, smallest
from archspec.rules.repair.candidates import Candidate, together, try_candidates
from archspec.rules.repair.roundings import changes_text, other_roundings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from archspec.graph.model import Graph, Node
    from archspec.ops._base import Operator
    from archspec.rules.repair.candidates import Offer
    from archspec.volume import Volume

_TWO = 2
"""Branches of which changing one suffices."""


class Branch(NamedTuple):
    """One branch of a merge: its number, the volume that the merge receives from it, and its own layers in order."""

    number: int
    volume: Volume
    steps: list[Node]


def merge_repairs(node: Node, volumes: list[Volume], own: list[list[Node]], graph: Graph) -> Iterator[str]:
    """Help for a merge: changes to arguments with which it fits, then input sizes."""
    branches = [Branch(number, *each) for number, each in enumerate(zip(volumes, own, strict=True))]
    is_gated = node.traits.merge == "product" and any(volume.positions == 1 for volume in volumes)
    sizes_differ = len({volume.spatial for volume in volumes}) > 1 and not is_gated
    channels_differ = node.traits.merge != "concatenation" and len({volume.channels for volume in volumes}) > 1
    if sizes_differ and channels_differ:
        yield from _both(node, branches, graph)
    elif sizes_differ:
        yield from _equal_sizes(node, branches, graph)
    elif channels_differ:
        yield from _equal_channels(node, branches, graph)


def _both(node: Node, branches: list[Branch], graph: Graph) -> Iterator[str]:
    """Where sizes and channels differ: the first pair of changes that makes the merge fit."""
    size_candidates = [*_stride_candidates(node, branches, graph), *_size_candidates(node, branches, graph)]
    pairs = product(size_candidates, _channel_candidates(node, branches, graph))
    for offer in try_candidates(graph, node, "output", (together(*pair) for pair in pairs)):
        yield f"{offer.text} would make {node.kind} fit"
        return


def _equal_sizes(node: Node, branches: list[Branch], graph: Graph) -> Iterator[str]:
    strides = [*try_candidates(graph, node, "output", _stride_candidates(node, branches, graph))]
    offers = strides or [*try_candidates(graph, node, "output", _size_candidates(node, branches, graph))]
    offers = offers or [*try_candidates(graph, node, "output", _crop_candidates(node, branches))]
    if offers:
        yield f"{join(_texts(offers), 'or')} would make the sizes equal"
    if not any("stride" in offer.text for offer in offers):
        from archspec.rules.repair.network_inputs import inputs_for_all  # noqa: PLC0415 - other inputs, for sizes only

        found = inputs_for_all(graph, node, "output")
        if found is not None:
            yield found.phrase


def _texts(offers: Iterable[Offer]) -> list[str]:
    return [*dict.fromkeys(offer.text for offer in offers)]


# Strides, where a branch is larger by a whole factor


def _stride_candidates(node: Node, branches: list[Branch], graph: Graph) -> Iterator[Candidate]:
    """Strides for the branches that are larger by a whole factor; or none for the layer that made the other smaller."""
    small = smallest([branch.volume for branch in branches])
    larger = [(branch, times) for branch in branches if (times := factor(branch.volume, small)) > 1]
    choices = product(*([*_strided(node, branch, times, graph)] for branch, times in larger))
    if larger:
        yield from (_all_of(choice) for choice in choices)
    if len(branches) == _TWO and len(larger) == 1:
        other = next(branch for branch in branches if branch is not larger[0][0])
        yield from _without_stride(other, graph)


def _all_of(candidates: Sequence[Candidate]) -> Candidate:
    first, *others = candidates
    for each in others:
        first = together(first, each)
    return first


def _strided(node: Node, branch: Branch, times: int, graph: Graph) -> Iterator[Candidate]:
    """The last layer of a branch that slides with a stride of so many, or so many times its own; else another layer."""
    step = next((step for step in reversed(branch.steps) if isinstance(step.operator, Sliding)), None)
    if step is None:
        conv = _convolution(branch.volume.channels, kernel=times, stride=times)
        yield _inserted(f"a convolution with `stride: {times}` on the branch of {branch.volume}", branch, conv, node)
        return
    present = set(_strides_of(step))
    for stride in (times, times * present.pop()) if len(present) == 1 else (times,):
        changes = {step.name: Change({"stride": stride})}
        yield Candidate(changes_text(changes, graph), changes)


def _without_stride(branch: Branch, graph: Graph) -> Iterator[Candidate]:
    """``stride: 1`` for the only layer of a branch that has another stride."""
    strided = [step for step in branch.steps if isinstance(step.operator, Sliding) and set(_strides_of(step)) != {1}]
    if len(strided) == 1:
        changes = {strided[0].name: Change({"stride": 1})}
        yield Candidate(changes_text(changes, graph), changes)


def _strides_of(step: Node) -> tuple[int, ...]:
    strides = getattr(step.operator, "strides", None) or getattr(step.operator, "stride", 1)
    return strides if isinstance(strides, tuple) else (strides,)


# Other sizes, where one branch differs from all others


def _size_candidates(node: Node, branches: list[Branch], graph: Graph) -> Iterator[Candidate]:
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
        yield from _without_stride(branch, graph)
        yield from _larger_transposed(branch, graph)
        yield from _resized(branch, source, goal, graph)
        yield from _cropped_otherwise(branch, goal, graph)


def _border_kept(branch: Branch, axes: Sequence[int]) -> dict[str, Change]:
    """The padding with which the one layer that changes the size at its border keeps it."""
    changing = changing_at_borders(branch.steps, axes)
    if len(changing) != 1 or not changing[0].windows:
        return {}
    halves = {divmod(window.extent - 1, 2) for window in changing[0].windows}
    half, rest = halves.pop()
    return {changing[0].name: Change({"padding": "same" if rest or halves else half})}


def _larger_transposed(branch: Branch, graph: Graph) -> Iterator[Candidate]:
    """More positions after the stride of the last transposed convolution."""
    transposed = [step for step in branch.steps if step.traits.is_transposed]
    for step in transposed[-1:]:
        for extra in range(1, max(_strides_of(step))):
            changes = {step.name: Change({"output_padding": extra})}
            yield Candidate(changes_text(changes, graph), changes)


def _resized(branch: Branch, source: str, goal: tuple[int, ...], graph: Graph) -> Iterator[Candidate]:
    """The size of another volume for the last layer that enlarges by a factor, if that volume is known there."""
    resizing = (step for step in reversed(branch.steps) if "like" in _size_arguments(step))
    step = next((step for step in resizing if getattr(step.operator, "factor", None)), None)
    if step is None or step.trail or graph.indices.get(source, -1) > graph.indices[step.name]:
        return
    text = f"`like: {source}` in place of `factor` at {located(step)}"
    yield Candidate(text, {step.name: Change({"factor": None, "like": goal})})


def _size_arguments(step: Node) -> frozenset[str]:
    return step.operator.size_arguments if step.operator else frozenset()


# Crops


def _cropped_otherwise(branch: Branch, goal: tuple[int, ...], graph: Graph) -> Iterator[Candidate]:
    """Another margin for the last layer that crops, if the same on all sides does."""
    cropping = (step for step in reversed(branch.steps) if isinstance(getattr(step.operator, "margin", None), int))
    step = next(cropping, None)
    margin = _margin(step.volume.spatial, goal) if step and step.volume else None
    if step and margin:
        changes = {step.name: Change({"margin": margin})}
        yield Candidate(changes_text(changes, graph), changes)


def _crop_candidates(node: Node, branches: list[Branch]) -> Iterator[Candidate]:
    """A crop of the larger of two branches, as in a U-Net whose convolutions do not pad."""
    small, large = sorted(branches, key=lambda branch: branch.volume.positions)[:: len(branches) - 1]
    margin = _margin(large.volume.spatial, small.volume.spatial)
    if len(branches) == _TWO and margin:
        crop = operator("crop").model_validate({"margin": margin})
        yield _inserted(f"`crop: {margin}` on the branch of {large.volume}", large, crop, node)


def _margin(large: tuple[int, ...], small: tuple[int, ...]) -> int | None:
    """What goes on each side of each axis; None when that is not the same everywhere."""
    if len(large) != len(small):
        return None
    surplus = {have - want for have, want in zip(large, small, strict=True)}
    margin, rest = divmod(surplus.pop(), 2)
    return margin if not surplus and not rest and margin > 0 else None


# Channels


def _equal_channels(node: Node, branches: list[Branch], graph: Graph) -> Iterator[str]:
    """The first change that makes the channels equal, and beside a plain branch a projection of that one too."""
    offer = next(try_candidates(graph, node, "output", _channel_candidates(node, branches, graph)), None)
    if offer is None:
        return
    projections = _projections_of_plain(node, branches) if node.name not in offer.changes else ()
    projected = "".join(f", or {each.text}," for each in try_candidates(graph, node, "output", projections))
    yield f"{offer.text}{projected} would make {node.kind} fit"


def _channel_candidates(node: Node, branches: list[Branch], graph: Graph) -> Iterator[Candidate]:
    """``filters`` or ``units`` for the branches whose channels differ, or projections to the most channels."""
    channels = _leading(node, branches).volume.channels
    differing = [branch for branch in branches if branch.volume.channels != channels]
    changes = [_last_choice_of_channels(branch, channels) for branch in differing]
    if all(changes):
        every = {name: change for each in changes for name, change in each.items()}
        yield Candidate(changes_text(every, graph), every)
    yield from _projections(node, branches)


def _projections_of_plain(node: Node, branches: list[Branch]) -> Iterator[Candidate]:
    """A projection of the branch without layers, of two that are added: what residual networks have."""
    plain = [branch for branch in branches if not branch.steps]
    if node.traits.merge == "sum" and len(branches) == _TWO and len(plain) == 1:
        channels = next(branch.volume.channels for branch in branches if branch.steps)
        text = f"a 1x1 convolution of {channels} filters on the other branch"
        yield _inserted(text, plain[0], _convolution(channels, kernel=1, stride=1), node)


def _projections(node: Node, branches: list[Branch]) -> Iterator[Candidate]:
    """1x1 convolutions on all branches but those of the most channels."""
    most = max(branch.volume.channels for branch in branches)
    narrow = [branch for branch in branches if branch.volume.channels < most]
    where = "the other branch" if len(narrow) == 1 else "the other branches"
    text = f"a 1x1 convolution of {most} filters on {where}"
    projections = [_inserted(text, branch, _convolution(most, kernel=1, stride=1), node) for branch in narrow]
    yield _all_of(projections)._replace(text=text)


def _leading(node: Node, branches: list[Branch]) -> Branch:
    """The branch that others should follow: what is gated, comes by unchanged, or is made by the most layers."""
    if node.traits.merge == "product":
        return max(branches, key=lambda branch: branch.volume.positions)
    unchanged = (branch for branch in branches if not branch.steps)
    return next(unchanged, max(branches, key=lambda branch: len(branch.steps)))


def _last_choice_of_channels(branch: Branch, channels: int) -> dict[str, Change]:
    """The last layer of a branch that chooses channels, with as many as these."""
    for step in reversed(branch.steps):
        if step.traits.channels_argument is not None:
            return {step.name: Change({step.traits.channels_argument: channels})}
    return {}


def _convolution(filters: int, *, kernel: int, stride: int) -> Operator:
    return operator("conv").model_validate({"filters": filters, "kernel": kernel, "stride": stride})


def _inserted(text: str, branch: Branch, inserted: Operator, node: Node) -> Candidate:
    """An operator between the end of a branch and the merge."""
    return Candidate(text, {node.name: Change(inserted={branch.number: inserted})})
