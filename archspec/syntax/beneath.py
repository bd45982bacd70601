"""Files below a folder, found so that no link leads out of it, whatever another process does at the same time.

Each part of a path is opened relative to the folder before it, and never as a link. A link is read, and its own parts
are followed in the same way; so one that leads to a file in the folder is as good as the file.
"""

# ruff: noqa: PTH116, PTH117, PTH118 -- folders are descriptors here, not names

from __future__ import annotations

import errno
import os
import stat
from typing import NamedTuple

from archspec.syntax.guarded_file import AT_ONCE, UnreadableFileError, check_kind, explain, explain_name, read_open_file

_ANY_SIZE = 1 << 62
_MOST_LINKS = 40
"""As in Linux."""
_IS_SUPPORTED = {os.open, os.stat, os.readlink} <= os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_ORDINARY = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | AT_ONCE


class OutsideError(Exception):
    """A path leads out of the folder."""


class FoundFile(NamedTuple):
    """An open file, and its place: the path that no link is on. It is read once, or closed."""

    place: str
    descriptor: int

    def read(self, most: int) -> bytes:
        """Its bytes; UnreadableFileError when it is no ordinary file, or larger than it may be."""
        return read_open_file(os.dup(self.descriptor), most)

    def close(self) -> None:
        """It is read, or not wanted."""
        os.close(self.descriptor)


def find_beneath(root: str, folder: str, name: str, shown: str) -> FoundFile:
    """The ordinary file of a name in a folder below ``root``, a real path; ``shown`` is its name in messages.

    Raises:
        OutsideError: it leads out of the folder.
        UnreadableFileError: it is no file, or cannot be read.

    """
    if not name or os.path.isabs(name):
        raise OutsideError
    way = f"{folder}/{name}"
    try:
        return _Walk(root).to(way) if _IS_SUPPORTED else _find_by_name(root, way)
    except OSError as error:
        raise UnreadableFileError(*explain(shown, error)) from error
    except ValueError:
        raise UnreadableFileError(*explain_name(shown)) from None


def _find_by_name(root: str, way: str) -> FoundFile:
    """Where folders cannot be opened."""
    place = os.path.realpath(os.path.join(root, way))
    if not place.startswith(os.path.join(root, "")):
        raise OutsideError
    check_kind(os.stat(place), _ANY_SIZE)
    return FoundFile(place, os.open(place, os.O_RDONLY | AT_ONCE))


class _Walk:
    """The folders from the root to where a walk has come, open."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._folders = [os.open(root, _FOLDER & ~getattr(os, "O_NOFOLLOW", 0))]
        self._names: list[str] = []

    def to(self, way: str) -> FoundFile:
        """The file to which a way leads; all folders are closed then."""
        try:
            return self._find(way.split("/")[::-1])
        finally:
            for folder in self._folders:
                os.close(folder)

    def _find(self, ahead: list[str]) -> FoundFile:
        """The file at the end of the names ``ahead``, of which the last is the next."""
        links = 0
        while ahead:
            name = ahead.pop()
            if name == "..":
                self._up()
            if name in ("", ".", ".."):
                continue
            status = os.stat(name, dir_fd=self._folders[-1], follow_symlinks=False)
            if stat.S_ISLNK(status.st_mode):
                links += 1
                if links > _MOST_LINKS:
                    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
                ahead += self._link(name)
            elif not stat.S_ISDIR(status.st_mode):
                if ahead:
                    raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
                return self._file(name, status)
            else:
                self._folders.append(os.open(name, _FOLDER, dir_fd=self._folders[-1]))
                self._names.append(name)
        check_kind(os.fstat(self._folders[-1]), _ANY_SIZE)
        raise AssertionError("a folder is no file")

    def _file(self, name: str, status: os.stat_result) -> FoundFile:
        check_kind(status, _ANY_SIZE)
        descriptor = os.open(name, _ORDINARY, dir_fd=self._folders[-1])
        return FoundFile(os.path.join(self._root, *self._names, name), descriptor)

    def _link(self, name: str) -> list[str]:
        """The names on the way that a link leads, the first one last."""
        target = os.readlink(name, dir_fd=self._folders[-1])
        if os.path.isabs(target):
            target = os.path.relpath(os.path.realpath(target), self._root)
            while self._names:
                self._up()
        return target.split("/")[::-1]

    def _up(self) -> None:
        if not self._names:
            raise OutsideError
        self._names.pop()
        os.close(self._folders.pop())
