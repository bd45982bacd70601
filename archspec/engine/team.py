"""A team of threads that works through lists of calls; NumPy lets go of the interpreter inside most of them.

The calling thread does the first share itself and the team's own threads the others, one barrier a phase. A layer of a
small network takes only tens of microseconds, and to wake a processor as long: so who waits stays awake for a while and
looks again and again, and only then sleeps at a lock. A queue or an executor takes several times as long.
"""

from __future__ import annotations

import _thread
import os
import threading
from contextlib import suppress
from functools import cache
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from archspec.engine.loops import settle

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from archspec.ops._numpy import Array

    Call = Callable[[], object]
    Phase = Sequence[Sequence[Call]]


_PATIENCE = 300e-6
"""Seconds for which a thread stays awake: longer than most steps that one thread does alone."""
_SINES = 1000
"""Sines for each thread of the team that one who waits computes before it looks again.

That keeps a processor awake without memory and, from 500 numbers on, without the interpreter's lock. With two threads
it takes about 15 microseconds, with more as much longer as there are more who look.
"""


class Team:
    """``size`` threads, the caller being one of them."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._members = [_Member(_SINES * size) for _ in range(size - 1)]

    def run(self, phase: Phase) -> None:
        """Make the calls of every share, the shares at the same time; what a call raises is raised here.

        Whatever happens, no thread is at work any more when this returns or raises.
        """
        if len(phase) == 1 or not self._members:
            for share in phase:
                for call in share:
                    call()
            return
        busy = self._members[: len(phase) - 1]
        try:
            for member, share in zip(busy, phase[1:], strict=True):
                member.begin(share)
            for call in phase[0]:
                call()
        finally:
            for member in busy:
                member.wait()
        for member in busy:
            member.tell()


class _Member:
    """A thread that waits for a share of work, does it and waits again. It does not keep the process from ending.

    Whether it is at work is told by its share alone; the locks only wake the one who waits for a change of it. So
    Ctrl-C, which may come between any two steps, leaves nothing that the next run would wait for in vain.
    """

    def __init__(self, sines: int) -> None:
        self._share: Sequence[Call] | None = None
        self._failure: BaseException | None = None
        self._asleep = False
        self._idle = np.full((2, 2, sines), 0.5)
        self._begin, self._done = _thread.allocate_lock(), _thread.allocate_lock()
        threading.Thread(target=self._work, name="archspec", daemon=True).start()

    def begin(self, share: Sequence[Call]) -> None:
        """Start on a share, after what an interrupted run has left."""
        self.wait()
        self._failure = None
        self._share = share
        if self._asleep:
            _wake(self._begin)

    def wait(self) -> None:
        """Wait until the share is done, Ctrl-C or not: its arrays must not be written to behind anybody's back."""
        interrupt: KeyboardInterrupt | None = None
        while self._share is not None:
            try:
                if not _soon(self._is_free, self._idle[0]):
                    _wake(self._begin)  # the start may have been interrupted
                    self._done.acquire()
            except KeyboardInterrupt as pressed:
                interrupt = pressed
        if interrupt:
            raise interrupt

    def tell(self) -> None:
        """Raise what the last share raised, if anything."""
        if self._failure is not None:
            raise self._failure

    def _is_busy(self) -> bool:
        return self._share is not None

    def _is_free(self) -> bool:
        return self._share is None

    def _sleep(self) -> None:
        """Until it is woken; who gives it a share sees that it sleeps, or it sees the share."""
        self._asleep = True
        if self._share is None:
            self._begin.acquire()
        self._asleep = False

    def _work(self) -> None:
        settle()  # a thread's own settings; the caller's are the runner's
        while True:
            if not _soon(self._is_busy, self._idle[1]):
                self._sleep()
            if self._share is None:
                continue
            try:
                for call in self._share:
                    call()
            except BaseException as failure:  # noqa: BLE001 - raised in the thread that waits for it
                self._failure = failure
            self._share = None
            _wake(self._done)


def _soon(happens: Callable[[], bool], idle: Array) -> bool:
    """Whether something happens before the thread should rather sleep; ``idle`` is to work in, for this one alone."""
    end = perf_counter() + _PATIENCE
    while not happens():
        if perf_counter() > end:
            return False
        np.sin(idle[0], idle[1])
    return True


def _wake(lock: _thread.LockType) -> None:
    """Release a lock, unless it is free: then whoever comes will find it so."""
    with suppress(RuntimeError):
        lock.release()


@cache
def team(size: int) -> Team:
    """The process's team of a size: one for all networks, which run one at a time."""
    return Team(size)


def default_size() -> int:
    """The processors that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=team.cache_clear)  # a child process has none of its parent's threads
