"""Tables that fit a terminal, and lists of labels with definitions."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from archspec.text.printable import cells, printable
from archspec.text.styled import Line, Segment
from archspec.text.tables import GAP, TableSection, TextColumn, TextTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from archspec.report.cells import Cell
    from archspec.report.layout import Layout, Tabular


def fit_columns(table: Tabular, layout: Layout) -> TextTable:
    """The visible columns of a layout, full or shortened."""
    names = layout.visible_columns()
    order = [list(table.columns).index(name) for name in names]

    def segments(row: Sequence[Cell]) -> list[Segment]:
        return [
            Segment(layout.text(name, row[index]), row[index].style) for name, index in zip(names, order, strict=True)
        ]

    columns = [TextColumn(table.columns[name].title, table.columns[name].right) for name in names]
    totals = [segment._replace(style="total") for segment in segments(table.totals)]
    return TextTable(columns, [TableSection([segments(row) for row in table.rows])], totals, is_ruled=True)


def definitions(
    pairs: Iterable[tuple[str, str]], width: int | None, label_style: str, text_style: str
) -> Iterator[Line]:
    """Labels in a column, with their texts in a second one, wrapped to the terminal's width."""
    listed = list(pairs)
    indent = max((cells(label) for label, _ in listed), default=0) + GAP
    for label, text in listed:
        lines = textwrap.wrap(printable(text), max(20, width - indent)) if width else [printable(text)]
        yield Segment(label.ljust(indent), label_style), Segment(lines[0], text_style)
        yield from ((Segment(" " * indent), Segment(line, text_style)) for line in lines[1:])
