"""The table of a report, as cells: what all formats for people write, each in its own way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archspec.report.cells import Cell, Scale
from archspec.report.columns import DEFAULT, choose
from archspec.report.rows import rows

if TYPE_CHECKING:
    from archspec.analysis.report import Report
    from archspec.report.columns import Column
    from archspec.report.rows import Row


@dataclass(frozen=True, slots=True)
class Table:
    """Columns by name, rows of a cell a column, and the row of totals."""

    report: Report
    columns: dict[str, Column]
    rows: tuple[tuple[Cell, ...], ...]
    totals: tuple[Cell, ...]

    @property
    def title(self) -> str:
        """Name of the network."""
        return self.report.graph.header.name or "unnamed"


def build(report: Report, columns: tuple[str, ...] = (), depth: int | None = None) -> Table:
    """The table of a report. Folding by ``depth`` changes rows and never totals."""
    told = list(rows(report, depth))
    chosen = choose(columns or DEFAULT)
    scale = _scale(report, told)
    cells = tuple(tuple(column.cell(row, scale) for column in chosen.values()) for row in told)
    return Table(report, chosen, cells, tuple(column.total(report) for column in chosen.values()))


def _scale(report: Report, told: list[Row]) -> Scale:
    return Scale(report.totals.params, max((row.figures["params"] or 0 for row in told), default=0))
