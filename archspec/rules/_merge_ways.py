"""Ways to make the branches of a merge fit, each tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.ops._sliding import Sliding
from archspec.rules._differing import axes_that_differ, changing_at_borders, factor, smallest
from archspec.rules._retold import Changes, rounded_otherwise, volume_behind, written
from archspec.rules._wording import join, located

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archspec.graph.model import Graph, Node
    from archspec.volume import Volume

_TWO = 2
"""Branches of which changing one suffices."""


def ways_to_mend(node: Node, volumes: list[Volume], branches: list[list[Node]], graph: Graph) -> Iterator[str]:
    """Arguments that would mend a merge, then input sizes that work."""
    is_gated = node.kind == "multiply" and any(volume.positions == 1 for volume in volumes)
    if len({volume.spatial for volume in volumes}) > 1 and not is_gated:
        yield from _sizes(node, volumes, branches, graph)
    if node.kind != "concat" and len({volume.channels for volume in volumes}) > 1:
        yield from _channels(node, volumes, branches)


def _sizes(node: Node, volumes: list[Volume], branches: list[list[Node]], graph: Graph) -> Iterator[str]:
    told = [*_strides(volumes, branches)] or [*_changes(volumes, branches, node, graph)]
    yield from told
    if not any("stride" in text for text in told):
        from archspec.rules._whole_network import inputs_for_all  # noqa: PLC0415 - other inputs, for sizes only

        found = inputs_for_all(graph)
        if found is not None:
            yield found.phrase


def _strides(volumes: list[Volume], branches: list[list[Node]]) -> Iterator[str]:
    """``stride`` for a branch that is larger by a whole factor."""
    small = smallest(volumes)
    for volume, branch in zip(volumes, branches, strict=True):
        times = factor(volume, small)
        if times > 1:
            strided = next((step for step in reversed(branch) if isinstance(step.operator, Sliding)), None)
            if strided is None:
                yield f"a convolution with `stride: {times}` on the branch of {volume} would make the sizes equal"
            else:
                ways = [f"`stride: {times}` at {located(strided)}"]
                ways += _unstrided(volumes, branches, volume)
                yield f"{join(ways, 'or')} would make the sizes equal"


def _unstrided(volumes: list[Volume], branches: list[list[Node]], large: Volume) -> Iterator[str]:
    """``stride: 1`` for the layer that makes the other of two branches smaller, where that alone would do."""
    for volume, branch in zip(volumes, branches, strict=True):
        strided = [step for step in branch if isinstance(step.operator, Sliding) and set(_strides_of(step)) != {1}]
        if len(volumes) == _TWO and volume.spatial != large.spatial and len(strided) == 1:
            changes: Changes = {strided[0].name: {"stride": 1}}
            behind = volume_behind(branch, changes)
            if behind is not None and behind.spatial == large.spatial:
                yield written(changes, branch)


def _changes(volumes: list[Volume], branches: list[list[Node]], node: Node, graph: Graph) -> Iterator[str]:
    """Changes to one branch that make its size that of all others."""
    found = []
    for place, (volume, branch) in enumerate(zip(volumes, branches, strict=True)):
        others = {other.spatial for number, other in enumerate(volumes) if number != place}
        if len(others) > 1 or volume.spatial in others:
            continue
        goal = others.pop()
        source = next(name for name, other in zip(node.inputs, volumes, strict=True) if other.spatial == goal)
        for changes in _candidates(branch, axes_that_differ(volumes), source, goal, graph):
            behind = volume_behind(branch, changes) if changes else None
            if behind is not None and behind.spatial == goal:
                found.append(written(_as_told(changes, source), branch))
    found = found or [*_cropped(volumes)]
    if found:
        yield f"{join(found, 'or')} would make the sizes equal"


def _candidates(
    branch: list[Node], axes: Sequence[int], source: str, goal: tuple[int, ...], graph: Graph
) -> Iterator[Changes]:
    """What might help: another rounding, borders kept, no stride, more behind a stride, the size of another volume."""
    yield rounded_otherwise(branch, axes)
    yield _border_kept(branch, axes)
    strided = [step for step in branch if isinstance(step.operator, Sliding) and set(_strides_of(step)) != {1}]
    if len(strided) == 1:
        yield {strided[0].name: {"stride": 1}}
    enlarging = [step for step in branch if step.kind == "conv_transpose"]
    for step in enlarging[-1:]:
        yield from ({step.name: {"output_padding": extra}} for extra in range(1, max(_strides_of(step))))
    yield _resized(branch, source, goal, graph)
    yield _cropped_otherwise(branch, goal)


def _cropped_otherwise(branch: list[Node], goal: tuple[int, ...]) -> Changes:
    """Another margin for the last layer that crops, if the same on all sides does."""
    step = next((step for step in reversed(branch) if isinstance(getattr(step.operator, "margin", None), int)), None)
    margin = _margin(step.volume.spatial, goal) if step and step.kind == "crop" and step.volume else None
    return {step.name: {"margin": margin}} if step and margin else {}


def _cropped(volumes: list[Volume]) -> Iterator[str]:
    """A crop of the larger of two branches, as in a U-Net whose convolutions do not pad."""
    small, large = sorted(volumes, key=lambda volume: volume.positions)[:: len(volumes) - 1]
    margin = _margin(large.spatial, small.spatial)
    if len(volumes) == _TWO and margin:
        yield f"`crop: {margin}` on the branch of {large}"


def _margin(large: tuple[int, ...], small: tuple[int, ...]) -> int | None:
    """What goes on each side of each axis; None when that is not the same everywhere."""
    if len(large) != len(small):
        return None
    surplus = {have - want for have, want in zip(large, small, strict=True)}
    margin, rest = divmod(surplus.pop(), 2)
    return margin if not surplus and not rest and margin > 0 else None


def _strides_of(step: Node) -> tuple[int, ...]:
    strides = getattr(step.operator, "strides", None) or getattr(step.operator, "stride", 1)
    return strides if isinstance(strides, tuple) else (strides,)


def _border_kept(branch: list[Node], axes: Sequence[int]) -> Changes:
    """The padding with which the one layer that changes the size at its border keeps it."""
    changing = changing_at_borders(branch, axes)
    if len(changing) != 1 or not changing[0].windows:
        return {}
    halves = {divmod(window.extent - 1, 2) for window in changing[0].windows}
    half, rest = halves.pop()
    return {changing[0].name: {"padding": "same" if rest or halves else half}}


def _resized(branch: list[Node], source: str, goal: tuple[int, ...], graph: Graph) -> Changes:
    """The size of another volume for the last layer that enlarges by a factor, if that volume is known there."""
    step = next(
        (step for step in reversed(branch) if getattr(step.operator, "factor", None) and step.kind == "upsample"), None
    )
    known = [*graph.inputs, *graph.by_name]
    if step is None or step.trail or known.index(source) > known.index(step.name):
        return {}
    return {step.name: {"factor": None, "size": goal}}


def _as_told(changes: Changes, source: str) -> Changes:
    """Changes as one writes them: the size of a volume by its name."""
    return {name: {"like": source} if "size" in arguments else arguments for name, arguments in changes.items()}


def _channels(node: Node, volumes: list[Volume], branches: list[list[Node]]) -> Iterator[str]:
    """``filters`` or ``units`` for a branch whose channels differ, or a projection of the other one."""
    wanted = _leading(node, volumes, branches).channels
    for volume, branch in zip(volumes, branches, strict=True):
        if volume.channels == wanted:
            continue
        changes = _last_made(branch, wanted)
        behind = volume_behind(branch, changes) if changes else None
        if behind is not None and behind.channels == wanted:
            is_plain = any(not other for other in branches) and node.kind == "add"
            projected = f", or a 1x1 convolution of {volume.channels} filters on the other branch," if is_plain else ""
            yield f"{written(changes, branch)}{projected} would make {node.kind} fit"
            return
    most = max(volume.channels for volume in volumes)
    yield f"a 1x1 convolution of {most} filters on the other branch would make {node.kind} fit"


def _leading(node: Node, volumes: list[Volume], branches: list[list[Node]]) -> Volume:
    """The volume that others should follow: what is gated, comes by unchanged, or is made by the longest branch."""
    if node.kind == "multiply":
        return max(volumes, key=lambda volume: volume.positions)
    unchanged = (volume for volume, branch in zip(volumes, branches, strict=True) if not branch)
    return next(unchanged, volumes[max(range(len(branches)), key=lambda place: len(branches[place]))])


def _last_made(branch: list[Node], wanted: int) -> Changes:
    """The layer that makes the channels of a branch, with as many as are wanted."""
    for step in reversed(branch):
        for argument in ("filters", "units"):
            if hasattr(step.operator, argument):
                return {step.name: {argument: wanted}}
    return {}
