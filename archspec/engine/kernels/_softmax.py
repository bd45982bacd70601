"""Softmax of rows, in place or not: as an operator, in an epilogue, and inside attention."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.engine.stages import Call
    from archspec.ops._numpy import Array


def softmax(x: Array, y: Array, column: Array, spare: Array | None = None) -> Iterator[Call]:
    """The softmax of each row of ``x`` (rows, elements) in ``y``; its logarithm where there is a ``spare``.

    ``column`` (rows, 1) and ``spare`` (of the shape of ``x``) are scratch.
    """
    powers = y if spare is None else spare
    yield partial(np.maximum.reduce, x, -1, None, column, True)
    yield partial(np.subtract, x, column, y)
    yield partial(np.exp, y, powers)
    yield partial(np.add.reduce, powers, -1, None, column, True)
    if spare is None:
        yield partial(np.divide, y, column, y)
    else:
        yield partial(np.log, column, column)
        yield partial(np.subtract, y, column, y)
