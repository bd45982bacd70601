"""The limits of this machine, measured on the spot: its own matrix product, its copy, and what a call costs."""

from __future__ import annotations

from functools import cache, partial
from itertools import pairwise
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from archspec.engine.runner import exclusive_run
from archspec.engine.thread_pool import thread_pool

if TYPE_CHECKING:
    from archspec.engine.stages import Stage
    from archspec.engine.thread_pool import ThreadPool
    from archspec.engine.work import Work

Bound = Literal["compute", "memory", "overhead", "kernel"]

_SIDES = (128, 384, 768)
"""Rows of the square matrices that are multiplied: larger ones while they take little time."""
_PATIENCE = 0.1
"""Seconds that a product may take: larger ones are not tried."""
_COPIED = 64 * 2**20
"""Bytes that are copied: more than most caches hold."""
_ROUNDS = 5
_CALLS = 200
_FAR = 4
"""Times the highest floor above which no floor explains how long a step takes."""


class MachineLimits(NamedTuple):
    """Floating point operations a second, bytes read and written a second, seconds of a call and of a hand-over.

    A hand-over is starting the other threads on their work items and waiting for them.
    """

    flops: float
    copied: float
    call: float
    handover: float

    def least_seconds(self, work: Work) -> float:
        """The roofline: at least the seconds of the products, and at least those of the copies."""
        return max(work.flops / self.flops, work.bytes_moved / self.copied)

    def bound(self, work: Work, seconds: float, calls: int, handovers: int) -> Bound:
        """What a step that took ``seconds`` is bound by: the highest floor, or the kernel itself far above them all."""
        floors: dict[Bound, float] = {
            "compute": work.flops / self.flops,
            "memory": work.bytes_moved / self.copied,
            "overhead": calls * self.call + handovers * self.handover,
        }
        highest = max(floors, key=lambda name: floors[name])
        return "kernel" if seconds > _FAR * floors[highest] else highest


@cache
def limits(threads: int, dtype: np.dtype[np.floating]) -> MachineLimits:
    """What this many threads reach together, measured once a process in some tenths of a second.

    Every thread multiplies large square matrices of its own by the library; tiles (:mod:`tiles`) and kernels that save
    products may be faster than that.
    """
    with exclusive_run():
        pool = thread_pool(threads)
        return MachineLimits(_product(pool, dtype), _copy(pool), _call(), _handover(pool))


def _product(pool: ThreadPool, dtype: np.dtype[np.floating]) -> float:
    fastest = seconds = 0.0
    for before, side in pairwise((1, *_SIDES)):
        if seconds * (side / before) ** 3 > _PATIENCE:
            break
        matrices = [[np.ones((side, side), dtype) for _ in range(3)] for _ in range(pool.size)]
        seconds = _best(pool, [[partial(np.matmul, a, b, out)] for a, b, out in matrices])
        fastest = max(fastest, 2 * pool.size * side**3 / seconds)
    return fastest


def _copy(pool: ThreadPool) -> float:
    source, target = (np.ones(_COPIED, np.uint8) for _ in range(2))
    halves = zip(np.array_split(target, pool.size), np.array_split(source, pool.size), strict=True)
    return 2 * _COPIED / _best(pool, [[partial(np.copyto, *half)] for half in halves])


def _call() -> float:
    small = np.zeros(16, np.float32)
    item = [partial(np.copyto, small, small)] * _CALLS
    return _best(thread_pool(1), [item]) / _CALLS


def _handover(pool: ThreadPool) -> float:
    if pool.size == 1:
        return 0.0
    stage: Stage = [[int]] * pool.size
    return median(_seconds(pool, stage) for _ in range(_CALLS))


def _best(pool: ThreadPool, stage: Stage) -> float:
    return min(_seconds(pool, stage) for _ in range(_ROUNDS))


def _seconds(pool: ThreadPool, stage: Stage) -> float:
    began = perf_counter()
    pool.run(stage)
    return perf_counter() - began
