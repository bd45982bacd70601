"""A convolution of one position, or a dense layer at every position: one matrix product."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archspec.engine.kernels._base import Kernel, Setting
from archspec.engine.kernels._operations import CHUNK
from archspec.engine.kernels._work_split import distribute, split_evenly
from archspec.engine.tiles import pack, prefers_tiles, product
from archspec.ops.convolution import Conv
from archspec.ops.dense import Linear

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.engine.fused_group import FusedGroup
    from archspec.engine.kernels._buffers import Arrays, Buffers
    from archspec.engine.scratch import Scratch
    from archspec.engine.stages import Call, Stage


class GemmKernel(Kernel):
    """``y[p, F] = x[p, C] @ w[C, F]`` for positions p of all samples."""

    operators = (Conv, Linear)
    folds = True

    @classmethod
    def applies(cls, group: FusedGroup) -> bool:
        """A dense layer at every position, or a kernel of 1, stride 1, no padding, one group."""
        operator = group.operator
        windows = group.first.windows or ()
        is_plain = all(w.kernel == w.stride == 1 and not w.near and not w.far for w in windows)
        return super().applies(group) and is_plain and (not isinstance(operator, Conv) or operator.groups == 1)

    @classmethod
    def reason(cls, group: FusedGroup, setting: Setting) -> str | None:  # noqa: ARG003 - exact at any grade
        """It is a matrix product already."""
        return "a matrix product at every position" if group.operator.is_dense else "1x1, stride 1: a matrix product"

    def __init__(self, group: FusedGroup, setting: Setting) -> None:
        super().__init__(group, setting)
        self.tiled = prefers_tiles(group.volume.channels, group.output.channels, setting.dtype)

    def packing_size(self) -> int:
        """Filters with norms in them, before they are in tiles."""
        return super().packing_size() + (self.folded_size if self.tiled else 0)

    def pack_weights(self, arrays: Arrays) -> Any:
        """The matrix in tiles, the epilogue."""
        weight, bias = self.epilogue.fold(arrays)
        return pack(weight.reshape(-1, weight.shape[-1]), tiled=self.tiled), self.epilogue.operations(arrays, bias)

    def bind(self, buffers: Buffers) -> Iterator[Stage]:
        """Chunks of positions, whose epilogue is applied while they are in the cache."""
        panels, operations = buffers.packed
        a = buffers.x.reshape(-1, buffers.x.shape[-1])
        out = buffers.output.reshape(-1, buffers.output.shape[-1])

        def calls(piece: tuple[int, int], scratch: Scratch) -> Iterator[Call]:
            begin, end = piece
            yield from product(a[begin:end], panels, out[begin:end], tiled=self.tiled)
            yield from self.epilogue.calls(operations, buffers, scratch, begin, end)

        threads = len(buffers.scratches)
        chunk = max(64, CHUNK // out.shape[-1])
        yield distribute(split_evenly(len(a), chunk, threads), buffers.scratches, calls)
