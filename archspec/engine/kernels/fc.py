"""Fully connected layers: one row a sample, bound by how fast the weights are read."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from archspec.engine.kernels._base import Kernel, Phase, Site, parts, shared
from archspec.ops.dense import FC

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.engine.kernels._base import Arrays, Call
    from archspec.engine.scratch import Scratch


class FullyConnected(Kernel):
    """The weights stay as they lie: to bring them into another order takes as long as to use them."""

    name = "fc"
    operators = (FC,)
    why = "a row a sample, weights read where they lie"
    folds = True
    rate = 4e9  # weights of four bytes, at the speed of the memory

    @property
    def laid_size(self) -> int:
        """The weights as they lie, unless norms go into them."""
        return super().laid_size if self.finish.folded else 0

    def lay_out(self, arrays: Arrays) -> Any:
        """The matrix as it is, the finish."""
        weight, bias = self.finish.fold(arrays)
        return weight, self.finish.lay_out(arrays, bias)

    def bind(self, site: Site) -> Iterator[Phase]:
        """Threads share the units."""
        weight, operations = site.laid
        rows, out = site.x.reshape(len(site.x), -1), site.output.reshape(len(site.x), -1)

        def calls(piece: tuple[int, int], _: Scratch) -> Iterator[Call]:
            columns = slice(*piece)
            yield partial(np.matmul, rows, weight[:, columns], out[:, columns])

        threads = len(site.scratches)
        yield shared(parts(out.shape[1], out.shape[1], threads), site.scratches, calls)
        yield self.finishing(operations, site)
