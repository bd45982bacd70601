"""Norms over all positions of a sample: of groups of channels, or of each channel."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from archspec.engine.kernels._base import Kernel, Phase, Setting, Site, parts, shared
from archspec.engine.kernels._finish import CHUNK, with_gates
from archspec.ops.sample_norms import GroupNorm as Groups
from archspec.ops.sample_norms import InstanceNorm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.engine.kernels._base import Arrays, Call
    from archspec.engine.scratch import Scratch
    from archspec.engine.units import Unit
    from archspec.ops._numpy import Array


class Share(NamedTuple):
    """Groups of a sample whose statistics a thread computes."""

    sample: int
    groups: tuple[int, int]


class GroupNorm(Kernel):
    """Statistics first, threads sharing samples and groups; then all positions, chunk by chunk."""

    name = "group-norm"
    operators = (Groups, InstanceNorm)
    why = "statistics of each sample, then chunks of positions"

    def __init__(self, unit: Unit, setting: Setting) -> None:
        super().__init__(unit, setting)
        operator, channels = unit.operator, unit.volume.channels
        self.groups = operator.groups if isinstance(operator, Groups) else channels
        self.each = channels // self.groups
        self.eps = operator.eps if isinstance(operator, Groups | InstanceNorm) else 0

    def lay_out(self, arrays: Arrays) -> Any:
        """The finish."""
        own = arrays[self.unit.first.name]
        return self.finish.lay_out(arrays, own.get("beta"), own.get("gamma"))

    def bind(self, site: Site) -> Iterator[Phase]:
        """Means and deviations of every channel, then differences and quotients as the beginning of the finish."""
        channels = site.x.shape[-1]
        x = site.x.reshape(len(site.x), -1, channels)
        means, deviations = (np.empty((len(x), channels), x.dtype) for _ in range(2))

        def calls(share: Share, scratch: Scratch) -> Iterator[Call]:
            begin, end = (group * self.each for group in share.groups)
            where = share.sample, slice(begin, end)
            yield from self._statistics(x[share.sample, :, begin:end], means[where], deviations[where], scratch)

        runs = parts(self.groups, self.groups, -(-len(site.scratches) // len(x)))
        yield shared([Share(sample, run) for sample in range(len(x)) for run in runs], site.scratches, calls)
        standard = (with_gates(np.subtract, means), with_gates(np.divide, deviations))
        yield self.finishing((*standard, *site.laid), site, site.x)

    def _statistics(self, x: Array, mean: Array, deviation: Array, scratch: Scratch) -> Iterator[Call]:
        """Sums of chunks, then of these, so that errors stay small; whatever share a thread has, the same chunks."""
        chunks = parts(len(x), max(1, CHUNK // self.finish.channels))
        sums = scratch.take((len(chunks), x.shape[1]), x.dtype)
        squares = scratch.take((max(end - begin for begin, end in chunks), x.shape[1]), x.dtype)
        for (begin, end), total in zip(chunks, sums, strict=True):
            yield partial(np.add.reduce, x[begin:end], 0, None, total)
        yield from self._averaged(sums, len(x), mean, scratch)
        for (begin, end), total in zip(chunks, sums, strict=True):
            part = squares[: end - begin]
            yield partial(np.subtract, x[begin:end], mean, part)
            yield partial(np.multiply, part, part, part)
            yield partial(np.add.reduce, part, 0, None, total)
        yield from self._averaged(sums, len(x), deviation, scratch)
        yield partial(np.add, deviation, self.eps, deviation)
        yield partial(np.sqrt, deviation, deviation)

    def _averaged(self, sums: Array, positions: int, target: Array, scratch: Scratch) -> Iterator[Call]:
        """The mean of each group for every one of its channels."""
        table = target.reshape(-1, self.each)
        column = scratch.take((len(table), 1), sums.dtype)
        yield partial(np.add.reduce, sums, 0, None, target)
        yield partial(np.add.reduce, table, -1, None, column, True)
        yield partial(np.divide, column, positions * self.each, column)
        yield partial(np.copyto, table, column)
