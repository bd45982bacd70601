"""The channels of several volumes side by side."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from archspec.engine.kernels._base import Kernel
from archspec.engine.kernels._operations import CHUNK
from archspec.engine.kernels._work_split import distribute, split
from archspec.ops._base import Operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.engine.fused_group import FusedGroup
    from archspec.engine.kernels._buffers import Buffers
    from archspec.engine.scratch import Scratch
    from archspec.engine.stages import Call, Stage


class ConcatenationKernel(Kernel):
    """A copy of each input, chunk by chunk, then the epilogue."""

    operators = (Operator,)
    why = "each input copied to its channels"

    @classmethod
    def applies(cls, group: FusedGroup) -> bool:
        """Concatenations."""
        return super().applies(group) and group.operator.merge == "concatenation"

    def bind(self, buffers: Buffers) -> Iterator[Stage]:
        """Chunks of positions."""
        rows = [x.reshape(-1, x.shape[-1]) for x in buffers.inputs]
        out = buffers.output.reshape(-1, buffers.output.shape[-1])

        def calls(piece: tuple[int, int], scratch: Scratch) -> Iterator[Call]:
            where, start = slice(*piece), 0
            for each in rows:
                yield partial(np.copyto, out[where, start : start + each.shape[1]], each[where])
                start += each.shape[1]
            yield from self.epilogue.calls(buffers.packed, buffers, scratch, *piece)

        yield distribute(
            split(len(out), max(1, CHUNK // out.shape[1]), len(buffers.scratches)), buffers.scratches, calls
        )
