"""The lines of a fitted table, and of definitions beside their labels."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from archspec.report.layout import GAP
from archspec.text.numbers import BLOCKS
from archspec.text.printable import cells, printable
from archspec.text.styled import Line, Segment, painted, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from archspec.report.cells import Cell
    from archspec.report.layout import Layout, Tabular
    from archspec.text.views import ReportView

_ASCII = str.maketrans(dict.fromkeys(BLOCKS[:5], "#") | dict.fromkeys(BLOCKS[5:], ".") | {"─": "-"})


def written(lines: Sequence[Line], view: ReportView) -> str:
    """Lines as text, in the colours and characters that the view allows."""
    text = painted(lines) if view.colour else plain(lines)
    return text if view.unicode else text.translate(_ASCII)


def grid(table: Tabular, layout: Layout) -> Iterator[Line]:
    """Heads, rows and totals, as the layout says."""
    names = layout.shown()
    order = [list(table.columns).index(name) for name in names]
    heads = [Segment(layout.title(name, table.columns[name]), "head") for name in names]

    def segments(row: Sequence[Cell]) -> list[Segment]:
        return [
            Segment(layout.text(name, row[index]), row[index].style) for name, index in zip(names, order, strict=True)
        ]

    body = [segments(row) for row in table.rows]
    foot = [segment._replace(style="total") for segment in segments(table.totals)]
    widths = [max(cells(segment.text) for segment in column) for column in zip(heads, *body, foot, strict=True)]
    right = [table.columns[name].right for name in names]
    rule = (Segment("─" * (sum(widths) + GAP * (len(widths) - 1)), "rule"),)
    yield _aligned(heads, widths, right)
    yield rule
    yield from (_aligned(row, widths, right) for row in body)
    yield rule
    yield _aligned(foot, widths, right)


def _aligned(segments: Sequence[Segment], widths: Sequence[int], right: Sequence[bool]) -> Line:
    """One row: numbers stand at the right of their column, nothing stands behind the last word."""
    line: list[Segment] = []
    gap = 0
    for segment, width, is_right in zip(segments, widths, right, strict=True):
        space = width - cells(segment.text)
        line += [Segment(" " * (gap + space * is_right)), segment]
        gap = GAP + space * (not is_right)
    while line and not line[-1].text.strip():
        line.pop()
    return tuple(line)


def definitions(
    pairs: Iterable[tuple[str, str]], width: int | None, label_style: str, text_style: str
) -> Iterator[Line]:
    """Labels in a column, and beside each its text, wrapped to a terminal's width."""
    listed = list(pairs)
    indent = max((cells(label) for label, _ in listed), default=0) + GAP
    for label, text in listed:
        lines = textwrap.wrap(printable(text), max(20, width - indent)) if width else [printable(text)]
        yield Segment(label.ljust(indent), label_style), Segment(lines[0], text_style)
        yield from ((Segment(" " * indent), Segment(line, text_style)) for line in lines[1:])
