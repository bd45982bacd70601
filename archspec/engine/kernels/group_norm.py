"""Norms over all positions of a sample: of groups of channels, or of each channel."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from archspec.engine.kernels._base import Kernel, Setting
from archspec.engine.kernels._operations import CHUNK, per_sample_channel
from archspec.engine.kernels._work_split import distribute, split
from archspec.ops.sample_norms import GroupNorm as Groups
from archspec.ops.sample_norms import InstanceNorm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.engine.fused_group import FusedGroup
    from archspec.engine.kernels._buffers import Arrays, Buffers
    from archspec.engine.scratch import Scratch
    from archspec.engine.stages import Call, Stage
    from archspec.ops._numpy import Array


class GroupRun(NamedTuple):
    """Groups of a sample, first and after the last, whose statistics a thread computes."""

    sample: int
    groups: tuple[int, int]


class GroupNormKernel(Kernel):
    """Statistics first, samples and groups distributed over threads; then all positions, chunk by chunk."""

    operators = (Groups, InstanceNorm)
    why = "statistics of each sample, then chunks of positions"

    def __init__(self, group: FusedGroup, setting: Setting) -> None:
        super().__init__(group, setting)
        operator, channels = group.operator, group.volume.channels
        self.groups = operator.groups if isinstance(operator, Groups) else channels
        self.each = channels // self.groups
        self.eps = operator.eps if isinstance(operator, Groups | InstanceNorm) else 0

    def pack_weights(self, arrays: Arrays) -> Any:
        """The epilogue, which begins with the norm's scale and shift."""
        own = arrays[self.group.first.name]
        return self.epilogue.operations(arrays, own.get("beta"), own.get("gamma"))

    def bind(self, buffers: Buffers) -> Iterator[Stage]:
        """Means and standard deviations (N, C); then ``(x - mean) / deviation`` as the beginning of the epilogue."""
        channels = buffers.x.shape[-1]
        x = buffers.x.reshape(len(buffers.x), -1, channels)
        means, deviations = (np.empty((len(x), channels), x.dtype) for _ in range(2))

        def calls(run: GroupRun, scratch: Scratch) -> Iterator[Call]:
            begin, end = (group * self.each for group in run.groups)
            where = run.sample, slice(begin, end)
            yield from self._statistics(x[run.sample, :, begin:end], means[where], deviations[where], scratch)

        runs = split(self.groups, self.groups, -(-len(buffers.scratches) // len(x)))
        yield distribute([GroupRun(sample, run) for sample in range(len(x)) for run in runs], buffers.scratches, calls)
        standard = (per_sample_channel(np.subtract, means), per_sample_channel(np.divide, deviations))
        yield self.epilogue_stage((*standard, *buffers.packed), buffers, buffers.x)

    def _statistics(self, x: Array, mean: Array, deviation: Array, scratch: Scratch) -> Iterator[Call]:
        """Sums of chunks, then of these, so that errors stay small; whatever run a thread has, the same chunks."""
        chunks = split(len(x), max(1, CHUNK // self.epilogue.channels))
        sums = scratch.take((len(chunks), x.shape[1]), x.dtype)
        squares = scratch.take((max(end - begin for begin, end in chunks), x.shape[1]), x.dtype)
        for (begin, end), total in zip(chunks, sums, strict=True):
            yield partial(np.add.reduce, x[begin:end], 0, None, total)
        yield from self._average(sums, len(x), mean, scratch)
        for (begin, end), total in zip(chunks, sums, strict=True):
            part = squares[: end - begin]
            yield partial(np.subtract, x[begin:end], mean, part)
            yield partial(np.multiply, part, part, part)
            yield partial(np.add.reduce, part, 0, None, total)
        yield from self._average(sums, len(x), deviation, scratch)
        yield partial(np.add, deviation, self.eps, deviation)
        yield partial(np.sqrt, deviation, deviation)

    def _average(self, sums: Array, positions: int, target: Array, scratch: Scratch) -> Iterator[Call]:
        """The mean of each group, from sums (chunks, C), written to all of its channels in ``target`` (C)."""
        table = target.reshape(-1, self.each)
        column = scratch.take((len(table), 1), sums.dtype)
        yield partial(np.add.reduce, sums, 0, None, target)
        yield partial(np.add.reduce, table, -1, None, column, True)
        yield partial(np.divide, column, positions * self.each, column)
        yield partial(np.copyto, table, column)
