"""A report for rich: ``rich.print(report)`` shows the table of ``archspec show``, fitted to the console."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.report.report_rich import report_page
from archspec.text.rich_tables import renderable
from archspec.text.views import ReportView

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console, ConsoleOptions, RenderableType

    from archspec.analysis.report import Report


class RichReport:
    """The page of a report, rendered when rich knows the width."""

    def __init__(self, report: Report) -> None:
        self._report = report

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        page = report_page(self._report, ReportView(width=options.max_width))
        yield from map(renderable, page)
