"""Kernels whose every output position depends on its own input position alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.engine.kernels._base import Kernel
from archspec.engine.kernels._operations import CHUNK
from archspec.engine.kernels._work_split import distribute, split

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.engine.kernels._buffers import Buffers
    from archspec.engine.scratch import Scratch
    from archspec.engine.stages import Call, Stage
    from archspec.ops._numpy import Array


class RowKernel(Kernel):
    """Base: positions are rows of channels, computed in chunks that stay in the cache, with their epilogue."""

    def bind(self, buffers: Buffers) -> Iterator[Stage]:
        """Chunks of positions."""
        channels = buffers.output.shape[-1]
        x, y = buffers.x.reshape(-1, channels), buffers.output.reshape(-1, channels)

        def calls(piece: tuple[int, int], scratch: Scratch) -> Iterator[Call]:
            where = slice(*piece)
            yield from self.rows(x[where], y[where], scratch)
            yield from self.epilogue.calls(buffers.packed, buffers, scratch, *piece)

        yield distribute(split(len(x), max(1, CHUNK // channels), len(buffers.scratches)), buffers.scratches, calls)

    def rows(self, x: Array, y: Array, scratch: Scratch) -> Iterator[Call]:
        """The calls that compute ``y`` from ``x``, both (positions, C)."""
        raise NotImplementedError
