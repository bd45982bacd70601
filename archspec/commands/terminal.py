"""Capabilities of standard output: colours, width, characters."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

from archspec.commands.colour import colour_choice
from archspec.text.views import ReportView

if TYPE_CHECKING:
    from typing import TextIO


def has_colour() -> bool:
    """Whether to print in colour: as ``--color`` says, ``FORCE_COLOR``, ``NO_COLOR``, else on a terminal that can.

    These are the rules of ruff and of https://no-color.org: a variable that is empty says nothing.
    """
    if (choice := colour_choice()) is not None:
        return choice
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def terminal_width(output: TextIO | None = None) -> int | None:
    """Columns of the terminal; None if the output, by default the standard one, is not a terminal."""
    return shutil.get_terminal_size().columns if (output or sys.stdout).isatty() else None


def report_view(columns: tuple[str, ...] = (), depth: int | None = None) -> ReportView:
    """How to print a table on standard output."""
    is_unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    return ReportView(columns, depth, terminal_width(), has_colour(), is_unicode)
