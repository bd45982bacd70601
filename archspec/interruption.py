"""What SIGINT and SIGTERM do to a program: it ends at once, and no unfinished file stays behind.

The handler ends the program itself. An exception would get lost where Python cannot raise one, as in a destructor or
at the end of an import, and libraries turn one into an error of their own. A program in which archspec is
a library keeps its own handlers: there, the context managers below clean up after any exception.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found] # what `signal` is made of, which takes longer to import
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SIGNALS: dict[int, bytes] = {_signal.SIGINT: b"interrupted", _signal.SIGTERM: b"terminated"}
_SHOW_CURSOR = b"\x1b[?25h"  # a progress bar hides it
_STDERR = 2


class _State:
    """What the handler has to know; signals are handled in the main thread alone."""

    def __init__(self) -> None:
        self.unfinished: set[str] = set()
        self.processes: set[int] = set()
        self.holds = 0
        self.waiting: int | None = None
        self.is_meant = False


_STATE = _State()


def handle_signals() -> None:
    """From now on, SIGINT ends the program with status 130 and SIGTERM with 143.

    One that is ignored, as shells do it for what runs in the background, stays ignored.
    """
    set_handlers(_stop)


def set_handlers(handler: Callable[[int, object], object]) -> None:
    """Set a handler for the signals that are not ignored."""
    for number in _SIGNALS:
        if _signal.getsignal(number) != _signal.SIG_IGN:
            _signal.signal(number, handler)


@contextmanager
def unfinished_file(path: str) -> Iterator[None]:
    """While it lasts, a signal deletes this file; so does the end of the block."""
    _STATE.unfinished.add(path)
    try:
        yield
    finally:
        with suppress(OSError):  # it is gone when all went well
            os.unlink(path)  # noqa: PTH108 - importing pathlib takes longer than checking a spec
        _STATE.unfinished.discard(path)


@contextmanager
def ending_processes() -> Iterator[set[int]]:
    """While it lasts, a signal ends the processes that are added to the set; so does the end of the block."""
    try:
        yield _STATE.processes
    finally:
        _kill_processes()
        for process in _STATE.processes:
            with suppress(OSError):
                os.waitpid(process, 0)
        _STATE.processes.clear()


def restore_signals() -> None:
    """In a process that was forked, let signals end it without a word: what started it says what happened."""
    for number in _SIGNALS:
        if _signal.getsignal(number) != _signal.SIG_IGN:
            _signal.signal(number, _signal.SIG_DFL)


@contextmanager
def holding_signals() -> Iterator[None]:
    """While it lasts, signals wait: for steps that must not be left half done, and that end soon."""
    _STATE.holds += 1
    try:
        yield
    finally:
        _STATE.holds -= 1
        if not _STATE.holds and _STATE.waiting is not None:
            _end(_STATE.waiting)


@contextmanager
def ending_well() -> Iterator[None]:
    """While it lasts, Ctrl-C is how the program is meant to end: with status 0 and without a word."""
    _STATE.is_meant = True
    try:
        yield
    finally:
        _STATE.is_meant = False


def _stop(number: int, _: object) -> None:
    if _STATE.holds:
        _STATE.waiting = number
    else:
        _end(number)


def _kill_processes() -> None:
    for process in _STATE.processes:
        with suppress(OSError):
            os.kill(process, _signal.SIGKILL)


def _end(number: int) -> NoReturn:
    _kill_processes()
    for path in tuple(_STATE.unfinished):
        with suppress(OSError):
            os.unlink(path)  # noqa: PTH108 - as above
    is_meant = _STATE.is_meant and number == _signal.SIGINT
    with suppress(OSError):
        os.write(_STDERR, _SHOW_CURSOR * os.isatty(_STDERR) + (b"\n" if is_meant else b"\n%b\n" % _SIGNALS[number]))
    os._exit(0 if is_meant else 128 + number)
