"""Self-attention: head by head, the scores of so many queries at a time as fit the cache."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from archspec.engine.kernels._base import BLOCK, Kernel, Phase, Setting, Site, parts, shared
from archspec.engine.kernels._finish import CHUNK
from archspec.engine.kernels._softmax import softmax
from archspec.engine.tiles import Block, is_tiled, pack, product
from archspec.ops.attention import Attention as Operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.engine.kernels._base import Arrays, Call
    from archspec.engine.kernels._finish import Operation
    from archspec.engine.scratch import Scratch
    from archspec.engine.units import Unit
    from archspec.ops._numpy import Array


class Head(NamedTuple):
    """A head's three projections side by side, the queries' divided by the root of their length; and the biases."""

    matrix: tuple[Block, ...]
    bias: Array | None


class Laid(NamedTuple):
    """All heads, the projection of what they gather, and the finish."""

    heads: tuple[Head, ...]
    matrix: tuple[Block, ...]
    operations: tuple[Operation, ...]


class Attention(Kernel):
    """What the heads of a sample gather is left in the output; then chunks of that are projected, each by a copy."""

    name = "attention"
    operators = (Operator,)
    why = "head by head, scores in blocks that fit the cache"

    def __init__(self, unit: Unit, setting: Setting) -> None:
        super().__init__(unit, setting)
        self.channels = unit.volume.channels
        self.count = unit.operator.heads if isinstance(unit.operator, Operator) else 1
        self.each = self.channels // self.count
        self.tiled = is_tiled(self.channels, self.channels, setting.dtype)

    def scratch_size(self, samples: int) -> int:
        """Queries, keys and values of a head, and scores."""
        positions = self.unit.volume.positions
        return super().scratch_size(samples) + positions * (3 * self.each + 2)

    def lay_out(self, arrays: Arrays) -> Laid:
        """Weights and biases head by head."""
        own = arrays[self.unit.first.name]
        heads = tuple(self._head(own["qkv_weight"], own.get("qkv_bias"), number) for number in range(self.count))
        return Laid(heads, pack(own["weight"], tiled=self.tiled), self.finish.lay_out(arrays, own.get("bias")))

    def _head(self, weight: Array, bias: Array | None, number: int) -> Head:
        scale = np.repeat([1 / math.sqrt(self.each), 1, 1], self.each)

        def own(numbers: Array) -> Array:
            three = numbers.reshape(-1, 3, self.count, self.each)[:, :, number].reshape(-1, 3 * self.each)
            scaled: Array = (three * scale).astype(self.dtype)
            return scaled

        return Head(pack(own(weight), tiled=self.tiled), None if bias is None else own(bias)[0])

    def bind(self, site: Site) -> Iterator[Phase]:
        """Threads share samples and heads, then positions."""
        laid: Laid = site.laid
        x, y = (each.reshape(len(site.x), -1, self.channels) for each in (site.x, site.output))

        def gathered(piece: tuple[int, int], scratch: Scratch) -> Iterator[Call]:
            sample, number = piece
            columns = slice(number * self.each, (number + 1) * self.each)
            yield from self._gathered(x[sample], laid.heads[number], y[sample, :, columns], scratch)

        rows = y.reshape(-1, self.channels)

        def projected(piece: tuple[int, int], scratch: Scratch) -> Iterator[Call]:
            part = rows[slice(*piece)]
            copy = scratch.take(part.shape, part.dtype)
            yield partial(np.copyto, copy, part)
            yield from product(copy, laid.matrix, part, tiled=self.tiled)
            yield from self.finish.calls(laid.operations, site, scratch, *piece)

        heads = [(sample, number) for sample in range(len(x)) for number in range(self.count)]
        yield shared(heads, site.scratches, gathered)
        chunk = max(64, CHUNK // self.channels)
        yield shared(parts(len(rows), chunk, len(site.scratches)), site.scratches, projected)

    def _gathered(self, x: Array, head: Head, y: Array, scratch: Scratch) -> Iterator[Call]:
        """``softmax(Q K^T) V`` of the positions ``x`` (rows, C) in the head's columns ``y`` of the output."""
        table = scratch.take((len(x), 3 * self.each), x.dtype)
        yield from product(x, head.matrix, table, tiled=self.tiled)
        if head.bias is not None:
            yield partial(np.add, table, head.bias, table)
        queries, keys, values = (table[:, n * self.each : (n + 1) * self.each] for n in range(3))
        blocks = parts(len(x), max(1, BLOCK // len(x)))
        most = max(end - begin for begin, end in blocks)
        memory, columns = scratch.take((most, len(x)), x.dtype), scratch.take((most, 1), x.dtype)
        for begin, end in blocks:
            scores, column = memory[: end - begin], columns[: end - begin]
            yield partial(np.matmul, queries[begin:end], keys.T, scores)
            yield from softmax(scores, scores, column)
            yield partial(np.matmul, scores, values, y[begin:end])
