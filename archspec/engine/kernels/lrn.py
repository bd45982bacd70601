"""Local response normalization: squares of neighbouring channels, summed by shifts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from archspec.engine.kernels._rows import RowKernel
from archspec.ops.normalization import LRN as OPERATOR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.engine.scratch import Scratch
    from archspec.engine.stages import Call
    from archspec.ops._numpy import Array


class LRNKernel(RowKernel):
    """The window slides over the channels, with zeros at both ends."""

    operators = (OPERATOR,)
    why = "squares of neighbouring channels, summed by shifts"

    def rows(self, x: Array, y: Array, scratch: Scratch) -> Iterator[Call]:
        """``x / (k + alpha * sums) ** beta``."""
        operator, channels = self.group.operator, x.shape[1]
        if not isinstance(operator, OPERATOR):
            raise TypeError(f"{self.group.kind} is not a local response normalization")
        before, after = operator.sides(channels)
        squares = scratch.take((len(x), before + channels + after), x.dtype)
        sums = scratch.take(x.shape, x.dtype)
        yield partial(squares[:, :before].fill, 0)
        yield partial(squares[:, before + channels :].fill, 0)
        yield partial(np.multiply, x, x, squares[:, before : before + channels])
        yield partial(np.copyto, sums, squares[:, :channels])
        for shift in range(1, before + after + 1):
            yield partial(np.add, sums, squares[:, shift : shift + channels], sums)
        yield partial(np.multiply, sums, operator.alpha, sums)
        yield partial(np.add, sums, operator.k, sums)
        yield partial(np.power, sums, operator.beta, sums)
        yield partial(np.divide, x, sums, y)
