"""Rows of a table: an input, a layer, or several layers folded under a common prefix of their paths."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Literal

from archspec.analysis.receptive_field import AxisField
from archspec.report.arguments import in_short
from archspec.spec.models import ITEM_BYTES
from archspec.text.summary import number_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from archspec.analysis.receptive_field import ReceptiveField
    from archspec.analysis.report import LayerFigures, Report
    from archspec.graph.model import Node
    from archspec.ops._window import Window
    from archspec.volume import Volume

SUMMED = (
    "params", "weights", "biases", "trainable_params", "unshared_params", "buffers",
    "macs", "flops", "activations", "bytes",
)  # fmt: skip
"""Figures that a folded row adds up."""

State = Literal["known", "failed", "unknown"]
"""``failed``: a fault of this layer; ``unknown``: a fault of a layer before it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row; ``windows`` are those that made the output, when one layer did."""

    name: str
    operator: str
    arguments: str
    inputs: tuple[str, ...]
    input_volume: Volume | None
    output: Volume | None
    windows: tuple[Window, ...]
    figures: Mapping[str, int | None]
    merged: bool
    receptive_field: ReceptiveField | None
    window_field: ReceptiveField | None
    line: int | None
    state: State


def rows(report: Report, depth: int | None = None) -> Iterator[Row]:
    """Inputs, then layers; layers deeper than ``depth`` are folded with neighbours of the same prefix."""
    if depth is not None and depth < 1:
        raise ValueError(f"a depth is at least 1, got {depth}")
    for name, volume in report.graph.inputs.items():
        yield _input(name, volume, report)
    folds = [(path, list(group)) for path, group in groupby(report.layers, lambda layer: _beginning(layer.name, depth))]
    for _, repeated in groupby(enumerate(folds), lambda fold: _likeness(*fold)):
        paths, groups = zip(*(fold for _, fold in repeated), strict=True)
        layers = [layer for group in groups for layer in group]
        if paths[0] is None:
            yield from map(_layer, layers)
        else:
            yield _fold(f"{paths[0]} x{len(paths)}" if len(paths) > 1 else paths[0], layers)


def _likeness(position: int, fold: tuple[str | None, list[LayerFigures]]) -> object:
    """A key that is equal for neighbours that fold into one row: the same operators on the same volumes."""
    path, layers = fold
    if path is None:
        return position
    return tuple((each.node.kind, each.node.operator, each.node.input_volumes, each.node.output) for each in layers)


def state_of(node: Node) -> State:
    """Whether a layer is known, failed, or unknown because of a layer before it."""
    if node.is_known:
        return "known"
    return "unknown" if node.operator is not None and None in node.input_volumes else "failed"


def _beginning(path: str, depth: int | None) -> str | None:
    """The first ``depth`` parts of a longer path; None for a path that is not folded."""
    parts = path.split(".")
    return None if depth is None or len(parts) <= depth else ".".join(parts[:depth])


def _input(name: str, volume: Volume | None, report: Report) -> Row:
    size = volume.size if volume else None
    entering = None if size is None else size * report.batch * ITEM_BYTES[report.graph.header.dtype]
    return Row(
        name,
        operator="input",
        arguments="",
        inputs=(),
        input_volume=None,
        output=volume,
        windows=(),
        figures={**dict.fromkeys(SUMMED, 0), "activations": size, "bytes": entering},
        merged=False,
        receptive_field=tuple(AxisField() for _ in volume.spatial) if volume else None,
        window_field=tuple(AxisField() for _ in volume.spatial) if volume else None,
        line=None,
        state="known" if volume else "failed",
    )


def _layer(layer: LayerFigures) -> Row:
    node = layer.node
    axes = len(node.volume.spatial) if node.volume else 0
    return Row(
        layer.name,
        operator=node.kind,
        arguments=_arguments(node, axes),
        inputs=node.inputs,
        input_volume=node.volume,
        output=node.output,
        windows=(node.windows or ()) if node.is_known else (),
        figures={name: getattr(layer, name) for name in SUMMED},
        merged=layer.merged,
        receptive_field=layer.receptive_field,
        window_field=layer.window_field,
        line=node.line,
        state=state_of(node),
    )


def _arguments(node: Node, axes: int) -> str:
    text = in_short(node.operator, axes) if node.operator else ""
    return f"{text} tied to {node.tied}".strip() if node.tied else text


def _fold(path: str, layers: Sequence[LayerFigures]) -> Row:
    first, last = _layer(layers[0]), _layer(layers[-1])
    states = {state_of(layer.node) for layer in layers}
    return Row(
        path,
        operator=number_of(len(layers), "layer"),
        arguments=", ".join(f"{count} {kind}" for kind, count in Counter(each.node.kind for each in layers).items()),
        inputs=first.inputs,
        input_volume=first.input_volume,
        output=last.output,
        windows=last.windows,
        figures={name: _sum([getattr(layer, name) for layer in layers]) for name in SUMMED},
        merged=all(layer.merged for layer in layers),
        receptive_field=last.receptive_field,
        window_field=last.window_field,
        line=first.line,
        state=next(state for state in ("failed", "unknown", "known") if state in states),
    )


def _sum(figures: Sequence[int | None]) -> int | None:
    known = [figure for figure in figures if figure is not None]
    return sum(known) if len(known) == len(figures) else None
