"""Errors and warnings of a spec, printed in addition to a command's output."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from archspec.commands.terminal import terminal_width
from archspec.diagnostics import Severity
from archspec.report.formats import render_findings
from archspec.text.views import FindingsView

if TYPE_CHECKING:
    from archspec.examination import Examination


def report_problems(examination: Examination) -> None:
    """Errors and warnings to standard error, where a table or an array on standard output stays whole."""
    problems = [each for each in examination.diagnostics if each.severity is not Severity.INFO]
    if problems:
        sys.stdout.flush()
        gap = "\n" if examination.report is not None else ""
        sys.stderr.write(
            gap + render_findings(problems, "full", FindingsView(files=1, width=terminal_width(sys.stderr)))
        )
