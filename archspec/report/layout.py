"""Fitting a table into a terminal: cells are shortened, then columns are dropped, least important first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from archspec.text.printable import cells
from archspec.text.tables import GAP

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from archspec.report.cells import Cell

Form = Literal["full", "short", "gone"]

STEPS: tuple[tuple[str, Form], ...] = (
    ("share", "short"),
    ("unshared_params", "short"),
    ("flops", "short"),
    ("activations", "short"),
    ("macs", "short"),
    ("memory", "short"),
    ("buffers", "short"),
    ("weights", "short"),
    ("biases", "short"),
    ("trainable_params", "short"),
    ("input", "short"),
    ("output", "short"),
    ("params", "short"),
    ("arguments", "short"),
    ("share", "gone"),
    ("name", "short"),
    ("receptive_field", "gone"),
    ("memory", "gone"),
    ("arguments", "gone"),
    ("macs", "gone"),
    ("operator", "gone"),
)
"""What is given up in a narrow terminal, in this order; columns that were asked for by name only get shorter."""


class Head(Protocol):
    """The title of a column, and its alignment."""

    @property
    def title(self) -> str:
        """Its name."""

    @property
    def right(self) -> bool:
        """Whether cells are right-aligned."""


class Tabular(Protocol):
    """Columns by name, rows with a cell for each column, and the row of totals."""

    @property
    def columns(self) -> Mapping[str, Head]:
        """Heads by name."""

    @property
    def rows(self) -> Sequence[Sequence[Cell]]:
        """Cells of each row."""

    @property
    def totals(self) -> Sequence[Cell]:
        """Cells of the last row."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns are visible and which are shortened, by name."""

    forms: dict[str, Form]

    def visible_columns(self) -> list[str]:
        """Names of the columns that are shown."""
        return [name for name, form in self.forms.items() if form != "gone"]

    def text(self, name: str, cell: Cell) -> str:
        """The text of a cell of the column ``name``."""
        return cell.short if self.forms[name] == "short" else cell.full


def fit(table: Tabular, width: int | None, *, keep: bool, steps: Sequence[tuple[str, Form]] = STEPS) -> Layout:
    """Apply as many ``steps`` as ``width`` needs (none if it is None); ``keep`` prevents dropping columns."""
    forms: dict[str, Form] = dict.fromkeys(table.columns, "full")
    widths = _widths(table)
    for name, form in steps:
        if width is None or _total_width(forms, widths) <= width:
            break
        if name in forms and not (keep and form == "gone"):
            forms[name] = form
    return Layout(forms)


def _total_width(forms: dict[str, Form], widths: dict[str, dict[Form, int]]) -> int:
    shown = [widths[name][form] for name, form in forms.items() if form != "gone"]
    return sum(shown) + GAP * (len(shown) - 1)


def _widths(table: Tabular) -> dict[str, dict[Form, int]]:
    """Width of each column in terminal cells, full and shortened, with its title."""
    found: dict[str, dict[Form, int]] = {}
    for index, (name, column) in enumerate(table.columns.items()):
        column_cells = [row[index] for row in (*table.rows, table.totals)]
        found[name] = {
            "full": max(map(cells, (column.title, *(cell.full for cell in column_cells)))),
            "short": max(map(cells, (column.title, *(cell.short for cell in column_cells)))),
        }
    return found
