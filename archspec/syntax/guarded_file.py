"""Files of strangers, opened without surprises: only ordinary ones, up to a size, and without waiting for anything."""

# ruff: noqa: PTH114, PTH115, PTH116, PTH118, PTH208 -- importing pathlib takes longer than reading a spec

from __future__ import annotations

import os
import stat

from archspec.syntax.nearest import nearest

_KINDS = (
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
_SMALLER = "a spec of 1,000 layers has about 60,000"


class UnreadableFileError(Exception):
    """A file cannot be read: the message says why, and ``help`` what may help."""

    def __init__(self, message: str, *help_: str) -> None:
        super().__init__(message)
        self.help = help_


def read_guarded_file(path: str, most: int, advice: str = _SMALLER) -> bytes:
    """The bytes of an ordinary file of at most ``most`` bytes.

    Raises:
        UnreadableFileError: it is none, or cannot be read.

    """
    try:
        check_kind(os.stat(path), most, advice)  # to open a device may be an act of its own
        return read_open_file(open_at_once(path), most, advice)
    except OSError as error:
        raise UnreadableFileError(*explain(path, error)) from error
    except ValueError:
        raise UnreadableFileError(*explain_name(path)) from None


def read_open_file(descriptor: int, most: int, advice: str = _SMALLER) -> bytes:
    """The bytes of an open file, which may be another one by now than the one that was looked at; it is closed.

    Raises:
        UnreadableFileError: it is no ordinary file, or too large.

    """
    with open(descriptor, "rb") as file:
        check_kind(os.fstat(descriptor), most, advice)
        return check_size(file.read(most + 1) or b"", most, advice)


AT_ONCE = sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY"))
"""Open without waiting, as one would for a pipe to which nothing is written."""


def open_at_once(path: str, flags: int = os.O_RDONLY) -> int:
    """Open a file, for ``open`` as well."""
    return os.open(path, flags | AT_ONCE)


def check_kind(status: os.stat_result, most: int, advice: str = _SMALLER) -> None:
    """Refuse what is not a regular file, or too large a one."""
    if not stat.S_ISREG(status.st_mode):
        kind = next((text for is_kind, text in _KINDS if is_kind(status.st_mode)), "no regular file")
        raise UnreadableFileError(f"this is {kind}, not a file", _instead(kind, advice))
    if status.st_size > most:
        raise UnreadableFileError(_too_large(f"{status.st_size:,} bytes", most), advice)


def _instead(kind: str, advice: str) -> str:
    if advice != _SMALLER:
        return "put an ordinary file there"
    return "give the names of files in it" if kind == "a directory" else "use `-` to read what is piped in"


def check_size(data: bytes, most: int, advice: str = _SMALLER) -> bytes:
    """Data that is not larger than it may be; UnreadableFileError for other."""
    if len(data) > most:
        raise UnreadableFileError(_too_large("more", most), advice)
    return data


def _too_large(size: str, most: int) -> str:
    return f"the file has {size}, and the limit is {most:,} bytes"


def explain(path: str, error: OSError) -> tuple[str, ...]:
    """The message and the help for an error."""
    if isinstance(error, FileNotFoundError):
        return _missing(path)
    if isinstance(error, PermissionError):
        return "there is no permission to read the file", f"grant it: `chmod u+r {path}`"
    if isinstance(error, NotADirectoryError):
        return "a part of the path is a file, not a directory", "check the path"
    return f"the file cannot be read: {error.strerror or error}", "check the path"


def explain_name(path: str) -> tuple[str, ...]:
    """The message for a name that no file can have."""
    character = "a NUL character" if "\0" in path else "half of a surrogate pair"
    return (f"this is not a valid file name: it contains {character}",)


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
