"""Files that are written: every command and function that writes one does it here."""

# ruff: noqa: PTH105, PTH108, PTH115, PTH116, PTH118, PTH120, PTH123 -- importing pathlib takes longer than reading a spec

from __future__ import annotations

import os
import secrets
import stat
import sys
from contextlib import contextmanager, nullcontext, suppress
from typing import IO, TYPE_CHECKING

from archspec.interruption import holding_signals, unfinished_file

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_LINKS = 40
"""Symbolic links on the way to a file, as in Linux."""


class OutputError(OSError):
    """A file or a directory cannot be written; the message says which and why."""


@contextmanager
def output_file(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """A file to write, whose content comes to ``path`` when the block ends well.

    Symbolic links are followed. An ordinary file appears, or is replaced, in one step: whatever stops the block, a
    signal too, leaves it as it was and nothing beside it. Its mode stays, and its owner as far as that is allowed.
    A file with several names is written in place, so that all of them show it; so is what is no ordinary file:
    devices, pipes, and what a program has open, such as ``/dev/stdout``.

    Raises:
        OutputError: the file cannot be written.

    """
    name = os.fspath(path)
    try:
        with _replaced_file(name) if is_ordinary(name) and not _has_names(name) else _filled_file(name) as file:
            yield file
    except OSError as error:
        raise OutputError(f"cannot write {name}: {error.strerror or error}") from error


def write_new_file(path: str | os.PathLike[str], data: bytes) -> None:
    """Write a file where there is none, whole or not at all; a link that leads nowhere is in the way, too.

    Raises:
        FileExistsError: something is there.
        OSError: it cannot be written.

    """
    with holding_signals(), open(path, "xb") as file:
        try:
            file.write(data)
            file.flush()
        except OSError:
            os.unlink(path)
            raise


def is_ordinary(path: str) -> bool:
    """Whether a path leads to an ordinary file, or to none yet: to no device, pipe or what a program has open."""
    if own_descriptor(path) is not None or _is_of_a_process(path):
        return False
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except FileNotFoundError:
        return True


def own_descriptor(path: str) -> int | None:
    """The open file of this process that a path such as ``/dev/stdout`` leads to; None for any other path."""
    folders = {"/dev/fd", *map(os.path.realpath, ("/proc/self/fd", "/proc/thread-self/fd"))}
    for _ in range(_MOST_LINKS):
        folder, name = os.path.split(path)
        if name.isascii() and name.isdecimal() and os.path.realpath(folder) in folders:
            return int(name)
        try:
            path = os.path.join(folder, os.readlink(path))
        except OSError:
            return None
    return None


def _is_of_a_process(path: str) -> bool:
    """Whether a path leads to what some other process has open."""
    return os.path.realpath(os.path.dirname(path)).startswith("/proc/")


def _has_names(path: str) -> bool:
    """Whether a file has several names."""
    try:
        return os.stat(path).st_nlink > 1
    except FileNotFoundError:
        return False


@contextmanager
def _replaced_file(path: str) -> Iterator[IO[bytes]]:
    target = os.path.realpath(path)
    temporary = os.path.join(os.path.dirname(target), f".archspec-{secrets.token_hex(8)}")
    with unfinished_file(temporary):
        with open(temporary, "xb") as file:
            yield file
            file.flush()
            _keep_owner_and_mode(file, target)
            os.fsync(file.fileno())
        os.replace(temporary, target)


def _keep_owner_and_mode(file: IO[bytes], before: str) -> None:
    if not hasattr(os, "fchmod"):
        return
    with suppress(FileNotFoundError):
        kept = os.stat(before)
        with suppress(PermissionError):
            os.fchown(file.fileno(), kept.st_uid, kept.st_gid)
        os.fchmod(file.fileno(), stat.S_IMODE(kept.st_mode))


@contextmanager
def _filled_file(path: str) -> Iterator[IO[bytes]]:
    """A file without a name, copied to where a path leads at the end: what fails before that writes nothing there."""
    from tempfile import TemporaryFile  # noqa: PLC0415 - most files are replaced

    descriptor = own_descriptor(path)
    with _open_target(path, descriptor) as target, TemporaryFile() as file:
        yield file
        file.seek(0)
        _copy(file, target, is_whole=descriptor is None and stat.S_ISREG(os.fstat(target.fileno()).st_mode))


def _open_target(path: str, descriptor: int | None) -> IO[bytes]:
    """What a path leads to, opened to write; one of this process goes on where its own output has come to."""
    if descriptor is None:
        return open(os.open(path, os.O_WRONLY | getattr(os, "O_NOCTTY", 0)), "wb")
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    return open(os.dup(descriptor), "wb")


def _copy(file: IO[bytes], target: IO[bytes], *, is_whole: bool) -> None:
    """Copy into an open file. A ``whole`` one is not left half written; a pipe may keep its writer waiting for ever."""
    from shutil import copyfileobj  # noqa: PLC0415 - as above

    with holding_signals() if is_whole else nullcontext():
        copyfileobj(file, target)
        if is_whole:
            target.truncate()
