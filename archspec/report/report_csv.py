"""A report as CSV (RFC 4180) with exact numbers and without totals, for spreadsheets."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

from archspec.report.table import build

if TYPE_CHECKING:
    from archspec.analysis.report import Report
    from archspec.report.cells import Cell
    from archspec.text.views import ReportView

COLUMNS = (
    "name", "operator", "arguments", "inputs", "input", "output", "params", "weights", "biases", "trainable_params",
    "unshared_params", "buffers", "macs", "flops", "activations", "memory",
    "field_size", "field_stride", "field_offset", "line",
)  # fmt: skip
"""What is written unless columns are asked for: all but what is only there for the eye."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(report: Report, view: ReportView) -> str:
    """The format ``csv``; an unknown figure is an empty field."""
    table = build(report, view.columns or COLUMNS, view.depth)
    stream = StringIO()
    writer = csv.writer(stream)
    writer.writerow(table.columns)
    writer.writerows([_field(cell) for cell in row] for row in table.rows)
    return stream.getvalue()


def _field(cell: Cell) -> float | str | None:
    """A cell's value; an apostrophe is put before text that a spreadsheet would take for a formula."""
    if isinstance(cell.raw, str) and cell.raw.startswith(_FORMULA):
        return f"'{cell.raw}"
    return cell.raw
