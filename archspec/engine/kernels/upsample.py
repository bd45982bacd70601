"""Upsampling: positions gathered along one axis after the other, and weighted by nearness."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from archspec.engine.kernels._base import Kernel
from archspec.engine.kernels._operations import CHUNK
from archspec.engine.kernels._work_split import distribute, sample_runs
from archspec.ops.resampling import Upsample as Operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.engine.kernels._buffers import Buffers
    from archspec.engine.scratch import Scratch
    from archspec.engine.stages import Call, Stage
    from archspec.ops._numpy import Array


class AxisSources(NamedTuple):
    """For each output of an axis the inputs below and above it, and their weights; none where only the first counts."""

    inputs: tuple[Array, Array]
    weights: tuple[Array, ...] = ()

    def part(self, outputs: slice) -> AxisSources:
        """Some of the outputs."""
        below, above = self.inputs
        return AxisSources((below[outputs], above[outputs]), tuple(weight[outputs] for weight in self.weights))


class UpsampleKernel(Kernel):
    """Blocks of output rows: the rows gathered, then their columns."""

    operators = (Operator,)
    why = "gathered along one axis after the other"

    def bind(self, buffers: Buffers) -> Iterator[Stage]:
        """Blocks of the first axis."""
        sizes = buffers.output.shape[1:-1]
        each = math.prod(sizes[1:])
        axes = self._axes(buffers)

        def calls(piece: tuple[int, tuple[int, int]], scratch: Scratch) -> Iterator[Call]:
            sample, (begin, end) = piece
            rows = slice(begin, end)
            sources = (axes[0].part(rows), *axes[1:])
            yield from self._resample(buffers.x[sample], sources, buffers.output[sample, rows], scratch)
            start = sample * sizes[0]
            yield from self.epilogue.calls(
                buffers.packed, buffers, scratch, (start + begin) * each, (start + end) * each
            )

        yield distribute(
            sample_runs(buffers, sizes[0], CHUNK // (each * buffers.x.shape[-1])), buffers.scratches, calls
        )

    def _axes(self, buffers: Buffers) -> list[AxisSources]:
        """The weights of the last of several axes are repeated for every channel: rows are then long runs of memory."""
        operator = self.group.operator
        if not isinstance(operator, Operator):
            raise TypeError(f"{self.group.kind} is not an upsampling")
        axes: list[AxisSources] = []
        rank = buffers.x.ndim - 2
        for size, count in zip(buffers.x.shape[1:-1], buffers.output.shape[1:-1], strict=True):
            below, above, nearness = operator.neighbours(size, count)
            far = nearness.astype(self.dtype)[:, None]
            if axes and len(axes) == rank - 1:
                far = np.repeat(far, buffers.x.shape[-1], 1)
            axes.append(AxisSources((below, above), (1 - far, far) if operator.mode == "bilinear" else ()))
        return axes

    def _resample(self, x: Array, axes: tuple[AxisSources, ...], y: Array, scratch: Scratch) -> Iterator[Call]:
        """All of ``y`` (outputs ..., C), one axis of ``x`` (inputs ..., C) after the other."""
        for number, (inputs, weights) in enumerate(axes):
            shape = (*x.shape[:number], len(inputs[0]), *x.shape[number + 1 :])
            target = y if number == len(axes) - 1 else scratch.take(shape, x.dtype)
            yield partial(np.take, x, inputs[0], number, target, "clip")  # the default mode works on a copy
            if weights:
                other = scratch.take(shape, x.dtype)
                yield partial(np.take, x, inputs[1], number, other, "clip")
                rows = (*shape[: number + 1], -1)
                near, far = (each.reshape(rows, copy=False) for each in (target, other))
                yield partial(np.multiply, near, weights[0], near)
                yield partial(np.multiply, far, weights[1], far)
                yield partial(np.add, near, far, near)
            x = target
