"""``archspec show``: the table of one spec."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from archspec.api import examine
from archspec.commands import Status
from archspec.commands.check import status, wants_colour
from archspec.diagnostics import Severity
from archspec.report import FindingsView, ReportView, render_findings, render_report

if TYPE_CHECKING:
    from archspec.api import Examination


def show(
    spec: str,
    output_format: str = "rich",
    *,
    columns: tuple[str, ...] = (),
    depth: int | None = None,
    batch: int | None = None,
    input_volume: str | None = None,
) -> Status:
    """Print the table of a spec, past failed layers; its errors and warnings go to standard error."""
    seen = examine(spec, input=input_volume, batch=batch)
    if seen.report is not None:
        on_terminal = sys.stdout.isatty()
        view = ReportView(
            columns=columns,
            depth=depth,
            width=shutil.get_terminal_size().columns if on_terminal else None,
            colour=wants_colour(),
            unicode=(sys.stdout.encoding or "").lower().startswith("utf"),
        )
        sys.stdout.write(render_report(seen.report, output_format, view))
    tell_problems(seen)
    return status(seen.diagnostics)


def tell_problems(seen: Examination) -> None:
    """Errors and warnings to standard error, where a table or an array on standard output stays whole."""
    problems = [each for each in seen.diagnostics if each.severity is not Severity.INFO]
    if problems:
        sys.stdout.flush()
        sys.stderr.write("\n" + render_findings(problems, "full", FindingsView(files=1)))
