"""A team of threads that works through lists of calls; NumPy lets go of the interpreter inside most of them.

The calling thread does the first share itself and the team's own threads the others, one barrier a stage. A layer of a
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
from archspec.engine.processors import processors

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from archspec.engine.stages import Stage, WorkItem
    from archspec.ops._numpy import Array


_AWAKE = 300e-6
"""Seconds for which one stays awake, at most: longer than most steps that one thread does alone."""
_LARGEST = 8
"""Threads of a team whose members stay awake: to look around takes the interpreter's lock from those who work."""
_SINES = 1000
"""Sines for each thread of the team that one who waits computes before looking again.

That keeps a processor awake out of its first caches and, from 500 numbers on, without the interpreter's lock. With two
threads it takes about 15 microseconds, with more as much longer as there are more who look.
"""


class ThreadPool:
    """``size`` threads, the caller being one of them; who waits stays awake for ``patience`` seconds."""

    def __init__(self, size: int, patience: float = 0) -> None:
        self.size = size
        angles = np.full(_SINES * size if patience else 0, 0.5)
        self._members = [_Member(angles, patience) for _ in range(size - 1)]

    def run(self, stage: Stage) -> None:
        """Make the calls of every share, the shares at the same time; what a call raises is raised here.

        Whatever happens, no thread is at work any more when this returns or raises.
        """
        if len(stage) == 1 or not self._members:
            for share in stage:
                for call in share:
                    call()
            return
        busy = self._members[: len(stage) - 1]
        try:
            for member, share in zip(busy, stage[1:], strict=True):
                member.begin(share)
            for call in stage[0]:
                call()
        finally:
            _wait_for(busy)
        for member in busy:
            member.tell()


class _Member:
    """A thread that waits for a share of work, does it and waits again. It does not keep the process from ending.

    Whether it is at work is told by its share alone; both sides only wake each other to look. So Ctrl-C, which may come
    between any two steps, leaves nothing that the next run would wait for in vain.
    """

    def __init__(self, angles: Array, patience: float) -> None:
        self._share: WorkItem | None = None
        self._failure: BaseException | None = None
        self._begins, self._ends = _Wait(angles, patience), _Wait(angles, patience)
        threading.Thread(target=self._work, name="archspec", daemon=True).start()

    def begin(self, share: WorkItem) -> None:
        """Start on a share, after what an interrupted run has left."""
        self.wait()
        self._failure = None
        self._share = share
        self._begins.wake()

    def wait(self) -> None:
        """Wait until the share is done, Ctrl-C or not: its arrays must not be written to behind anybody's back."""
        interrupt: KeyboardInterrupt | None = None
        while self._share is not None:
            try:
                self._begins.wake()  # the start may have been interrupted
                self._ends.until(self._is_free)
            except KeyboardInterrupt as pressed:
                interrupt = pressed
        if interrupt:
            raise interrupt

    def tell(self) -> None:
        """Raise what the last share raised, if anything, and keep nothing of it."""
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def _is_busy(self) -> bool:
        return self._share is not None

    def _is_free(self) -> bool:
        return self._share is None

    def _work(self) -> None:
        settle()  # a thread's own settings; the caller's are the runner's
        while True:
            self._begins.until(self._is_busy)
            self._do()
            self._share = None
            self._ends.wake()

    def _do(self) -> None:
        """The share; no name for any of it outlives this, so that an idle thread keeps no network's memory alive."""
        try:
            for call in self._share or ():
                call()
        except BaseException as failure:  # noqa: BLE001 - raised in the thread that waits for it
            self._failure = failure


def _wait_for(members: Sequence[_Member]) -> None:
    """Wait for all of them, Ctrl-C or not."""
    interrupt: KeyboardInterrupt | None = None
    at_work = list(members)
    while at_work:
        try:
            at_work[-1].wait()
            at_work.pop()
        except KeyboardInterrupt as pressed:
            interrupt = pressed
    if interrupt:
        raise interrupt


class _Wait:
    """How one of two waits for the other: awake for as long as that has paid of late, then asleep at a lock.

    Where other programs want the processors, what one waits for takes long, and to stay awake makes it longer.
    """

    def __init__(self, angles: Array, most: float) -> None:
        self._angles, self._sines = angles, np.empty_like(angles)
        self._patience = self._most = most
        self._asleep = False
        self._alarm = _thread.allocate_lock()

    def until(self, happens: Callable[[], bool]) -> None:
        """Wait until something happens; who makes it happen calls :meth:`wake` afterwards."""
        began = perf_counter()
        while not happens():
            if perf_counter() - began < self._patience:
                np.sin(self._angles, self._sines)
                continue
            self._asleep = True  # whoever makes it happen sees this, or it has happened
            if not happens():
                self._alarm.acquire()
            self._asleep = False
        soon = perf_counter() - began < _AWAKE
        self._patience = min(self._most, self._patience + _AWAKE / 8) if soon else self._patience / 4

    def wake(self) -> None:
        """Let who waits look again."""
        if self._asleep:
            with suppress(RuntimeError):  # the lock is free: then nobody will sleep at it
                self._alarm.release()


@cache
def thread_pool(size: int) -> ThreadPool:
    """The process's team of a size: one for all networks, which run one at a time."""
    return ThreadPool(size, _AWAKE if size <= min(processors(), _LARGEST) else 0)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=thread_pool.cache_clear)  # a child process has none of its parent's threads
