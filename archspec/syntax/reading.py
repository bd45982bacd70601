"""Files and standard input, read without surprises: never a hang, never a traceback."""

# ruff: noqa: PTH114, PTH115, PTH116, PTH118, PTH208 -- importing pathlib takes longer than reading a spec

from __future__ import annotations

import os
import stat
import sys
from typing import TYPE_CHECKING

from archspec.diagnostics import Diagnostic, Sink
from archspec.syntax.copies import STDIN, copies_in_use
from archspec.syntax.decoding import decode
from archspec.syntax.limits import DEFAULT_LIMITS, Limits
from archspec.syntax.nearest import nearest

if TYPE_CHECKING:
    from archspec.source import Source

_KINDS = (
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class _UnreadableFile(Exception):  # noqa: N818 -- it carries the words of a finding and never leaves this file
    def __init__(self, message: str, *help_: str) -> None:
        super().__init__(message)
        self.help = help_


def read(path: str, sink: Sink, limits: Limits = DEFAULT_LIMITS) -> Source | None:
    """The text of a file, or of standard input for ``-``; None after a finding.

    What cannot be read at all is an ``unreadable-file``, which is ``unusable``. A file that is not UTF-8
    is an ``encoding`` finding with a place.
    """
    name = STDIN if path == "-" else path
    try:
        copies = copies_in_use()
        data = _fresh(path, limits) if copies is None else copies.of(path, lambda: _fresh(path, limits))
    except _UnreadableFile as refusal:
        sink(_unreadable(name, str(refusal), *refusal.help))
    except OSError as error:
        sink(_unreadable(name, *_explain(path, error)))
    except ValueError:
        character = "a NUL character" if "\0" in path else "half of a surrogate pair"
        sink(_unreadable(name, f"this is not a valid file name: it contains {character}"))
    else:
        return decode(name, data, sink)
    return None


def _unreadable(path: str, message: str, *help_: str) -> Diagnostic:
    return Diagnostic(rule="unreadable-file", message=message, help=help_, path=path, unusable=True)


def _fresh(path: str, limits: Limits) -> bytes:
    return _standard_input(limits) if path == "-" else _file(path, limits)


def _standard_input(limits: Limits) -> bytes:
    stream = getattr(sys.stdin, "buffer", None)
    if stream is None or stream.closed:
        raise _UnreadableFile("standard input is closed", "give a file name, or pipe a file in")
    return _within(stream.read(limits.size + 1), limits)


def _file(path: str, limits: Limits) -> bytes:
    _check(os.stat(path), limits)
    # It may be another file by now, so the open one is checked too.
    with open(path, "rb", opener=_open_at_once) as file:
        _check(os.fstat(file.fileno()), limits)
        return _within(file.read(limits.size + 1) or b"", limits)


def _open_at_once(path: str, flags: int) -> int:
    """Open without waiting, as one would for a pipe to which nothing is written."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _check(status: os.stat_result, limits: Limits) -> None:
    """Refuse what is not a regular file, or too large a one."""
    if not stat.S_ISREG(status.st_mode):
        kind = next((text for is_kind, text in _KINDS if is_kind(status.st_mode)), "no regular file")
        more = ("give the names of files in it",) if kind == "a directory" else ("use `-` to read what is piped in",)
        raise _UnreadableFile(f"this is {kind}, not a file", *more)
    if status.st_size > limits.size:
        raise _UnreadableFile(
            _too_large(f"{status.st_size:,} bytes", limits), "a spec of 1,000 layers has about 60,000"
        )


def _within(data: bytes, limits: Limits) -> bytes:
    if len(data) > limits.size:
        raise _UnreadableFile(_too_large("more", limits), "a spec of 1,000 layers has about 60,000")
    return data


def _too_large(size: str, limits: Limits) -> str:
    return f"the file has {size}, and the limit is {limits.size:,} bytes"


def _explain(path: str, error: OSError) -> tuple[str, ...]:
    """The message and the help for an error."""
    if isinstance(error, FileNotFoundError):
        return _missing(path)
    if isinstance(error, PermissionError):
        return "there is no permission to read the file", f"grant it: `chmod u+r {path}`"
    if isinstance(error, NotADirectoryError):
        return "a part of the path is a file, not a directory", "check the path"
    return f"the file cannot be read: {error.strerror or error}", "check the path"


def _missing(path: str) -> tuple[str, ...]:
    """Message and help for a missing file: where a link points, or which neighbour has a name like it."""
    if os.path.islink(path):
        return (
            f"this is a link to {os.readlink(path)}, which is missing",
            "fix the link, or give the name of the file",
        )
    folder, name = os.path.split(path)
    try:
        near = nearest(name, sorted(os.listdir(folder or ".")))
    except OSError:
        return f"the directory {folder} does not exist", "check the path"
    return "the file does not exist", *((f"did you mean {os.path.join(folder, near)}?",) if near else ())
