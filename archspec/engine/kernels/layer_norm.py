"""Layer normalization: every position to mean 0 and variance 1."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from archspec.engine.kernels._rows import Rows
from archspec.ops.sample_norms import LayerNorm as Operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.engine.kernels._base import Arrays, Call
    from archspec.engine.scratch import Scratch
    from archspec.ops._numpy import Array


class LayerNorm(Rows):
    """Mean, difference, its squares' mean and quotient; scale and shift are the beginning of the finish."""

    name = "layer-norm"
    operators = (Operator,)
    why = "position by position, in chunks that fit the cache"

    def lay_out(self, arrays: Arrays) -> Any:
        """The finish."""
        own = arrays[self.unit.first.name]
        return self.finish.lay_out(arrays, own.get("beta"), own.get("gamma"))

    def rows(self, x: Array, y: Array, scratch: Scratch) -> Iterator[Call]:
        """The norm in ``y``."""
        count = x.shape[-1]
        column = scratch.take((len(x), 1), x.dtype)
        squares = scratch.take(x.shape, x.dtype)
        operator = self.unit.operator
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
