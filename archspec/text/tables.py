"""Tables, and their plain text for pipes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archspec.text.printable import cells
from archspec.text.styled import Line, Segment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

GAP = 2
"""Cells between two columns."""


@dataclass(frozen=True, slots=True)
class TextColumn:
    """A column: its title, and whether its cells are numbers, which are at its right."""

    title: str = ""
    right: bool = False


@dataclass(frozen=True, slots=True)
class TableSection:
    """Rows of a cell a column, below a title of their own if there is one."""

    rows: Sequence[Sequence[Segment]]
    title: str = ""


@dataclass(frozen=True, slots=True)
class TextTable:
    """Columns, and rows in sections; ``totals`` is a last row. ``is_ruled``: a pipe gets lines below heads, too."""

    columns: Sequence[TextColumn]
    sections: Sequence[TableSection]
    totals: Sequence[Segment] | None = None
    is_ruled: bool = False

    @property
    def has_heads(self) -> bool:
        """Whether any column has a title."""
        return any(column.title for column in self.columns)


def table_lines(table: TextTable) -> Iterator[Line]:
    """A table as aligned text."""
    heads = [Segment(column.title, "head") for column in table.columns]
    rows = [heads, *(row for section in table.sections for row in section.rows), table.totals or heads]
    widths = [max(cells(segment.text) for segment in column) for column in zip(*rows, strict=True)]
    right = [column.right for column in table.columns]
    rule = [(Segment("─" * (sum(widths) + GAP * (len(widths) - 1)), "rule"),)] if table.is_ruled else []
    if table.has_heads:
        yield _align(heads, widths, right)
        yield from rule
    for section in table.sections:
        yield from _section_lines(section, widths, right)
    if table.totals:
        yield from rule
        yield _align(table.totals, widths, right)


def _section_lines(section: TableSection, widths: Sequence[int], right: Sequence[bool]) -> Iterator[Line]:
    """Rows; below a title they are indented, and followed by an empty line."""
    if not section.title:
        yield from (_align(row, widths, right) for row in section.rows)
        return
    yield (Segment(section.title, "head"),)
    for row in section.rows:
        yield Segment(" " * GAP), *_align(row, widths, right)
    yield ()


def _align(segments: Sequence[Segment], widths: Sequence[int], right: Sequence[bool]) -> Line:
    """One row: numbers are at the right of their column, and no spaces follow the last word."""
    line: list[Segment] = []
    gap = 0
    for segment, width, is_right in zip(segments, widths, right, strict=True):
        space = width - cells(segment.text)
        line += [Segment(" " * (gap + space * is_right)), segment]
        gap = GAP + space * (not is_right)
    while line and not line[-1].text.strip():
        line.pop()
    return tuple(line)
