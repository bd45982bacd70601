"""How the work of a step is cut into pieces and given to threads."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from archspec.engine.kernels._buffers import Buffers
    from archspec.engine.scratch import Scratch
    from archspec.engine.stages import Call, Stage


def distribute(
    pieces: Sequence[Any], scratches: Sequence[Scratch], calls: Callable[[Any, Scratch], Iterator[Call]]
) -> Stage:
    """The calls for pieces of work that don't depend on each other, as a work item for each thread.

    A thread gets neighbouring pieces, and each piece may use all of the thread's scratch.
    """
    bounds = [len(pieces) * i // len(scratches) for i in range(len(scratches) + 1)]
    stage = []
    for scratch, begin, end in zip(scratches, bounds, bounds[1:], strict=False):
        item: list[Call] = []
        for piece in pieces[begin:end]:
            scratch.reset()
            item += scratch.collect(calls(piece, scratch))
        if item:
            stage.append(item)
    return stage


def sample_runs(buffers: Buffers, size: int, most: int) -> list[tuple[int, tuple[int, int]]]:
    """Runs of at most ``most`` of the first axis' ``size`` outputs, each with the number of its sample.

    A sample is cut at least so often that all samples together give every thread a run.
    """
    samples = len(buffers.x)
    threads = len(buffers.scratches)
    runs = split_evenly(size, most, threads // math.gcd(samples, threads))
    return [(sample, run) for sample in range(samples) for run in runs]


def split_evenly(total: int, most: int, threads: int) -> list[tuple[int, int]]:
    """``range(total)`` in runs of at most ``most``, as many for each thread, all equal where a count nearby allows it.

    Equal runs leave no remainder, of rows or of tiles, that would take calls of its own.
    """
    fewest = threads * -(-total // (max(1, most) * threads))
    exact = (count for count in range(fewest, 2 * fewest, threads) if total % count == 0)
    return split(total, total, next(exact, fewest))


def split(total: int, most: int, least_runs: int = 1) -> list[tuple[int, int]]:
    """``range(total)`` in nearly equal runs of at most ``most``; at least ``least_runs`` of them, if ``total`` allows.

    A run is its first number and the one after its last.
    """
    count = min(total, max(least_runs, -(-total // max(1, most))))
    return [(total * i // count, total * (i + 1) // count) for i in range(count)]
