"""The command line. A command is one file, with its options and its call, and one line in ``table.py``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archspec.diagnostics import Diagnostic

Action = Callable[[], int]
"""What a command line asks for: a call that returns the exit status. It is made after parsing, outside of typer."""


class Status(IntEnum):
    """Exit statuses of every command."""

    OK = 0
    FINDINGS = 1
    UNUSABLE = 2
    """The command could not run: a file that cannot be read, a wrong option."""
    INTERRUPTED = 130
    """Stopped by Ctrl-C, as shells count it (128 + SIGINT)."""
    TERMINATED = 143
    """Stopped by SIGTERM, counted in the same way."""


def refuse(*reasons: object, details: Iterable[str] = ()) -> Status:
    """Print on standard error why a command cannot run, a line per reason and detail; returns its exit status."""
    from archspec.text.printable import printable  # noqa: PLC0415 - most commands run

    lines = [*(f"error: {printable(str(reason))}" for reason in reasons), *map(printable, details)]
    sys.stderr.write("".join(f"{line}\n" for line in lines))
    return Status.UNUSABLE


def exit_status(findings: Iterable[Diagnostic]) -> Status:
    """The exit status for these findings."""
    listed = list(findings)
    if any(each.unusable for each in listed):
        return Status.UNUSABLE
    return Status.FINDINGS if any(each.is_failing for each in listed) else Status.OK
