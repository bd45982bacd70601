"""Fixed files written back atomically, and only if the file did not change."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from archspec.diagnostics import Diagnostic
from archspec.files.output_file import OutputError, output_file

if TYPE_CHECKING:
    from archspec.fixing.repair import Changed


class _NotWritable(Exception):  # noqa: N818 - it carries the words of a finding and never leaves this file
    def __init__(self, message: str, help_: str) -> None:
        super().__init__(message)
        self.help = help_


def write(file: str, changed: Changed) -> Diagnostic | None:
    """Write a fixed file; a finding when it can't be, and the file is as it was."""
    try:
        _write(Path(file), changed)
    except _NotWritable as refusal:
        message, help_ = str(refusal), (refusal.help,)
    except (OutputError, OSError) as error:
        cause = error.__cause__ if isinstance(error, OutputError) else error
        message = f"the fixed file cannot be written: {getattr(cause, 'strerror', None) or error}"
        help_ = ("the file was not changed; make sure that the file and its folder are writable",)
    else:
        return None
    return Diagnostic(rule="unwritable-file", message=message, help=help_, path=changed.name, unusable=True)


def _write(path: Path, changed: Changed) -> None:
    mode = path.stat().st_mode
    if not mode & 0o222 or not os.access(path, os.W_OK):
        raise _NotWritable("the file is read-only, and was not fixed", f"make it writable: `chmod u+w {changed.name}`")
    with output_file(path) as file:
        file.write(changed.after)
        if path.read_bytes() != changed.before:
            raise _NotWritable("the file changed while it was being fixed, and was not overwritten", "run this again")
