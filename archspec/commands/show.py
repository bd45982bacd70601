"""``archspec show``: the table of one spec."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, NamedTuple

from archspec.commands import Status, refuse
from archspec.commands.check import status, wants_colour
from archspec.diagnostics import Severity
from archspec.examination import examine
from archspec.graph.build import MAX_NODES
from archspec.report.formats import render_findings, render_report
from archspec.text.views import FindingsView, ReportView

if TYPE_CHECKING:
    from archspec.examination import Examination
    from archspec.spec.selection import Choice


class ShowOptions(NamedTuple):
    """What of a table to show, and of which network."""

    columns: tuple[str, ...] = ()
    depth: int | None = None
    choice: Choice | None = None
    max_nodes: int = MAX_NODES


def show(spec: str, output_format: str, options: ShowOptions) -> Status:
    """Print the table of a spec, past failed layers; its errors and warnings go to standard error."""
    try:
        seen = examine(spec, options.choice, options.max_nodes)
        if seen.report is not None:
            sys.stdout.write(render_report(seen.report, output_format, view(options.columns, options.depth)))
    except ValueError as error:
        return refuse(error)
    tell_problems(seen)
    return status(seen.diagnostics)


def view(columns: tuple[str, ...] = (), depth: int | None = None) -> ReportView:
    """What standard output takes: the width of a terminal, colours, characters."""
    return ReportView(
        columns=columns,
        depth=depth,
        width=shutil.get_terminal_size().columns if sys.stdout.isatty() else None,
        colour=wants_colour(),
        unicode=(sys.stdout.encoding or "").lower().startswith("utf"),
    )


def tell_problems(seen: Examination) -> None:
    """Errors and warnings to standard error, where a table or an array on standard output stays whole."""
    problems = [each for each in seen.diagnostics if each.severity is not Severity.INFO]
    if problems:
        sys.stdout.flush()
        gap = "\n" if seen.report is not None else ""
        sys.stderr.write(gap + render_findings(problems, "full", FindingsView(files=1)))
