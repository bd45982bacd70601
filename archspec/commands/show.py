"""``archspec show``: the table of one spec."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, NamedTuple

from archspec.api import examine
from archspec.commands import Status
from archspec.commands.check import status, wants_colour
from archspec.diagnostics import Severity
from archspec.report import FindingsView, ReportView, render_findings, render_report
from archspec.report.printable import printable

if TYPE_CHECKING:
    from archspec.api import Examination


class ShowOptions(NamedTuple):
    """What of a table to show, and for which batch and input volume instead of the spec's own."""

    columns: tuple[str, ...] = ()
    depth: int | None = None
    batch: int | None = None
    input_volume: str | None = None


def show(spec: str, output_format: str, options: ShowOptions) -> Status:
    """Print the table of a spec, past failed layers; its errors and warnings go to standard error."""
    try:
        seen = examine(spec, input=options.input_volume, batch=options.batch)
        if seen.report is not None:
            sys.stdout.write(render_report(seen.report, output_format, _view(options)))
    except ValueError as error:
        sys.stderr.write(f"error: {printable(str(error))}\n")
        return Status.UNUSABLE
    tell_problems(seen)
    return status(seen.diagnostics)


def _view(options: ShowOptions) -> ReportView:
    return ReportView(
        columns=options.columns,
        depth=options.depth,
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
