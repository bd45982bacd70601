"""A report as a GitHub table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archspec.report.table import build
from archspec.report.words import caption, legend, totals_in_words
from archspec.text.printable import cells, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archspec.analysis.report import Report
    from archspec.report.cells import Cell
    from archspec.text.views import ReportView

_SPECIAL = re.compile(r"[\\`*{}\[\]<>|#~&$!@]|(?<![^\W_])_|_(?![^\W_])")


def as_markdown(report: Report, view: ReportView) -> str:
    """The format ``markdown``."""
    table = build(report, view.columns, view.depth)
    source = report.graph.header.source
    heads = [escape_markdown(column.title) for column in table.columns.values()]
    body = [[escape_markdown(cell.full) for cell in row] for row in (*table.rows, table.totals)]
    lines = [
        f"**{escape_markdown(printable(table.title))}**: {escape_markdown(printable(caption(report)))}",
        *([escape_markdown(printable(source))] if source else []),
        "",
        *_grid(heads, body, [column.right for column in table.columns.values()]),
        "",
        *(f"- {label}: {escape_markdown(text)}" for label, text in totals_in_words(report)),
        "",
        *(f"- *{label}*: {escape_markdown(text)}" for label, text in legend(table, list(table.columns), _full)),
    ]
    return "\n".join(lines) + "\n"


def _full(_: str, cell: Cell) -> str:
    return cell.full


def escape_markdown(text: str) -> str:
    """Printable text, escaped for Markdown."""
    return _SPECIAL.sub(lambda match: f"\\{match[0]}", text)


def _grid(heads: Sequence[str], body: Sequence[Sequence[str]], right: Sequence[bool]) -> Iterator[str]:
    widths = [max(3, *map(cells, column)) for column in zip(heads, *body, strict=True)]
    yield _row(heads, widths, right)
    rules = ("-" * (width - is_right) + ":" * is_right for width, is_right in zip(widths, right, strict=True))
    yield f"| {' | '.join(rules)} |"
    for row in body:
        yield _row(row, widths, right)


def _row(texts: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    padded = []
    for text, width, is_right in zip(texts, widths, right, strict=True):
        space = " " * (width - cells(text))
        padded.append(space + text if is_right else text + space)
    return f"| {' | '.join(padded)} |"
