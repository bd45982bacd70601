"""Locally connected layers: a matrix for each output position, all samples at once."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from archspec.engine.kernels._base import BLOCK, Kernel, Setting
from archspec.engine.kernels._border import with_border
from archspec.engine.kernels._operations import per_position
from archspec.engine.kernels._padded import bounds
from archspec.engine.kernels._work_split import distribute, split
from archspec.ops._sliding import views
from archspec.ops._window import CROP
from archspec.ops.local import LocalConv as Operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.engine.fused_group import FusedGroup
    from archspec.engine.kernels._buffers import Arrays, Buffers
    from archspec.engine.scratch import Scratch
    from archspec.engine.stages import Call, Stage
    from archspec.ops._numpy import Array


class LocalConvKernel(Kernel):
    """Windows are unfolded for rows of the output; every weight is read once, however many samples there are.

    For positions p: ``sums[p, N, F] = windows[p, N, depth] @ weight[p, depth, F]``, a product for each position.
    """

    operators = (Operator,)
    why = "a matrix for each position, weights read once for all samples"

    def __init__(self, group: FusedGroup, setting: Setting) -> None:
        super().__init__(group, setting)
        self.windows = group.first.windows or ()
        self.mode = group.operator.padding_mode if isinstance(group.operator, Operator) else "zeros"
        self.depth = math.prod(window.kernel for window in self.windows) * group.volume.channels

    def pack_weights(self, arrays: Arrays) -> Any:
        """The weights as (rows, positions of a row, depth, filters), the epilogue, which adds the biases."""
        own = arrays[self.group.first.name]
        weight = own["weight"]
        rows = weight.reshape(len(weight), -1, self.depth, weight.shape[-1])
        bias = (per_position(np.add, own["bias"].reshape(-1)),) if "bias" in own else ()
        return rows, (*bias, *self.epilogue.operations(arrays))

    def bind(self, buffers: Buffers) -> Iterator[Stage]:
        """Rows, distributed over threads; then the epilogue."""
        weight, operations = buffers.packed
        sizes = buffers.output.shape[1:-1]
        out = buffers.output.reshape(len(buffers.x), sizes[0], -1, buffers.output.shape[-1])

        def calls(piece: tuple[int, int], scratch: Scratch) -> Iterator[Call]:
            rows = slice(*piece)
            span = bounds(self.windows, (piece, *((0, size) for size in sizes[1:])))
            moved, padded = with_border(buffers.x, span, self.windows, self.mode, scratch)
            yield from moved
            windows = self._windows(padded)
            unfolded = scratch.take(windows.shape, windows.dtype)
            yield partial(np.copyto, unfolded, windows)
            matrices = unfolded.reshape(piece[1] - piece[0], -1, len(buffers.x), self.depth, copy=False)
            sums = scratch.take((*matrices.shape[:-1], out.shape[-1]), out.dtype)
            yield partial(np.matmul, matrices, weight[rows], sums)
            yield partial(np.copyto, out[:, rows], np.moveaxis(sums, 2, 0))

        each = max(1, BLOCK // (out.shape[2] * len(buffers.x) * self.depth))
        yield distribute(split(sizes[0], each, len(buffers.scratches)), buffers.scratches, calls)
        yield self.epilogue_stage(operations, buffers)

    def _windows(self, padded: Array) -> Array:
        """Every window of padded rows (N, spatial ..., C) as a view (outputs ..., N, kernel ..., C)."""
        windows = [
            window._replace(size=size, near=0, far=0, fit=CROP)
            for window, size in zip(self.windows, padded.shape[1:-1], strict=True)
        ]
        axes = len(windows)
        return np.moveaxis(np.moveaxis(views(padded, windows), axes + 1, -1), 0, axes)
