"""One value per channel: the mean or the maximum of all positions."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from archspec.engine.kernels._base import Kernel
from archspec.engine.kernels._work_split import distribute
from archspec.ops._base import Operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.engine.fused_group import FusedGroup
    from archspec.engine.kernels._buffers import Buffers
    from archspec.engine.scratch import Scratch
    from archspec.engine.stages import Call, Stage


class GlobalPoolKernel(Kernel):
    """A reduction over the positions of each sample."""

    operators = (Operator,)
    why = "all positions of a sample at once"

    @classmethod
    def applies(cls, group: FusedGroup) -> bool:
        """Any pool over all positions."""
        return super().applies(group) and group.operator.pool is not None and group.operator.is_global

    def bind(self, buffers: Buffers) -> Iterator[Stage]:
        """A sample at a time."""
        mean = self.group.operator.pool == "mean"
        scale = self.dtype.type(1 / max(1, self.group.volume.positions))

        def calls(sample: int, scratch: Scratch) -> Iterator[Call]:
            rows = buffers.x[sample].reshape(-1, buffers.x.shape[-1])
            out = buffers.output[sample].reshape(-1)
            yield partial((np.add if mean else np.maximum).reduce, rows, 0, None, out)
            if mean:
                yield partial(np.multiply, out, scale, out)
            yield from self.epilogue.calls(buffers.packed, buffers, scratch, sample, sample + 1)

        yield distribute(range(len(buffers.x)), buffers.scratches, calls)
