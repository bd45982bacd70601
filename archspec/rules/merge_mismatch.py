"""merge-mismatch: branches that don't fit together."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Label
from archspec.ops._sliding import Sliding
from archspec.rules._base import AppliedRule
from archspec.rules._branches import branches_of
from archspec.rules._retold import Changes, rounded_otherwise, rounding_label, roundings, volume_behind, written
from archspec.rules._wording import join
from archspec.volume import sizes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node
    from archspec.ops._window import Window
    from archspec.volume import Volume

_WANTS = {
    "add": "add wants equal volumes",
    "concat": "concat wants equal spatial axes",
    "multiply": "multiply wants equal volumes, or gates of 1x1 positions",
}
_MOST = 4
"""Layers at whose borders a size changes that are pointed at."""


class MergeMismatch(AppliedRule):
    """The volumes that a merge joins do not fit together.

    Why: somewhere between the layer where the branches part and this one, a stride, a kernel or a number of filters
    differs from what the other branch does; a pool that rounds an odd size down is the usual culprit.

    Source: He et al. 2016, section 3.2 (the dimensions of x and F must be equal in eq. 1).

    Bad:
        input: 8x8x16
        layers:
          - add: [[{conv: {filters: 32, kernel: 3, padding: same}}], []]

    Good:
        input: 8x8x16
        layers:
          - add: [[{conv: {filters: 16, kernel: 3, padding: same}}], []]
    """

    name: ClassVar[str] = "merge-mismatch"

    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:
        """One finding for a merge of known volumes that gives none."""
        volumes = [volume for volume in node.received if volume is not None]
        if node.kind not in _WANTS or node.output is not None or len(volumes) != len(node.received):
            return
        parting, own = branches_of(node, graph)
        listed = [f"{volume} from {name}" for volume, name in zip(volumes, node.inputs, strict=True)]
        yield self.finding(
            f"{_WANTS[node.kind]}, got {join(listed)}",
            node.place,
            label=f"{node.name} can't join them",
            labels=tuple(_labels(node, graph)),
            notes=(f"the branches part after {parting}",) if parting else (),
            help=tuple(_help(node, volumes, own, graph)),
            layer=node.name,
        )


def roundings_behind(node: Node, graph: Graph) -> list[Node]:
    """The layers whose rounding makes the branches of a merge differ.

    Those of the merges behind it that have no volumes now are among them: one size of the input mends them all.
    """
    found = {step.name: step for step in _rounded(node, graph)}
    if found:
        reached = {node.name}
        for later in graph.nodes[graph.nodes.index(node) + 1 :]:
            if reached.isdisjoint(later.inputs):
                continue
            reached.add(later.name)
            if later.kind in _WANTS:
                steps = [step for branch in branches_of(later, graph).own for step in branch]
                found.update({step.name: step for step in steps if step.windows and roundings(step)})
    return [step for step in graph.nodes if step.name in found]


def _rounded(node: Node, graph: Graph) -> list[Node]:
    volumes = [volume for volume in node.received if volume is not None]
    axes = _axes_that_differ(volumes)
    if any(_factor(volume, min(volumes, key=_positions)) > 1 for volume in volumes):
        return []
    return [step for branch in branches_of(node, graph).own for step in branch if roundings(step, axes)]


def _axes_that_differ(volumes: Sequence[Volume]) -> list[int]:
    """Numbers of the spatial axes on which volumes differ; none when they have not as many axes each."""
    if len({len(volume.spatial) for volume in volumes}) > 1:
        return []
    return [axis for axis, values in enumerate(zip(*(v.spatial for v in volumes), strict=True)) if len(set(values)) > 1]


def _labels(node: Node, graph: Graph) -> Iterator[Label]:
    """The layers that make a difference: by rounding, or else at their borders."""
    volumes = [volume for volume in node.received if volume is not None]
    axes = _axes_that_differ(volumes)
    rounded = roundings_behind(node, graph)
    yield from (rounding_label(step, axes) for step in rounded)
    if not rounded and not any(_factor(volume, min(volumes, key=_positions)) > 1 for volume in volumes):
        steps = [step for branch in branches_of(node, graph).own for step in branch]
        for step in (_changing_at_borders(steps, axes) or _not_halving(steps, axes))[:_MOST]:
            if step.volume and step.output:
                made = f"{sizes(step.output.spatial)} of {sizes(step.volume.spatial)}"
                yield Label(step.place, f"{step.name} makes {made}")


def _changing_at_borders(steps: Iterable[Node], axes: Sequence[int]) -> list[Node]:
    """The layers whose windows move by one and give another size than they get: they pad too little, or too much."""
    return [
        step for step in steps if any(w.stride == 1 and w.output not in (None, w.size) for w in _sliding(step, axes))
    ]


def _not_halving(steps: Iterable[Node], axes: Sequence[int]) -> list[Node]:
    """The layers whose stride fits but does not divide what they get: of an odd size they make the larger half."""
    return [step for step in steps if any(window.size % window.stride for window in _sliding(step, axes))]


def _sliding(step: Node, axes: Sequence[int]) -> list[Window]:
    """The windows of a layer that slides, on some axes."""
    windows = step.windows if isinstance(step.operator, Sliding) else None
    return [windows[axis] for axis in axes] if windows else []


def _help(node: Node, volumes: list[Volume], branches: list[list[Node]], graph: Graph) -> Iterator[str]:
    """Arguments that would mend it, then input sizes that work."""
    if len({volume.spatial for volume in volumes}) > 1:
        told = list(_spatial_help(volumes, branches))
        yield from told
        if told:
            return
        yield from _changes_help(volumes, branches, node, graph)
        from archspec.rules._input_sizes import inputs_that_work  # noqa: PLC0415 - builds the graph again, for a fault only

        works = inputs_that_work(graph, node.name)
        if works:
            yield f"input {join([sizes(each) for each in works], 'or')} works"
    elif node.kind != "concat":
        yield from _channel_help(node, volumes, branches)


def _changes_help(volumes: list[Volume], branches: list[list[Node]], node: Node, graph: Graph) -> Iterator[str]:
    """Changes to one branch, each tried, that make its size that of the others: ``fit``, ``padding``, ``like``."""
    axes = _axes_that_differ(volumes)
    found = []
    for place, (volume, branch) in enumerate(zip(volumes, branches, strict=True)):
        others = {other.spatial for number, other in enumerate(volumes) if number != place}
        if len(others) > 1 or volume.spatial in others:
            continue
        goal = others.pop()
        source = next(name for name, other in zip(node.inputs, volumes, strict=True) if other.spatial == goal)
        for changes in (
            rounded_otherwise(branch, axes),
            _border_kept(branch, axes),
            _resized(branch, source, goal, graph),
        ):
            behind = volume_behind(branch, changes) if changes else None
            if behind is not None and behind.spatial == goal:
                found.append(written(_as_told(changes, source), branch))
    if found:
        yield f"{join(found, 'or')} would make the sizes equal"


def _border_kept(branch: list[Node], axes: Sequence[int]) -> Changes:
    """The padding with which the one layer that changes the size at its border keeps it."""
    changing = _changing_at_borders(branch, axes)
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


def _positions(volume: Volume) -> int:
    return volume.positions


def _factor(volume: Volume, small: Volume) -> int:
    """The whole number by which every axis is larger than another volume's; 0 when there is none."""
    pairs = list(zip(volume.spatial, small.spatial, strict=False))
    factors = {a // b for a, b in pairs}
    return factors.pop() if len(factors) == 1 and all(a % b == 0 for a, b in pairs) else 0


def _spatial_help(volumes: list[Volume], branches: list[list[Node]]) -> Iterator[str]:
    """``stride`` for a branch that is larger by a whole factor."""
    small = min(volumes, key=_positions)
    for volume, branch in zip(volumes, branches, strict=True):
        factor = _factor(volume, small)
        if factor > 1:
            strided = next((step for step in reversed(branch) if hasattr(step.operator, "stride")), None)
            if strided is None:
                yield f"a convolution with `stride: {factor}` on the branch of {volume} would make the sizes equal"
            else:
                yield f"`stride: {factor}` at {strided.name} (line {strided.place.line}) would make the sizes equal"


def _channel_help(node: Node, volumes: list[Volume], branches: list[list[Node]]) -> Iterator[str]:
    """``filters`` for a branch whose channels differ."""
    wanted = volumes[0].channels if not branches[0] else volumes[-1].channels
    for volume, branch in zip(volumes, branches, strict=True):
        if volume.channels == wanted:
            continue
        conv = next((step for step in reversed(branch) if hasattr(step.operator, "filters")), None)
        if conv is not None:
            yield f"`filters: {wanted}` at {conv.name} (line {conv.place.line}) would make {node.kind} fit"
            return
    most = max(volume.channels for volume in volumes)
    yield f"a 1x1 convolution of {most} filters on the other branch would make {node.kind} fit"
