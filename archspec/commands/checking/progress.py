"""The progress of a long run: one line on a terminal, erased at the end."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from archspec.text.printable import cells, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import TextIO

_PATIENCE = 1.0  # seconds in which nothing is shown
_EVERY = 0.1  # seconds from one line to the next
_WIDTH = 80  # cells of a terminal that does not say
_ERASE = "\r\x1b[K"


class _Line:
    """The line, while it is shown."""

    def __init__(self, stream: TextIO, clock: Callable[[], float]) -> None:
        self._stream = stream
        self._clock = clock
        self._next = clock() + _PATIENCE
        self._is_shown = False

    def show(self, text: str) -> None:
        """Show a text in place of the last one, unless it is too early."""
        if self._clock() >= self._next:
            self._write(_ERASE + _cut(printable(text), _width(self._stream) - 1))
            self._next = self._clock() + _EVERY
            self._is_shown = True

    def erase(self) -> None:
        """Erase the line."""
        if self._is_shown:
            self._write(_ERASE)

    def _write(self, text: str) -> None:
        with suppress(OSError):  # who closed the terminal misses nothing
            self._stream.write(text)
            self._stream.flush()


@contextmanager
def progress(
    stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic
) -> Iterator[Callable[[Iterable[str]], Iterator[str]]]:
    """An iterator over files that shows progress on a terminal (standard error by default).

    A line is shown when the run has taken a second, and erased at the end, also when that is Ctrl-C.
    """
    line = _Line(stream or sys.stderr, clock)

    def watched(files: Iterable[str]) -> Iterator[str]:
        listed: list[str] = []
        for file in files:
            listed.append(file)
            line.show(f"looking for specs, {len(listed):,} so far")
        for number, file in enumerate(listed):
            line.show(f"{number:,} of {len(listed):,} checked, now {file}")
            yield file

    try:
        yield watched
    finally:
        line.erase()


def _width(stream: TextIO) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).columns or _WIDTH
    except (OSError, ValueError):
        return _WIDTH


def _cut(text: str, width: int) -> str:
    """A text, shortened to one line."""
    while cells(text) > width:
        text = text[:-1]
    return text
