"""Pools over sliding windows: shifted rows, then shifted columns, whole rows at a time."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from archspec.engine.kernels._base import Kernel, Setting
from archspec.engine.kernels._operations import CHUNK
from archspec.engine.kernels._padded import bounds, strip
from archspec.engine.kernels._work_split import distribute, sample_runs
from archspec.ops._sliding import Sliding
from archspec.ops.pooling import AvgPool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from archspec.engine.fused_group import FusedGroup
    from archspec.engine.kernels._buffers import Arrays, Buffers
    from archspec.engine.scratch import Scratch
    from archspec.engine.stages import Call, Stage
    from archspec.ops._numpy import Array


class PoolKernel(Kernel):
    """A maximum, sum or sum of squares over a window can be taken along one axis after the other.

    Along an axis, the result of all windows is that of ``kernel`` views of the input, each one position further.
    """

    operators = (Sliding,)
    why = "an axis at a time, by shifted rows and columns"

    @classmethod
    def applies(cls, group: FusedGroup) -> bool:
        """Any pool."""
        return super().applies(group) and group.operator.pool is not None

    def __init__(self, group: FusedGroup, setting: Setting) -> None:
        super().__init__(group, setting)
        self.windows = group.first.windows or ()
        is_max = group.operator.pool == "max"
        self.combine: Callable[..., object] = np.maximum if is_max else np.add
        self.border = -math.inf if is_max else 0.0

    def pack_weights(self, arrays: Arrays) -> Any:
        """For a mean, what its sums are multiplied by along each axis; and the epilogue."""
        operator = self.group.operator
        counts = operator.counts(self.group.volume) if isinstance(operator, AvgPool) else ()
        return self._shares(counts), self.epilogue.operations(arrays)

    def _shares(self, counts: Sequence[Array]) -> list[tuple[int, Array]]:
        """One over what windows count, for all axes whose windows count the same together, then axis by axis."""
        shares = [1 / np.maximum(count, 1) for count in counts]
        same = math.prod(float(share[0]) for share in shares if share.min() == share.max())
        own = [(axis, share.astype(self.dtype)) for axis, share in enumerate(shares) if share.min() < share.max()]
        return [(0, np.array([same], self.dtype)), *own] if counts else []

    def bind(self, buffers: Buffers) -> Iterator[Stage]:
        """Blocks of the first axis."""
        sizes = buffers.output.shape[1:-1]
        most = CHUNK // math.prod((*buffers.x.shape[2:], self.windows[0].stride))
        yield distribute(sample_runs(buffers, sizes[0], most), buffers.scratches, partial(self._calls, buffers))

    def _calls(self, buffers: Buffers, piece: tuple[int, tuple[int, int]], scratch: Scratch) -> Iterator[Call]:
        shares, operations = buffers.packed
        sample, run = piece
        sizes = buffers.output.shape[1:-1]
        calls, x = strip(
            buffers.x[sample], bounds(self.windows, (run, *((0, n) for n in sizes[1:]))), scratch, self.border
        )
        yield from calls
        if self.group.operator.pool == "l2":
            squares = scratch.take(x.shape, x.dtype)
            yield partial(np.multiply, x, x, squares)
            x = squares
        out = buffers.output[sample][slice(*run)]
        for axis in range(len(sizes)):
            last = axis == len(sizes) - 1
            shape = (*out.shape[: axis + 1], *x.shape[axis + 1 :])
            target = out if last else scratch.take(shape, x.dtype)
            yield from self._reduce(x, target, axis)
            x = target
        for axis, share in shares:
            part = share[slice(*run)] if axis == 0 and len(share) > 1 else share
            yield partial(np.multiply, out, part.reshape(-1, *(1,) * (len(sizes) - axis)), out)
        if self.group.operator.pool == "l2":
            yield partial(np.sqrt, out, out)
        each = math.prod(sizes[1:])
        begin = (sample * sizes[0] + run[0]) * each
        yield from self.epilogue.calls(operations, buffers, scratch, begin, begin + (run[1] - run[0]) * each)

    def _reduce(self, x: Array, target: Array, axis: int) -> Iterator[Call]:
        """The windows along one axis, kernel position by kernel position."""
        window = self.windows[axis]
        every = slice(None)

        def shifted(number: int) -> Array:
            start = number * window.dilation
            end = start + (target.shape[axis] - 1) * window.stride + 1
            return x[(*(every,) * axis, slice(start, end, window.stride))]

        if window.kernel == 1:
            yield partial(np.copyto, target, shifted(0))
            return
        yield partial(self.combine, shifted(0), shifted(1), out=target)
        for number in range(2, window.kernel):
            yield partial(self.combine, target, shifted(number), out=target)
