"""A thread pool that runs work items; NumPy releases the interpreter's lock inside most calls.

The calling thread does the first item of a stage itself and the workers the others; the next stage begins when all are
done. A layer of a small network takes only tens of microseconds, and to wake a sleeping processor as long: so a waiting
thread spins for a while, looking again and again, and only then sleeps at a lock. A queue or an executor takes several
times as long.

Why the hand-over needs no lock around its fields. A worker and its caller share two fields: the worker's ``_item``,
written by the caller to start it and set to None by the worker when it is done, and ``_asleep`` of a :class:`_Wait`.

1. *Arrays are complete when they are read.* A field is read and written while the interpreter's lock is held, and
   NumPy takes that lock again before a call returns. So whoever sees a new ``_item`` took the lock after the other
   released it, and sees all that the other wrote before, in NumPy's loops too. The lock is a mutex: what was written
   before its release is visible after its next acquisition.
2. *No wake-up is lost.* The waiting thread writes ``_asleep = True`` and then reads ``_item``; the other writes
   ``_item`` and then reads ``_asleep``. The interpreter's lock puts these four steps in one order, and in every order
   at least one of the two reads comes after the other side's write: the waiting thread sees the item and does not
   sleep, or the other sees that it sleeps and releases its alarm. An alarm that is released before the sleeper
   acquires it lets it through at once; released once too often, it makes a later sleeper look once more in vain.

Without the interpreter's lock (PEP 703) Python promises neither. CPython stores a field with release and loads it with
acquire order, which is enough for the first, but not for the second: there both sides write one field and read another,
and a processor may move the read before the write. Where there is no such lock, sleepers therefore look again
every ``_NAP`` seconds, so that a lost wake-up costs time and nothing else.
"""

from __future__ import annotations

import _thread
import os
import sys
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

_SPIN = 300e-6
"""Seconds for which a waiting thread spins, at most: longer than most steps that one thread does alone."""
_LARGEST = 8
"""Threads of a pool whose workers spin: to look takes the interpreter's lock from those that work."""
_SINES = 1000
"""Sines for each thread of the pool that a spinning thread computes before it looks again.

That keeps a processor awake out of its first caches and, from 500 values on, without the interpreter's lock. With two
threads it takes about 15 microseconds, with more threads proportionally longer, as more of them look.
"""
_NAP = -1 if getattr(sys, "_is_gil_enabled", lambda: True)() else 0.01
"""Seconds after which a sleeping thread looks again; -1: only when it is woken."""


class ThreadPool:
    """``size`` threads, the caller being one of them; a waiting thread spins for ``patience`` seconds."""

    def __init__(self, size: int, patience: float = 0) -> None:
        self.size = size
        angles = np.full(_SINES * size if patience else 0, 0.5)
        self._workers = [_Worker(angles, patience) for _ in range(size - 1)]

    def run(self, stage: Stage) -> None:
        """Run all work items at the same time; what a call raises is raised here.

        Whatever happens, no thread is at work any more when this returns or raises.
        """
        if len(stage) == 1 or not self._workers:
            for item in stage:
                for call in item:
                    call()
            return
        busy = self._workers[: len(stage) - 1]
        try:
            for worker, item in zip(busy, stage[1:], strict=True):
                worker.begin(item)
            for call in stage[0]:
                call()
        finally:
            _wait_for(busy)
        for worker in busy:
            worker.raise_failure()


class _Worker:
    """A thread that waits for a work item, does it and waits again. It does not keep the process from ending.

    Only ``_item`` says whether it is at work; waking a thread only makes it look. So Ctrl-C, which may come
    between any two steps, leaves no state in which the next run would wait in vain.
    """

    def __init__(self, angles: Array, patience: float) -> None:
        self._item: WorkItem | None = None
        self._failure: BaseException | None = None
        self._begins, self._ends = _Wait(angles, patience), _Wait(angles, patience)
        threading.Thread(target=self._work, name="archspec", daemon=True).start()

    def begin(self, item: WorkItem) -> None:
        """Start on a work item, after any that an interrupted run left."""
        self.wait()
        self._failure = None
        self._item = item
        self._begins.wake()

    def wait(self) -> None:
        """Wait until the item is done, Ctrl-C or not: no thread may write to a network's arrays after its run."""
        interrupt: KeyboardInterrupt | None = None
        while self._item is not None:
            try:
                self._begins.wake()  # the start may have been interrupted
                self._ends.until(self._is_free)
            except KeyboardInterrupt as pressed:
                interrupt = pressed
        if interrupt:
            raise interrupt

    def raise_failure(self) -> None:
        """Raise what the last item raised, if anything, and keep nothing of it."""
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def _is_busy(self) -> bool:
        return self._item is not None

    def _is_free(self) -> bool:
        return self._item is None

    def _work(self) -> None:
        settle()  # a thread's own settings; the caller's are the runner's
        while True:
            self._begins.until(self._is_busy)
            self._do()
            self._item = None
            self._ends.wake()

    def _do(self) -> None:
        """Make the item's calls; no name for any of it outlives this, so an idle thread keeps no network's memory."""
        try:
            for call in self._item or ():
                call()
        except BaseException as failure:  # noqa: BLE001 - raised in the thread that waits for it
            self._failure = failure


def _wait_for(workers: Sequence[_Worker]) -> None:
    """Wait for all of them, Ctrl-C or not."""
    interrupt: KeyboardInterrupt | None = None
    at_work = list(workers)
    while at_work:
        try:
            at_work[-1].wait()
            at_work.pop()
        except KeyboardInterrupt as pressed:
            interrupt = pressed
    if interrupt:
        raise interrupt


class _Wait:
    """How one of two threads waits for the other: it spins for as long as that has paid recently, then sleeps.

    Where other programs want the processors, waiting takes long anyway, and spinning makes it longer.
    """

    def __init__(self, angles: Array, most: float) -> None:
        self._angles, self._sines = angles, np.empty_like(angles)
        self._patience = self._most = most
        self._asleep = False
        self._alarm = _thread.allocate_lock()

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait until a condition holds; the thread that makes it hold calls :meth:`wake` afterwards."""
        began = perf_counter()
        while not condition():
            if perf_counter() - began < self._patience:
                np.sin(self._angles, self._sines)
                continue
            self._asleep = True  # first this, then the last look: see point 2 above
            if not condition():
                self._alarm.acquire(timeout=_NAP)
            self._asleep = False
        was_short = perf_counter() - began < _SPIN
        self._patience = min(self._most, self._patience + _SPIN / 8) if was_short else self._patience / 4

    def wake(self) -> None:
        """Make the waiting thread look again."""
        if self._asleep:
            with suppress(RuntimeError):  # the lock is free: then no thread will sleep at it
                self._alarm.release()


@cache
def thread_pool(size: int) -> ThreadPool:
    """The process's pool of a size: one for all networks, which run one at a time."""
    return ThreadPool(size, _SPIN if size <= min(processors(), _LARGEST) else 0)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=thread_pool.cache_clear)  # a child process has none of its parent's threads
