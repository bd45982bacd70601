"""A report as a table for people: fitted to a terminal, or plain and in full in a pipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.report.grid import definitions, fit_columns
from archspec.report.layout import fit
from archspec.report.table import build
from archspec.report.words import caption, legend, totals_in_words
from archspec.text.pages import render_page
from archspec.text.printable import printable
from archspec.text.styled import Line, Segment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.analysis.report import Report
    from archspec.text.pages import PagePart
    from archspec.text.views import ReportView


def as_rich(report: Report, view: ReportView) -> str:
    """The format ``rich``."""
    return render_page(report_page(report, view), view)


def report_page(report: Report, view: ReportView) -> list[PagePart]:
    """The table with its caption, totals and legend, for the width of the view."""
    table = build(report, view.columns, view.depth)
    layout = fit(table, view.width, keep=bool(view.columns))
    hidden = [name for name in table.columns if name not in layout.visible_columns()]
    return [
        *_heading(report),
        (),
        fit_columns(table, layout),
        *definitions(_hidden_in_words(hidden), view.width, "label", ""),
        (),
        *definitions(totals_in_words(report), view.width, "label", ""),
        (),
        *definitions(legend(table, layout.visible_columns(), layout.text), view.width, "legend", "legend"),
    ]


def _hidden_in_words(hidden: list[str]) -> Iterator[tuple[str, str]]:
    """Which columns have no room, and how to see them."""
    if hidden:
        yield "hidden", f"{', '.join(hidden)}: shown in a wider terminal, or by `--columns name,{','.join(hidden)}`"


def _heading(report: Report) -> Iterator[Line]:
    header = report.graph.header
    yield Segment(printable(header.name or "unnamed"), "title"), Segment(f"  {printable(caption(report))}", "caption")
    if header.source:
        yield (Segment(printable(header.source), "caption"),)
