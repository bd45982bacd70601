"""Pools to a size that the spec states: an axis at a time, a reduction for each output along it."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from archspec.engine.kernels._base import Kernel
from archspec.engine.kernels._work_split import distribute
from archspec.ops._base import Operator
from archspec.ops.adaptive import parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.engine.fused_group import FusedGroup
    from archspec.engine.kernels._buffers import Buffers
    from archspec.engine.scratch import Scratch
    from archspec.engine.stages import Call, Stage
    from archspec.ops._numpy import Array


class AdaptivePoolKernel(Kernel):
    """Rows of the output; a mean of a rectangle is the mean of its rows' means."""

    operators = (Operator,)
    why = "an axis at a time, a reduction for each output"

    @classmethod
    def applies(cls, group: FusedGroup) -> bool:
        """Any pool to a stated size."""
        return super().applies(group) and group.operator.is_adaptive

    def bind(self, buffers: Buffers) -> Iterator[Stage]:
        """The samples' outputs along the first axis, distributed over threads."""
        count = buffers.output.shape[1]
        each = math.prod(buffers.output.shape[2:-1])
        spans = parts(buffers.x.shape[1], count)

        def calls(piece: tuple[int, int], scratch: Scratch) -> Iterator[Call]:
            sample, row = piece
            yield from self._reduce(buffers.x[sample], spans[row], buffers.output[sample, row], scratch)
            first = (sample * count + row) * each
            yield from self.epilogue.calls(buffers.packed, buffers, scratch, first, first + each)

        work = [(sample, row) for sample in range(len(buffers.x)) for row in range(count)]
        yield distribute(work, buffers.scratches, calls)

    def _reduce(self, x: Array, span: tuple[int, int], y: Array, scratch: Scratch) -> Iterator[Call]:
        """``x`` (inputs ..., C) to ``y`` (outputs ..., C): one output of the first axis, all of those after it."""
        is_last = x.ndim == 2
        target = y if is_last else scratch.take(x.shape[1:], x.dtype)
        begin, end = span
        if self.group.operator.pool == "mean":
            yield partial(np.add.reduce, x[begin:end], 0, None, target)
            yield partial(np.divide, target, end - begin, target)
        else:
            yield partial(np.maximum.reduce, x[begin:end], 0, None, target)
        if not is_last:
            for number, each in enumerate(parts(len(target), len(y))):
                yield from self._reduce(target, each, y[number], scratch)
