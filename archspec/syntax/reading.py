"""Files and standard input, read without surprises: never a hang, never a traceback."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

from archspec.diagnostics import Diagnostic, Sink
from archspec.syntax.copies import copies_in_use, shown_name
from archspec.syntax.decoding import decode
from archspec.syntax.guarded_file import UnreadableFileError, check_size, explain_name, read_guarded_file
from archspec.syntax.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from archspec.source import Source
    from archspec.syntax.beneath import FoundFile


def read(path: str, sink: Sink, limits: Limits = DEFAULT_LIMITS, found: FoundFile | None = None) -> Source | None:
    """The text of a file, or of standard input for ``-``; None after a finding.

    What cannot be read at all is an ``unreadable-file``, which is ``unusable``. A file that is not UTF-8
    is an ``encoding`` finding with a place. One that was ``found`` already is read as it is, and named ``path``.
    """
    name = shown_name(path)
    try:
        copies = copies_in_use()
        read_it = partial(_read_fresh, path, limits) if found is None else partial(found.read, limits.size)
        data = read_it() if copies is None else copies.of(path, read_it, found and found.place)
    except UnreadableFileError as refusal:
        sink(_unreadable(name, str(refusal), *refusal.help))
    except ValueError:
        sink(_unreadable(name, *explain_name(path)))
    else:
        return decode(name, data, sink)
    return None


def _unreadable(path: str, message: str, *help_: str) -> Diagnostic:
    return Diagnostic(rule="unreadable-file", message=message, help=help_, path=path, unusable=True)


def _read_fresh(path: str, limits: Limits) -> bytes:
    return _standard_input(limits) if path == "-" else read_guarded_file(path, limits.size)


def _standard_input(limits: Limits) -> bytes:
    stream = getattr(sys.stdin, "buffer", None)
    if stream is None or stream.closed:
        raise UnreadableFileError("standard input is closed", "give a file name, or pipe a file in")
    return check_size(stream.read(limits.size + 1), limits.size)
