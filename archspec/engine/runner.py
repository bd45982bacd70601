"""What runs a plan: weights packed out once, sessions kept for the next batch of their size, one network at a time."""

from __future__ import annotations

import os
import threading
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from archspec.engine.libraries import single_threaded
from archspec.engine.loops import settle
from archspec.engine.scratch import Scratch, aligned
from archspec.engine.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archspec.engine.plan import Plan
    from archspec.engine.session import OnStep
    from archspec.ops._numpy import Array

_KEPT = 2
"""Sessions that are kept: for a full chunk of a batch and for what is left over."""
_turns = [threading.RLock()]
"""Held while a network runs: all share one team of threads, and more would only take its processors from it.

A child process has a lock of its own: a thread of its parent held the other, maybe, and will not let go of it there.
"""


class _Room:
    """The memory of one run at a time: an arena, a scratch for each thread, and the sessions that are bound to it."""

    def __init__(self, threads: int) -> None:
        self.arena = aligned(0)
        self.scratches = tuple(Scratch() for _ in range(threads))
        self.sessions: dict[int, Session] = {}

    def arena_of(self, size: int) -> Array:
        """``size`` bytes of it; where there are less, sessions that are bound to these go."""
        if size > len(self.arena):
            self.sessions.clear()
            self.arena = aligned(size)
        return self.arena[:size]


class Runner:
    """A plan with the arrays of every layer, ``{layer: {name: array}}``; ``chunk`` is how many samples run at once."""

    def __init__(self, plan: Plan, arrays: Mapping[str, Mapping[str, Array]], chunk: int) -> None:
        self.plan, self._arrays, self._chunk = plan, arrays, chunk
        self._packed: dict[str, Any] = {}
        self._room: _Room | None = None

    def __getstate__(self) -> dict[str, Any]:
        """For pickles and copies: calls are bound to memory of this one, and another binds its own."""
        return {**self.__dict__, "_packed": {}, "_room": None}

    def run(self, inputs: Mapping[str, Array], on_step: OnStep | None = None) -> dict[str, Array]:
        """The network's results for a batch, in arrays of their own."""
        samples = len(next(iter(inputs.values())))
        results = {name: self._empty(name, samples) for name in self.plan.graph.outputs}
        with alone():
            for begin in range(0, samples, self._chunk):
                part = {name: x[begin : begin + self._chunk] for name, x in inputs.items()}
                self._run(part, results, begin, on_step)
        return results

    def efforts(self, samples: int) -> dict[str, tuple[int, int]]:
        """By step, for such a batch run last: calls of NumPy one after the other, and hand-overs to other threads."""
        found: Counter[str] = Counter()
        handed: Counter[str] = Counter()
        for begin in range(0, samples, self._chunk):
            session = self._room.sessions.get(min(self._chunk, samples - begin)) if self._room else None
            for step, stages in zip(self.plan.steps, session.stages if session else (), strict=False):
                found[step.group.name] += sum(max(map(len, stage)) for stage in stages)
                handed[step.group.name] += sum(len(stage) > 1 for stage in stages)
        return {name: (calls, handed[name]) for name, calls in found.items()}

    @property
    def scratch_bytes(self) -> int:
        """Bytes that the kernels use for themselves."""
        return sum(scratch.most for scratch in self._room.scratches) if self._room else 0

    def _run(self, part: Mapping[str, Array], results: Mapping[str, Array], begin: int, on_step: OnStep | None) -> None:
        """One chunk. A room that something interrupts is not used again, nor one in which a run goes on."""
        samples = len(next(iter(part.values())))
        room, self._room = self._room or _Room(self.plan.threads), None
        session = room.sessions.pop(samples, None) or self._session(room, samples)
        session.run(part, on_step)
        for name, result in results.items():
            result[begin : begin + samples] = session.volumes[name]
        while len(room.sessions) >= _KEPT:
            room.sessions.pop(next(iter(room.sessions)))
        room.sessions[samples] = session
        self._room = room

    def _session(self, room: _Room, samples: int) -> Session:
        if not self._packed:
            self._packed = {
                step.group.name: step.kernel.pack_weights(
                    {node.name: self._arrays[node.name] for node in step.group.nodes}
                )
                for step in self.plan.steps
            }
        arena = room.arena_of(self.plan.arena_bytes * samples).view(self.plan.dtype)
        return Session(self.plan, self._packed, samples, arena, room.scratches)

    def _empty(self, name: str, samples: int) -> Array:
        volume = self.plan.graph.volume(name)
        return np.empty((samples, *(volume.shape if volume else ())), self.plan.dtype)


@contextmanager
def alone() -> Iterator[None]:
    """No other network runs, and the matrix libraries' own threads rest.

    What is no number any more goes on as such, and NumPy does not warn of it in the middle of a step.
    """
    with np.errstate(), _turns[-1], single_threaded():
        settle()
        yield


def _renew_turn() -> None:
    _turns[:] = [threading.RLock()]


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_turn)
