"""Input sizes with which a network fits, or at least a layer that fails: the nearest ones, found by trying."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.analysis.misfit import is_fault
from archspec.analysis.replay import rebuilt
from archspec.ops._base import per_axis
from archspec.ops._sliding import Sliding

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from archspec.graph.model import Graph, Node
    from archspec.ops._window import Window

_FARTHEST = 64
"""How far from the present size is looked."""
LARGEST = 5_000
"""Layers of a network that is still built again and again."""


def inputs_that_work(graph: Graph, name: str) -> tuple[tuple[int, ...], ...]:
    """The nearest smaller and larger input for which the whole network fits; else for which ``name`` has an output.

    Multiples of what the strides come to are preferred, for they are what people call good sizes. An axis that fits is
    left alone, as far as the axes go through the same windows.
    """
    spatial = _present(graph)
    if spatial is None:
        return ()
    multiples = tuple(tried for tried in _multiples(graph, spatial) if fits(rebuilt(graph, tried)))
    if multiples:
        return multiples
    for works in (fits, lambda tried: _has_output(tried, name)):
        found = _axis_by_axis(graph, spatial, works) or _all_alike(graph, spatial, works)
        if found:
            return found
    return ()


def _multiples(graph: Graph, spatial: tuple[int, ...]) -> list[tuple[int, ...]]:
    """The smaller and the larger input whose axes are multiples of all strides together, other than the present one."""
    by = _total_strides(graph, len(spatial))
    below = tuple(size // step * step for size, step in zip(spatial, by, strict=True))
    above = tuple(-(-size // step) * step for size, step in zip(spatial, by, strict=True))
    return [tried for tried in (below, above) if min(tried) > 0 and tried != spatial]


def _total_strides(graph: Graph, axes: int) -> list[int]:
    """The largest product of strides between the input and a layer, per axis; what is enlarged again counts back."""
    behind = dict.fromkeys(graph.inputs, [1] * axes)
    for node in graph.nodes:
        strides = behind[node.inputs[0]]
        operator = node.operator
        if isinstance(operator, Sliding):
            strides = [a * b for a, b in zip(strides, per_axis(operator.strides, axes) or strides, strict=True)]
        elif operator is not None:
            enlarged = (
                getattr(operator, "factor" if node.kind in ("upsample", "pixel_shuffle") else "stride", None) or 1
            )
            strides = [max(a // b, 1) for a, b in zip(strides, per_axis(enlarged, axes) or strides, strict=True)]
        behind[node.name] = strides
    return [max(column) for column in zip(*behind.values(), strict=True)]


def fits(graph: Graph) -> bool:
    """Whether every layer has an output, reads all of its input, and gets what it states."""
    return graph.is_whole and not any(map(is_amiss, graph.nodes))


def is_amiss(node: Node) -> bool:
    """Whether a layer has no output, does not read all of its input, or does not get what it states."""
    windows = node.windows if isinstance(node.operator, Sliding) else None
    if (
        node.operator is None
        or node.volume is None
        or node.output is None
        or any(is_fault(window) for window in windows or ())
    ):
        return True
    return any(claim.stated != claim.actual for claim in node.operator.claims(node.volume))


def _present(graph: Graph) -> tuple[int, ...] | None:
    """The spatial axes of the input, if it is known and the network is small enough to be tried."""
    first = next(iter(graph.inputs.values()), None)
    is_usable = first is not None and all(volume is not None for volume in graph.inputs.values())
    return first.spatial if first and is_usable and first.spatial and len(graph.nodes) <= LARGEST else None


def _axis_by_axis(
    graph: Graph, spatial: tuple[int, ...], works: Callable[[Graph], bool]
) -> tuple[tuple[int, ...], ...]:
    """Each axis by what an input as long on all of them does, and the result tried."""
    square: dict[int, bool] = {}

    def works_for(size: int) -> bool:
        if size not in square:
            square[size] = size > 0 and works(rebuilt(graph, (size,) * len(spatial)))
        return square[size]

    found = []
    for sign in (-1, 1):
        nearest = tuple(_nearest(size, sign, works_for) for size in spatial)
        chosen = tuple(size for size in nearest if size is not None)
        if len(chosen) == len(spatial) and chosen != spatial and works(rebuilt(graph, chosen)):
            found.append(chosen)
    return tuple(found)


def _nearest(size: int, sign: int, works: Callable[[int], bool]) -> int | None:
    return next((tried for step in range(_FARTHEST + 1) if works(tried := size + sign * step)), None)


def _all_alike(graph: Graph, spatial: tuple[int, ...], works: Callable[[Graph], bool]) -> tuple[tuple[int, ...], ...]:
    """All axes changed alike."""
    found = []
    for sign in (-1, 1):
        tried = (tuple(size + sign * step for size in spatial) for step in range(1, _FARTHEST + 1))
        chosen = next((sizes for sizes in tried if min(sizes) > 0 and works(rebuilt(graph, sizes))), None)
        if chosen is not None:
            found.append(chosen)
    return tuple(found)


def _has_output(graph: Graph, name: str) -> bool:
    return name in graph.by_name and graph.by_name[name].output is not None


def goes_through(chain: Sequence[Window], size: int, *, exactly: bool) -> bool:
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
