"""In-memory copies of files, read in place of the files while fixes are tried."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STDIN = "<stdin>"
"""Name under which standard input is shown where it has no other."""
_STDIN_NAMES: list[str] = []

_IN_USE: list[Copies] = []


class Copies:
    """Bytes of files by :func:`place`, each read from its file once.

    ``data`` may be replaced, ``original`` is what was read. ``names`` are those by which the files were first read,
    ``asked`` the places that were read since it was last emptied.
    """

    def __init__(self) -> None:
        self.data: dict[str, bytes] = {}
        self.original: dict[str, bytes] = {}
        self.names: dict[str, str] = {}
        self.paths: set[str] = set()

    def of(self, path: str, read: Callable[[], bytes], where: str | None = None) -> bytes:
        """The copy of a file; ``read`` makes it when there is none yet."""
        where = place(path) if where is None else where
        self.paths.add(where)
        if where not in self.data:
            self.data[where] = self.original[where] = read()
            self.names[where] = shown_name(path) if _STDIN_NAMES else path
        return self.data[where]


def place(path: str) -> str:
    """The real path of a file, so that all its names are equal; ``-`` for standard input."""
    return "-" if path in ("-", STDIN, *_STDIN_NAMES[-1:]) else os.path.realpath(path)


def shown_name(path: str) -> str:
    """The name under which a file is shown: for ``-`` the one that standard input was given, or that of it."""
    return path if path != "-" else _STDIN_NAMES[-1] if _STDIN_NAMES else STDIN


@contextmanager
def naming_stdin(name: str | None) -> Iterator[None]:
    """Within this context, standard input is the text of a file of this name; None: it has none."""
    before = [*_STDIN_NAMES]
    _STDIN_NAMES[:] = [name] if name else []
    try:
        yield
    finally:
        _STDIN_NAMES[:] = before


def copies_in_use() -> Copies | None:
    """The copies in use; None if the files themselves are read."""
    return _IN_USE[-1] if _IN_USE else None


@contextmanager
def reading_from(copies: Copies) -> Iterator[None]:
    """Within this context, files are read from their copies, in all threads."""
    _IN_USE.append(copies)
    try:
        yield
    finally:
        _IN_USE.pop()


@contextmanager
def noting(places: set[str]) -> Iterator[None]:
    """While it lasts, the places of all files that are read come into ``places``; each is read once."""
    copies, outer = Copies(), copies_in_use()
    try:
        with reading_from(copies):
            yield
    finally:
        places |= copies.paths
        if outer is not None:
            outer.paths |= copies.paths
