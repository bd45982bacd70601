"""The table of a report as cells, which all formats for people share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archspec.report.cells import BarScale, Cell
from archspec.report.columns import DEFAULT, choose
from archspec.report.rows import rows

if TYPE_CHECKING:
    from archspec.analysis.report import Report
    from archspec.report.columns import Column
    from archspec.report.rows import Row


@dataclass(frozen=True, slots=True)
class ReportTable:
    """Columns by name, rows with a cell for each column, and the row of totals."""

    report: Report
    columns: dict[str, Column]
    rows: tuple[tuple[Cell, ...], ...]
    totals: tuple[Cell, ...]

    @property
    def title(self) -> str:
        """Name of the network."""
        return self.report.graph.header.name or "unnamed"


def build(report: Report, columns: tuple[str, ...] = (), depth: int | None = None) -> ReportTable:
    """The table of a report. Folding by ``depth`` changes rows and never totals."""
    listed = list(rows(report, depth))
    chosen = choose(columns or DEFAULT)
    scale = _scale(report, listed)
    cells = tuple(tuple(column.cell(row, scale) for column in chosen.values()) for row in listed)
    return ReportTable(report, chosen, cells, tuple(column.total(report) for column in chosen.values()))


def _scale(report: Report, listed: list[Row]) -> BarScale:
    return BarScale(report.totals.params, max((row.figures["params"] or 0 for row in listed), default=0))
