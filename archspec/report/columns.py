"""The columns of a table, by their names in ``--columns``. A new column is one line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archspec.report import cells
from archspec.report.cells import BarScale, Cell, count
from archspec.syntax.nearest import nearest
from archspec.text.summary import number_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from archspec.analysis.report import Report
    from archspec.report.rows import Row


def _no_total(_: Report) -> Cell:
    return Cell()


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, its cell in a row and in the row of totals, and its line in the legend."""

    title: str
    cell: Callable[[Row, BarScale], Cell]
    total: Callable[[Report], Cell] = _no_total
    legend: str = ""
    right: bool = False
    marks: tuple[str, str] = ("", "")
    """What a cell may say, and what that means."""


def _text(title: str, cell: Callable[[Row], Cell], legend: str = "", *, right: bool = False) -> Column:
    return Column(title, lambda row, _: cell(row), legend=legend, right=right)


def _figure(name: str, title: str, legend: str = "") -> Column:
    return Column(
        title,
        lambda row, _: count(row.figures[name], row.state),
        lambda report: count(getattr(report.totals, name)),
        legend,
        right=True,
    )


def _memory(row: Row, _: BarScale) -> Cell:
    return cells.memory(row)


def _layers(report: Report) -> Cell:
    return cells.word(number_of(len(report.layers), "layer"), "total")


_FLOPS = "2 x MACs, plus 1 for each biased output and the stated cost of other operators; one sample"
_IN_PLACE = ("in place", "an activation or dropout keeps its input's memory")

_TOTAL = Cell("total", "total", "total", "total")

COLUMNS: dict[str, Column] = {
    "name": Column("name", lambda row, _: cells.name(row), lambda _: _TOTAL),
    "operator": Column("operator", lambda row, _: cells.word(row.operator, "operator"), _layers),
    "arguments": Column("arguments", lambda row, _: cells.arguments(row)),
    "inputs": _text("from", lambda row: cells.word(" ".join(row.inputs))),
    "input": _text("input", lambda row: cells.volume(row, row.input_volume) if row.inputs else Cell()),
    "output": _text("output", cells.output),
    "params": _figure("params", "params"),
    "weights": _figure("weights", "weights"),
    "biases": _figure("biases", "biases"),
    "trainable_params": _figure("trainable_params", "trainable"),
    "unshared_params": _figure("unshared_params", "unshared", "parameters if positions did not share weights"),
    "buffers": _figure("buffers", "buffers", "stored elements that are not learned, such as running means"),
    "share": Column("share", cells.share, legend="of all params; the longest bar is the largest share"),
    "macs": _figure("macs", "MACs", "multiply-accumulates of conv, fc, linear and attention, one sample"),
    "flops": _figure("flops", "FLOPs", _FLOPS),
    "activations": _figure("activations", "activations", "output elements, one sample; the total counts those stored"),
    "memory": Column(
        "memory",
        _memory,
        lambda report: cells.in_bytes(report.totals.forward_bytes),
        "bytes of the outputs, whole batch",
        right=True,
        marks=_IN_PLACE,
    ),
    "receptive_field": _text(
        "field", cells.receptive_field, "receptive field, size/stride in input positions", right=True
    ),
    "window_field": _text(
        "windows", cells.window_field, "receptive field of the windows alone, without attention and norms", right=True
    ),
    "field_size": _text("field size", cells.field_part("size"), right=True),
    "field_stride": _text("field stride", cells.field_part("stride"), right=True),
    "field_offset": _text(
        "field offset", cells.field_part("offset"), "first input position in the field of the first output", right=True
    ),
    "line": _text("line", cells.line, right=True),
}
"""Name of a column -> what it shows."""

DEFAULT = ("name", "operator", "arguments", "output", "params", "share", "macs", "memory", "receptive_field")


def choose(names: tuple[str, ...]) -> dict[str, Column]:
    """Columns by name; ValueError for an unknown name, with the nearest name and all names."""
    for name in names:
        if name not in COLUMNS:
            near = nearest(name, COLUMNS)
            hint = f"; did you mean `{near}`?" if near else "."
            raise ValueError(f"there is no column `{name}`{hint} Columns are {', '.join(COLUMNS)}")
    return {name: COLUMNS[name] for name in names}
