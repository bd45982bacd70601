"""A team of threads that works through lists of calls; NumPy lets go of the interpreter inside most of them.

The calling thread does the first share itself and the team's own threads the others, one barrier a phase. Raw locks
hand the work over: a queue or an executor takes several times as long, and a layer of a small network only tens of
microseconds.
"""

from __future__ import annotations

import _thread
import os
import threading
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Call = Callable[[], object]
    Phase = Sequence[Sequence[Call]]


class Team:
    """``size`` threads, the caller being one of them."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._members = [_Member() for _ in range(size - 1)]

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
        for member, share in zip(busy, phase[1:], strict=True):
            member.begin(share)
        try:
            for call in phase[0]:
                call()
        finally:
            failures = [member.end() for member in busy]
        for failure in failures:
            if failure is not None:
                raise failure


class _Member:
    """A thread that waits for a share of work, does it and waits again. It does not keep the process from ending."""

    def __init__(self) -> None:
        self._share: Sequence[Call] = ()
        self._failure: BaseException | None = None
        self._begin, self._done = _thread.allocate_lock(), _thread.allocate_lock()
        self._begin.acquire()
        self._done.acquire()
        threading.Thread(target=self._work, name="archspec", daemon=True).start()

    def begin(self, share: Sequence[Call]) -> None:
        self._share = share
        self._begin.release()

    def end(self) -> BaseException | None:
        """Wait until the share is done, Ctrl-C or not: its arrays must not be written to behind anybody's back."""
        interrupt: BaseException | None = None
        while True:
            try:
                self._done.acquire()
                break
            except KeyboardInterrupt as pressed:
                interrupt = pressed
        failure, self._failure, self._share = interrupt or self._failure, None, ()
        return failure

    def _work(self) -> None:
        np.seterr(all="ignore")  # a thread's own setting; the caller's is the runner's
        while True:
            self._begin.acquire()
            try:
                for call in self._share:
                    call()
            except BaseException as failure:  # noqa: BLE001 - raised in the thread that waits for it
                self._failure = failure
            self._done.release()


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
