"""Input sizes for which a whole network fits: listed, and as congruences where these are proven."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from archspec.analysis.sizing import Sizing
from archspec.work_budget import MAX_NODES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.analysis.congruences import Congruence
    from archspec.analysis.misfit import Fitting
    from archspec.analysis.sizing import Proven
    from archspec.graph.model import Graph
    from archspec.ops._base import Operator


LOW, HIGH = 32, 512
"""The sizes that are listed unless a span is given; more where the present one is not well within."""


class FittingSizes(NamedTuple):
    """The sizes of some axes of the input for which a network fits.

    ``axes`` take the same size, or with ``is_apart`` each its own of these; other axes keep theirs. ``sizes`` are those
    from ``low`` to ``high``. ``classes`` and the sizes in ``others`` are all sizes there are; None when that is not
    proven. ``misfit`` names the first layer that the present size does not fit. ``nearest`` are the next smaller and
    larger size that fit, for each axis.
    """

    axes: tuple[str, ...]
    is_apart: bool
    present: tuple[int, ...]
    fitting: Fitting
    low: int
    high: int
    sizes: tuple[int, ...]
    classes: tuple[Congruence, ...] | None
    others: tuple[int, ...]
    misfit: str | None
    nearest: tuple[tuple[int | None, int | None], ...]


def fitting_sizes(
    graph: Graph, fitting: Fitting, axes: Sequence[int], span: tuple[int, int] | None = None, max_nodes: int = MAX_NODES
) -> FittingSizes:
    """The sizes of ``axes`` (by number; several take the same size) for which the network fits, in a span and in all.

    Raises:
        LookupError: a layer is faulty whatever the size, or there is no size to choose.

    """
    sizing = Sizing(graph, fitting, axes, max_nodes)
    present = tuple(sizing.spatial[axis] for axis in sizing.axes)
    low, high = span or (min(LOW, *present), max(HIGH, 2 * max(present)))
    proven = sizing.congruences()
    if proven is None:
        others: tuple[int, ...] = tuple(size for size in range(low, high + 1) if sizing.fits(size))
        sizes = others
    else:
        others = tuple(size for size in range(1, proven.begin + 1) if size not in proven and sizing.fits(size))
        kept = set(others)
        sizes = tuple(size for size in range(low, high + 1) if size in proven or size in kept)
    first = next(volume for volume in graph.inputs.values() if volume)
    return FittingSizes(
        axes=tuple(first.axes[axis] for axis in sizing.axes),
        is_apart=len(set(present)) > 1,
        present=present,
        fitting=fitting,
        low=low,
        high=high,
        sizes=sizes,
        classes=None if proven is None else proven.classes,
        others=() if proven is None else others,
        misfit=sizing.misfit(sizing.spatial),
        nearest=tuple((_next(size, -1, others, proven), _next(size, 1, others, proven)) for size in present),
    )


def _next(size: int, sign: int, listed: Sequence[int], proven: Proven | None) -> int | None:
    """The nearest size on one side that fits: a listed one, or one that is proven to."""
    found = [each for each in listed if (each - size) * sign > 0]
    if proven is not None and (member := proven.next(size, sign)) is not None:
        found.append(member)
    return min(found, key=lambda each: abs(each - size), default=None)


def loses_nothing(graph: Graph, axes: Sequence[str]) -> bool:
    """Whether the present size leaves nothing but padding over, on axes by name."""
    sizing = Sizing(graph, "lossless", [number for number, name in enumerate(_names(graph)) if name in axes])
    return sizing.misfit(sizing.spatial) is None


def chosen_axes(graph: Graph, wanted: str | None) -> list[tuple[int, ...]]:
    """The axes to size, by number, in groups; ValueError when there is none, or none of the name.

    Raises:
        LookupError: the input is unknown.

    """
    first = next(iter(graph.inputs.values()))
    if first is None:
        raise LookupError
    names = _names(graph)
    if not names:
        raise ValueError(f"the input {first} has no spatial axis, so there is no size to choose")
    if wanted is None:
        return axes_together(graph)
    if wanted not in names:
        raise ValueError(f"the input {first} has no axis `{wanted:.40}`: its axes are {', '.join(names)}")
    return [(names.index(wanted),)]


def _names(graph: Graph) -> tuple[str, ...]:
    """The spatial axes of the first input."""
    first = next(iter(graph.inputs.values()))
    return first.axes if first else ()


def axes_together(graph: Graph) -> list[tuple[int, ...]]:
    """The axes of the input in groups that can be sized together: all, or each alone where they are not alike.

    A square input grows as a square. In any other, every axis may take the same sizes as long as no operator treats
    axes differently or counts the positions of a volume.
    """
    first = next((volume for volume in graph.inputs.values() if volume), None)
    axes = range(len(first.spatial)) if first else range(0)
    if first is None or len(set(first.spatial)) == 1 or _treats_axes_alike(graph):
        return [tuple(axes)] if axes else []
    return [(axis,) for axis in axes]


def _treats_axes_alike(graph: Graph) -> bool:
    """Whether no operator has arguments that differ by axis, makes a sequence of a map, or states its features."""
    operators = [node.operator for node in graph.nodes if node.operator is not None]
    return all(
        _is_isotropic(operator) and getattr(operator, "in_features", None) is None for operator in operators
    ) and (not any(node.kind == "tokens" for node in graph.nodes))


def _is_isotropic(operator: Operator) -> bool:
    values = (getattr(operator, name) for name in operator.axis_arguments if name not in operator.size_arguments)
    return all(not isinstance(value, tuple) or len(set(value)) == 1 for value in values)
