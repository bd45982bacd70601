"""Self-attention: head by head, the scores of as many queries at a time as fit the cache."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from archspec.engine.kernels._base import BLOCK, Kernel, Setting
from archspec.engine.kernels._operations import CHUNK
from archspec.engine.kernels._softmax import softmax
from archspec.engine.kernels._work_split import distribute, split
from archspec.engine.outlines import is_outline, outline
from archspec.engine.tiles import Panel, pack, prefers_tiles, product
from archspec.ops.attention import Attention as Operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.engine.fused_group import FusedGroup
    from archspec.engine.kernels._buffers import Arrays, Buffers
    from archspec.engine.kernels._operations import Operation
    from archspec.engine.scratch import Scratch
    from archspec.engine.stages import Call, Stage
    from archspec.ops._numpy import Array


class HeadWeights(NamedTuple):
    """The projections of a head side by side (C, 3 * c), that of queries divided by the root of c; biases (3 * c)."""

    matrix: tuple[Panel, ...]
    bias: Array | None


class PackedHeads(NamedTuple):
    """All heads, the output projection, and the epilogue."""

    heads: tuple[HeadWeights, ...]
    matrix: tuple[Panel, ...]
    operations: tuple[Operation, ...]


class AttentionKernel(Kernel):
    """Heads write their channels to the output; then chunks of that are projected in place, each from a copy."""

    operators = (Operator,)
    why = "head by head, scores in blocks that fit the cache"

    def __init__(self, group: FusedGroup, setting: Setting) -> None:
        super().__init__(group, setting)
        self.channels = group.volume.channels
        self.count = group.operator.heads if isinstance(group.operator, Operator) else 1
        self.each = self.channels // self.count
        self.tiled = prefers_tiles(self.channels, self.channels, setting.dtype)

    def pack_weights(self, arrays: Arrays) -> PackedHeads:
        """Weights and biases head by head."""
        own = arrays[self.group.first.name]
        heads = tuple(self._head(own["qkv_weight"], own.get("qkv_bias"), number) for number in range(self.count))
        return PackedHeads(
            heads, pack(own["weight"], tiled=self.tiled), self.epilogue.operations(arrays, own.get("bias"))
        )

    def packing_size(self) -> int:
        """A head's matrix in float64, scaled, and before it is in tiles."""
        return super().packing_size() + 5 * 3 * self.channels * self.each

    def _head(self, weight: Array, bias: Array | None, number: int) -> HeadWeights:
        scale = np.repeat([1 / math.sqrt(self.each), 1, 1], self.each)

        def own(values: Array) -> Array:
            if is_outline(values):
                return outline((*values.shape[:-1], 3 * self.each), self.dtype)
            three = values.reshape(-1, 3, self.count, self.each)[:, :, number].reshape(-1, 3 * self.each)
            scaled: Array = (three * scale).astype(self.dtype)
            return scaled

        return HeadWeights(pack(own(weight), tiled=self.tiled), None if bias is None else own(bias).reshape(-1))

    def bind(self, buffers: Buffers) -> Iterator[Stage]:
        """Samples and heads are distributed over threads, then positions."""
        packed: PackedHeads = buffers.packed
        x, y = (each.reshape(len(buffers.x), -1, self.channels) for each in (buffers.x, buffers.output))

        def attend(piece: tuple[int, int], scratch: Scratch) -> Iterator[Call]:
            sample, number = piece
            columns = slice(number * self.each, (number + 1) * self.each)
            yield from self._attend(x[sample], packed.heads[number], y[sample, :, columns], scratch)

        rows = y.reshape(-1, self.channels)

        def project(piece: tuple[int, int], scratch: Scratch) -> Iterator[Call]:
            part = rows[slice(*piece)]
            copy = scratch.take(part.shape, part.dtype)
            yield partial(np.copyto, copy, part)
            yield from product(copy, packed.matrix, part, tiled=self.tiled)
            yield from self.epilogue.calls(packed.operations, buffers, scratch, *piece)

        heads = [(sample, number) for sample in range(len(x)) for number in range(self.count)]
        yield distribute(heads, buffers.scratches, attend)
        chunk = max(64, CHUNK // self.channels)
        yield distribute(split(len(rows), chunk, len(buffers.scratches)), buffers.scratches, project)

    def _attend(self, x: Array, head: HeadWeights, y: Array, scratch: Scratch) -> Iterator[Call]:
        """``softmax(Q K^T) V`` of ``x`` (positions, C) to the head's columns ``y`` (positions, c) of the output."""
        table = scratch.take((len(x), 3 * self.each), x.dtype)
        yield from product(x, head.matrix, table, tiled=self.tiled)
        if head.bias is not None:
            yield partial(np.add, table, head.bias, table)
        queries, keys, values = (table[:, n * self.each : (n + 1) * self.each] for n in range(3))
        blocks = split(len(x), max(1, BLOCK // len(x)))
        most = max(end - begin for begin, end in blocks)
        memory, columns = scratch.take((most, len(x)), x.dtype), scratch.take((most, 1), x.dtype)
        for begin, end in blocks:
            scores, column = memory[: end - begin], columns[: end - begin]
            yield partial(np.matmul, queries[begin:end], keys.T, scores)
            yield from softmax(scores, scores, column)
            yield partial(np.matmul, scores, values, y[begin:end])
