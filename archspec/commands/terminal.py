"""Capabilities of standard output: colours, width, characters."""

from __future__ import annotations

import os
import shutil
import sys

from archspec.text.views import ReportView


def has_colour() -> bool:
    """Whether standard output is a terminal that takes colour (https://no-color.org)."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def terminal_width() -> int | None:
    """Columns of the terminal; None if standard output is not a terminal."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def report_view(columns: tuple[str, ...] = (), depth: int | None = None) -> ReportView:
    """How to print a table on standard output."""
    is_unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    return ReportView(columns, depth, terminal_width(), has_colour(), is_unicode)
