"""Layer normalization: every position to mean 0 and variance 1."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from archspec.engine.kernels._rows import RowKernel
from archspec.ops.sample_norms import LayerNorm as Operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.engine.kernels._buffers import Arrays
    from archspec.engine.scratch import Scratch
    from archspec.engine.stages import Call
    from archspec.ops._numpy import Array


class LayerNormKernel(RowKernel):
    """``(x - mean) / sqrt(variance + eps)`` of every position's channels; scale and shift begin the epilogue."""

    operators = (Operator,)
    why = "position by position, in chunks that fit the cache"

    def pack_weights(self, arrays: Arrays) -> Any:
        """The epilogue."""
        own = arrays[self.group.first.name]
        return self.epilogue.operations(arrays, own.get("beta"), own.get("gamma"))

    def rows(self, x: Array, y: Array, scratch: Scratch) -> Iterator[Call]:
        """The norm of each row of ``x`` (positions, C), in ``y``."""
        count = x.shape[-1]
        column = scratch.take((len(x), 1), x.dtype)
        squares = scratch.take(x.shape, x.dtype)
        operator = self.group.operator
        eps = operator.eps if isinstance(operator, Operator) else 0
        yield partial(np.add.reduce, x, -1, None, column, True)
        yield partial(np.divide, column, count, column)
        yield partial(np.subtract, x, column, y)
        yield partial(np.multiply, y, y, squares)
        yield partial(np.add.reduce, squares, -1, None, column, True)
        yield partial(np.divide, column, count, column)
        yield partial(np.add, column, eps, column)
        yield partial(np.sqrt, column, column)
        yield partial(np.divide, y, column, y)
