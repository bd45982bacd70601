"""What each command does once its options are parsed; every function gives the exit status."""

from __future__ import annotations

import sys
from enum import IntEnum


class Status(IntEnum):
    """Exit statuses of every command."""

    OK = 0
    FINDINGS = 1
    UNUSABLE = 2
    """The command could not run: a file that can't be read, a wrong option."""
    INTERRUPTED = 130
    """Stopped by Ctrl-C, as shells count it (128 + SIGINT)."""


def refuse(*reasons: object) -> Status:
    """Say on standard error why a command cannot run, a line each; the exit status of that."""
    from archspec.text.printable import printable  # noqa: PLC0415 - rarely is there any

    sys.stderr.write("".join(f"error: {printable(str(reason))}\n" for reason in reasons))
    return Status.UNUSABLE
