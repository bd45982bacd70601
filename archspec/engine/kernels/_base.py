"""What a kernel is: a way to compute a unit, chosen by its shape."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from archspec.engine.kernels._finish import CHUNK, Finish

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

    from archspec.engine.grades import Grade
    from archspec.engine.kernels._finish import Operation
    from archspec.engine.scratch import Scratch
    from archspec.engine.units import Unit
    from archspec.ops._base import Operator
    from archspec.ops._numpy import Array

Call = Callable[[], object]
Phase = Sequence[Sequence[Call]]
"""Shares of calls, one a thread, that run at the same time."""
Arrays = Mapping[str, "Mapping[str, Array]"]
"""The arrays of each layer of a unit, by the layer's name and their own."""

_PASSES = 6e9
"""Numbers a second that a simple operation of NumPy goes through in the cache."""
BLOCK = 96 * 1024
"""Numbers, about, that kernels make for themselves at a time (windows unfolded, products to be spread, scores).

384 KiB of float32, less than half of a common second-level cache, where they are read at once.
"""
_POSITIONS = 256
"""Positions, at most, that a kernel works on at a time although they are no longer in the cache."""


class Setting(NamedTuple):
    """What a plan is made for, and by how many threads; ``repeats``: what is prepared once will be used often."""

    grade: Grade
    dtype: np.dtype[np.floating]
    threads: int
    repeats: bool


class Site(NamedTuple):
    """Where a unit works: arrays (N, spatial ..., C) of the arena, and a scratch for every thread.

    ``beside`` are the volumes that sums in the unit read, by name; ``laid`` is what ``lay_out`` gave.
    """

    inputs: tuple[Array, ...]
    beside: dict[str, Array]
    output: Array
    laid: Any
    scratches: tuple[Scratch, ...]

    @property
    def x(self) -> Array:
        """The first input."""
        return self.inputs[0]


class Kernel:
    """Base of kernels. ``lay_out`` brings the weights into order once; ``bind`` gives the calls of one run.

    Calls work on fixed places in the arena, so that a run neither makes views nor allocates.
    """

    name: ClassVar[str]
    operators: ClassVar[tuple[type[Operator], ...]]
    why: ClassVar[str]
    """Why it is the one, where it takes all units of its operators."""
    folds: ClassVar[bool] = False
    """Whether norms behind the first layer go into its weights."""
    rate: ClassVar[float] = 45e9
    """Multiply-accumulates a second on one processor of our day, to see what is worth sharing among threads."""

    def __init__(self, unit: Unit, setting: Setting) -> None:
        self.unit = unit
        self.dtype = setting.dtype
        self.finish = Finish(unit, setting.dtype, folds=self.folds)

    @classmethod
    def reason(cls, unit: Unit, setting: Setting) -> str | None:  # noqa: ARG003 - what chooses among units looks at them
        """Why this kernel is the one for a unit; None when it is not."""
        return cls.why

    def seconds(self, samples: int) -> float:
        """About how long one thread takes: the multiplications, and three passes over what leaves."""
        return samples * (self.unit.macs / self.rate + 3 * self.unit.output.size / _PASSES)

    @property
    def laid_size(self) -> int:
        """Numbers that :meth:`lay_out` keeps beside the weights, at most: a copy in another order."""
        return sum(weight.size for weight in self.unit.first.weights)

    def scratch_size(self, samples: int) -> int:  # noqa: ARG002 - most work on a sample at a time
        """Numbers that a thread takes of its scratch, at most: some chunks."""
        return 8 * CHUNK + _POSITIONS * self.unit.output.channels

    def working_size(self, samples: int, threads: int) -> int:
        """Numbers that the step takes besides the arena, at most: the scratch of all threads."""
        return threads * self.scratch_size(samples)

    @property
    def row_size(self) -> int:
        """Numbers that a thread takes at most to make a row of the output: the rows that it sees, a few times."""
        volume, output, windows = self.unit.volume, self.unit.output, self.unit.first.windows or ()
        seen = windows[0].extent + windows[0].stride if windows else 1
        across = [window.size + window.near + window.far + window.overhang for window in windows[1:]]
        row = math.prod(across or volume.spatial[1:]) * volume.channels
        return 4 * (seen * row + math.prod(output.spatial[1:]) * output.channels)

    def lay_out(self, arrays: Arrays) -> Any:
        """What :meth:`bind` wants to have of the weights."""
        return self.finish.lay_out(arrays)

    def bind(self, site: Site) -> Iterator[Phase]:
        """The calls of one run: phases one after the other, each with a share for every thread."""
        raise NotImplementedError

    def finishing(self, operations: tuple[Operation, ...], site: Site, source: Array | None = None) -> Phase:
        """The phase that finishes all positions, chunk by chunk; they are read from ``source`` if it is given."""
        if not operations and source is None:
            return []
        channels = site.output.shape[-1]
        flat = None if source is None else source.reshape(-1)

        def calls(piece: tuple[int, int], scratch: Scratch) -> Iterator[Call]:
            read = None if flat is None else flat[slice(*(channels * position for position in piece))]
            yield from self.finish.calls(operations, site, scratch, *piece, source=read)

        chunks = parts(site.output.size // channels, max(1, CHUNK // channels), len(site.scratches))
        return shared(chunks, site.scratches, calls)


def shared(work: Sequence[Any], scratches: Sequence[Scratch], calls: Callable[[Any, Scratch], Iterator[Call]]) -> Phase:
    """The calls for pieces of work that do not meet, neighbours in the same thread."""
    bounds = [len(work) * i // len(scratches) for i in range(len(scratches) + 1)]
    shares = []
    for scratch, begin, end in zip(scratches, bounds, bounds[1:], strict=False):
        share: list[Call] = []
        for piece in work[begin:end]:
            scratch.reset()
            share += calls(piece, scratch)
        if share:
            shares.append(share)
    return shares


def sample_runs(site: Site, size: int, most: int) -> list[tuple[int, tuple[int, int]]]:
    """Runs of at most ``most`` of the first axis' ``size`` outputs, with the number of their sample.

    A sample is cut at least so often that all samples together give every thread a run.
    """
    samples = len(site.x)
    threads = len(site.scratches)
    each = evenly(size, most, threads // math.gcd(samples, threads))
    return [(sample, run) for sample in range(samples) for run in each]


def evenly(total: int, most: int, threads: int) -> list[tuple[int, int]]:
    """``range(total)`` in parts of at most ``most``, as many for each thread: all equal where a near number allows it.

    Equal parts leave no rests, of rows or of tiles, that take calls of their own.
    """
    fewest = threads * -(-total // (max(1, most) * threads))
    exact = (count for count in range(fewest, 2 * fewest, threads) if total % count == 0)
    return parts(total, total, next(exact, fewest))


def parts(total: int, most: int, least_parts: int = 1) -> list[tuple[int, int]]:
    """``range(total)`` in equal parts of at most ``most``, and ``least_parts`` of them if there are so many numbers."""
    count = min(total, max(least_parts, -(-total // max(1, most))))
    return [(total * i // count, total * (i + 1) // count) for i in range(count)]
