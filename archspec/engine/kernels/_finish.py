"""What is done to numbers as soon as they are computed: biases, norms, sums and activations, in the same pass."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from archspec.ops._pointwise import Pointwise
from archspec.ops.merging import Add
from archspec.ops.normalization import BatchNorm
from archspec.ops.rectifiers import ReLU, ReLU6
from archspec.ops.scaling import Scale

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from archspec.engine.kernels._base import Site
    from archspec.engine.units import Unit
    from archspec.graph.model import Node
    from archspec.ops._base import Operator
    from archspec.ops._numpy import Array

    Call = Callable[[], object]
    Operation = Callable[[Array, Array, Site, slice], Iterator[Call]]
    """From numbers (flat, whole positions) to where they go; the slice says which of the output's they are."""

_LINE = 2048
"""Numbers, about, over which a number a channel is repeated: short loops of NumPy cost more than reading this again."""
CHUNK = 128 * 1024
"""Numbers that are finished at a time: 512 KiB of float32, half of a common second-level cache.

Fewer would be nearer to the processor, but threads meet at the interpreter's lock after every call.
"""


class Finish:
    """The finish of a unit. Norms directly behind a layer with weights go into these (``folds``)."""

    def __init__(self, unit: Unit, dtype: np.dtype[np.floating], *, folds: bool) -> None:
        self.unit, self.dtype = unit, dtype
        norms = 0
        while folds and norms < len(unit.rest) and isinstance(unit.rest[norms].operator, BatchNorm | Scale):
            norms += 1
        self.folded, self.left = unit.rest[:norms], unit.rest[norms:]
        self.channels = unit.output.channels
        self.line = max(1, -(-_LINE // self.channels)) * self.channels

    def fold(self, arrays: Mapping[str, Mapping[str, Array]]) -> tuple[Array, Array | None]:
        """Weight (..., filters) and bias of the first layer with all norms in them, computed in float64."""
        own = arrays[self.unit.first.name]
        weight, bias = own["weight"], own.get("bias")
        if not self.folded:
            return weight, bias
        scale, shift = np.ones(self.channels), np.zeros(self.channels) if bias is None else bias.astype(np.float64)
        for node in self.folded:
            by, to = affine(node, arrays[node.name])
            scale, shift = scale * by, shift * by + to
        return (weight * scale).astype(self.dtype), shift.astype(self.dtype)

    def lay_out(self, arrays: Mapping[str, Mapping[str, Array]], bias: Array | None = None) -> tuple[Operation, ...]:
        """What is to be done, in order."""
        found = [] if bias is None else [_with_line(np.add, self._line_of(bias))]
        for node in self.left:
            found += self._operations(node, arrays)
        return tuple(found)

    def calls(
        self, operations: tuple[Operation, ...], site: Site, begin: int, end: int, source: Array | None = None
    ) -> Iterator[Call]:
        """The calls that finish the positions from ``begin`` to before ``end``, counted through all samples.

        They are read from ``source`` (flat), or where they are to be left.
        """
        where = slice(begin * self.channels, end * self.channels)
        target = site.output.reshape(-1)[where]
        read = target if source is None else source
        for operation in operations:
            yield from operation(read, target, site, where)
            read = target
        if read is not target:
            yield partial(np.copyto, target, read)

    def _operations(self, node: Node, arrays: Mapping[str, Mapping[str, Array]]) -> Iterator[Operation]:
        operator = node.operator
        if isinstance(operator, Add):
            for name in dict(self.unit.beside)[node.name]:
                yield _plus(name)
        elif isinstance(operator, BatchNorm | Scale):
            by, to = affine(node, arrays[node.name])
            yield _with_line(np.multiply, self._line_of(by))
            if isinstance(operator, BatchNorm):
                yield _with_line(np.add, self._line_of(to))
        elif isinstance(operator, ReLU):
            yield _with_line(np.maximum, np.zeros(self.line, self.dtype))  # a number for all is slower than a line
        elif isinstance(operator, ReLU6):
            yield _clip(self.dtype.type(0), self.dtype.type(6))
        elif isinstance(operator, Pointwise):
            yield _activate(operator, arrays[node.name])

    def _line_of(self, numbers: Array) -> Array:
        return np.tile(numbers.astype(self.dtype), self.line // self.channels)


def affine(node: Node, arrays: Mapping[str, Array]) -> tuple[Array, Array]:
    """Scale and shift of a norm by kept statistics (or a scale), a number a channel each, in float64."""
    operator = node.operator
    if isinstance(operator, Scale):
        scale = arrays["gamma"].astype(np.float64)
        return scale, np.zeros_like(scale)
    if not isinstance(operator, BatchNorm):
        raise TypeError(f"{node.kind} is no scale and shift")
    scale = 1 / np.sqrt(arrays["variance"].astype(np.float64) + operator.eps)
    if operator.affine:
        scale = scale * arrays["gamma"]
    shift = -arrays["mean"] * scale
    return scale, shift + arrays["beta"] if operator.affine else shift


def _with_line(ufunc: Callable[..., object], line: Array) -> Operation:
    """A ufunc with the same line of numbers for every line of the flat numbers, and its beginning for the rest."""

    def operation(read: Array, target: Array, _: Site, __: slice) -> Iterator[Call]:
        whole = len(read) - len(read) % len(line)
        if whole == len(line):
            yield partial(ufunc, read[:whole], line, out=target[:whole])
        elif whole:
            lines = (-1, len(line))
            yield partial(ufunc, read[:whole].reshape(lines), line, out=target[:whole].reshape(lines))
        if whole < len(read):
            yield partial(ufunc, read[whole:], line[: len(read) - whole], out=target[whole:])

    return operation


def _plus(name: str) -> Operation:
    """The sum with another volume."""

    def operation(read: Array, target: Array, site: Site, where: slice) -> Iterator[Call]:
        yield partial(np.add, read, site.beside[name].reshape(-1)[where], target)

    return operation


def _clip(low: np.floating, high: np.floating) -> Operation:
    def operation(read: Array, target: Array, _: Site, __: slice) -> Iterator[Call]:
        yield partial(np.clip, read, low, high, target)

    return operation


def _activate(operator: Operator, weights: Mapping[str, Array]) -> Operation:
    """Any activation by its own forward, in pieces that stay in the cache."""

    def operation(read: Array, target: Array, site: Site, _: slice) -> Iterator[Call]:
        channels = site.output.shape[-1]
        rows, into = read.reshape(-1, channels), target.reshape(-1, channels)
        step = max(1, CHUNK // channels)
        for begin in range(0, len(rows), step):
            yield partial(_forward, operator, weights, rows[begin : begin + step], into[begin : begin + step])

    return operation


def _forward(operator: Operator, weights: Mapping[str, Array], read: Array, target: Array) -> None:
    np.copyto(target, operator.forward(read, weights))
