"""A stretch of layers asked again, some of their arguments changed: what would leave then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archspec.ops._sliding import Sliding
from archspec.rules._wording import formula, join, located, number
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from archspec.graph.model import Node
    from archspec.ops._window import Window

Changes = dict[str, dict[str, Any]]
"""Arguments by the names of layers."""


def volume_behind(
    steps: Sequence[Node], changes: Mapping[str, Mapping[str, Any]], start: Volume | None = None
) -> Volume | None:
    """What leaves the last of these layers, each reading the one before; None when that is not known.

    ``start`` arrives at the first one, if given. A merge on the way is taken to get from its other branches what fits.
    """
    volume = start or (steps[0].volume if steps else None)
    for step in steps:
        if step.operator is None or volume is None:
            return None
        if len(step.inputs) > 1:
            volume = Volume(volume.spatial, step.output.channels) if step.output else None
        else:
            change = changes.get(step.name)
            operator = step.operator.model_copy(update=dict(change)) if change else step.operator
            volume = operator.infer([volume]) if len(volume.spatial) in operator.ranks else None
    return volume


def roundings(step: Node, axes: Iterable[int] | None = None) -> list[Window]:
    """The windows of a layer, on some axes, of which another rounding would make another size."""
    windows = step.windows if isinstance(step.operator, Sliding) else None
    chosen = range(len(windows or ())) if axes is None else axes
    return [window for axis in chosen if windows and (window := windows[axis]).reach >= 0 and _has_choice(window)]


def _has_choice(window: Window) -> bool:
    return not window.is_whole and window.floor != window._replace(fit="pad").output


def rounding_text(step: Node, axes: Iterable[int] | None = None) -> str:
    """``pool1 rounds (75 - 2 + 2*0)/2 + 1 = 37.5 down to 37``, on one of these axes if there is one."""
    fractions = [window for window in step.windows or () if not window.is_whole]
    window = next(iter([*roundings(step, axes), *roundings(step), *fractions]))
    way = f"down to {window.floor}" if window.output == window.floor else f"up to {window.output}"
    return f"{step.name} rounds {formula(window)} = {number(window.quotient)} {way}"


def other_rounding(step: Node) -> dict[str, Any]:
    """The argument that makes a layer round the other way."""
    return {"fit": "crop" if getattr(step.operator, "fit", None) == "pad" else "pad"}


def rounded_otherwise(steps: Iterable[Node], axes: Iterable[int] | None = None) -> Changes:
    """The changes that make all of these layers round the other way that could."""
    chosen = None if axes is None else tuple(axes)
    return {step.name: other_rounding(step) for step in steps if roundings(step, chosen)}


def rounding_that_gives(steps: Sequence[Node], holds: Callable[[Volume], bool]) -> str:
    """What would leave the last layer, rightly, if one that rounds did it the other way, or all did; empty if none."""
    every = rounded_otherwise(steps)
    for changes in (*({name: change} for name, change in reversed(every.items())), every):
        behind = volume_behind(steps, changes) if changes else None
        if behind is not None and holds(behind):
            rounding = [step for step in steps if step.name in changes]
            texts = [rounding_text(step) for step in rounding]
            return f"{join(texts)}: {written(changes, steps)} would give {behind}"
    return ""


def written(changes: Changes, steps: Iterable[Node]) -> str:
    """``fit: pad`` at conv1 (line 7), for each layer that would change."""
    places = {step.name: located(step) for step in steps}
    texts = [
        f"`{argument}: {value}`{' in place of `factor`' if argument == 'like' else ''} at {places[name]}"
        for name, arguments in changes.items()
        for argument, value in arguments.items()
    ]
    return " and ".join(texts)
