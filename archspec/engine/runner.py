"""Running a plan: weights packed once, sessions kept for the next batch of their size, one network at a time."""

from __future__ import annotations

import os
import threading
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from archspec.engine.libraries import single_threaded
from archspec.engine.loops import settle
from archspec.engine.planned_memory import scratch_bytes
from archspec.engine.scratch import Scratch, aligned_bytes
from archspec.engine.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archspec.engine.plan import Plan
    from archspec.engine.session import OnStep
    from archspec.ops._numpy import Array

_KEPT = 2
"""Sessions that are kept: for a full chunk of a batch and for what is left over."""
_lock = [threading.RLock()]
"""Held while a network runs: all networks share one thread pool, and a second run would compete for its processors.

A child process has its own lock: a thread of its parent may hold the other one, and would never release it there.
"""


class _RunMemory:
    """The memory of one run at a time: an arena, a scratch for each thread, and the sessions that are bound to it."""

    def __init__(self, threads: int) -> None:
        self.arena = aligned_bytes(0)
        self.scratches = tuple(Scratch() for _ in range(threads))
        self.sessions: dict[int, Session] = {}

    def arena_of(self, size: int) -> Array:
        """``size`` bytes of the arena; to enlarge it drops the sessions that are bound to it."""
        if size > len(self.arena):
            self.sessions.clear()
            self.arena = aligned_bytes(size)
        return self.arena[:size]

    def reserve(self, sizes: list[int]) -> None:
        """A scratch of at least so many bytes for each thread; to enlarge one it drops the sessions, too."""
        for scratch, size in zip(self.scratches, sizes, strict=True):
            if scratch.reserve(size):
                self.sessions.clear()


class Runner:
    """A plan with the arrays of every layer, ``{layer: {name: array}}``; ``chunk`` is how many samples run at once."""

    def __init__(self, plan: Plan, arrays: Mapping[str, Mapping[str, Array]], chunk: int) -> None:
        self.plan, self._arrays, self._chunk = plan, arrays, chunk
        self._packed: dict[str, Any] = {}
        self._memory: _RunMemory | None = None

    def __getstate__(self) -> dict[str, Any]:
        """For pickles and copies: calls are bound to this runner's memory, so a copy binds its own."""
        return {**self.__dict__, "_packed": {}, "_memory": None}

    def run(self, inputs: Mapping[str, Array], on_step: OnStep | None = None) -> dict[str, Array]:
        """The network's results for a batch, in new arrays."""
        samples = len(next(iter(inputs.values())))
        results = {name: self._empty(name, samples) for name in self.plan.graph.outputs}
        with exclusive_run():
            for begin in range(0, samples, self._chunk):
                part = {name: x[begin : begin + self._chunk] for name, x in inputs.items()}
                self._run(part, results, begin, on_step)
        return results

    def call_counts(self, samples: int) -> dict[str, tuple[int, int]]:
        """By step, for such a batch run last: calls of NumPy in a row, and hand-overs to other threads."""
        calls: Counter[str] = Counter()
        handovers: Counter[str] = Counter()
        for begin in range(0, samples, self._chunk):
            session = self._memory.sessions.get(min(self._chunk, samples - begin)) if self._memory else None
            for step, stages in zip(self.plan.steps, session.stages if session else (), strict=False):
                calls[step.group.name] += sum(max(map(len, stage)) for stage in stages)
                handovers[step.group.name] += sum(len(stage) > 1 for stage in stages)
        return {name: (count, handovers[name]) for name, count in calls.items()}

    @property
    def scratch_bytes(self) -> int:
        """Bytes that the kernels use for themselves."""
        return sum(scratch.most for scratch in self._memory.scratches) if self._memory else 0

    def _run(self, part: Mapping[str, Array], results: Mapping[str, Array], begin: int, on_step: OnStep | None) -> None:
        """One chunk. Memory is not used again after an interrupted run, nor by a run within a run."""
        samples = len(next(iter(part.values())))
        memory, self._memory = self._memory or _RunMemory(self.plan.threads), None
        session = memory.sessions.pop(samples, None) or self._session(memory, samples)
        session.run(part, on_step)
        for name, result in results.items():
            result[begin : begin + samples] = session.volumes[name]
        while len(memory.sessions) >= _KEPT:
            memory.sessions.pop(next(iter(memory.sessions)))
        memory.sessions[samples] = session
        self._memory = memory

    def _session(self, memory: _RunMemory, samples: int) -> Session:
        if not self._packed:
            self._packed = {
                step.group.name: step.kernel.pack_weights(
                    {node.name: self._arrays[node.name] for node in step.group.nodes}
                )
                for step in self.plan.steps
            }
        arena = memory.arena_of(self.plan.arena_bytes * samples).view(self.plan.dtype)
        memory.reserve(scratch_bytes(self.plan, samples))
        return Session(self.plan, self._packed, samples, arena, memory.scratches)

    def _empty(self, name: str, samples: int) -> Array:
        volume = self.plan.graph.volume(name)
        return np.empty((samples, *(volume.shape if volume else ())), self.plan.dtype)


@contextmanager
def exclusive_run() -> Iterator[None]:
    """No other network runs, and the matrix libraries use no threads of their own.

    NaN and infinity are passed on, and NumPy does not warn of them in the middle of a step.
    """
    with np.errstate(), _lock[-1], single_threaded():
        settle()
        yield


def _renew_lock() -> None:
    _lock[:] = [threading.RLock()]


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_lock)
