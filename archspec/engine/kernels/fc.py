"""Fully connected layers: one row per sample, bound by how fast the weights are read."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from archspec.engine.kernels._base import Kernel
from archspec.engine.kernels._work_split import distribute, split
from archspec.ops.dense import FC

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.engine.kernels._buffers import Arrays, Buffers
    from archspec.engine.scratch import Scratch
    from archspec.engine.stages import Call, Stage


class FullyConnectedKernel(Kernel):
    """``y[N, F] = x[N, C] @ w[C, F]``; the weights are not packed: copying them takes as long as using them."""

    operators = (FC,)
    why = "one row per sample, weights read in place"
    folds = True
    rate = 4e9  # weights of four bytes, at the speed of the memory

    def pack_weights(self, arrays: Arrays) -> Any:
        """The matrix as it is, the epilogue."""
        weight, bias = self.epilogue.fold(arrays)
        return weight, self.epilogue.operations(arrays, bias)

    def bind(self, buffers: Buffers) -> Iterator[Stage]:
        """The outputs, distributed over threads."""
        weight, operations = buffers.packed
        rows, out = buffers.x.reshape(len(buffers.x), -1), buffers.output.reshape(len(buffers.x), -1)

        def calls(piece: tuple[int, int], _: Scratch) -> Iterator[Call]:
            columns = slice(*piece)
            yield partial(np.matmul, rows, weight[:, columns], out[:, columns])

        threads = len(buffers.scratches)
        yield distribute(split(out.shape[1], out.shape[1], threads), buffers.scratches, calls)
        yield self.epilogue_stage(operations, buffers)
