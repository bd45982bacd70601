"""What is done to numbers as soon as they are computed: biases, norms, sums and activations, in the same pass."""

from __future__ import annotations

from copy import copy
from functools import cache, partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from archspec.engine.kernels._activations import PIECE, Piece, activation, rectified
from archspec.engine.kernels._softmax import softmax
from archspec.engine.loops import BUFFER, clip
from archspec.ops._pointwise import Pointwise
from archspec.ops.merging import Add, Multiply
from archspec.ops.normalization import BatchNorm
from archspec.ops.rectifiers import PReLU, ReLU, ReLU6
from archspec.ops.scaling import Scale
from archspec.ops.sequence import PositionEmbedding
from archspec.ops.softmax import LogSoftmax, Softmax

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from archspec.engine.kernels._base import Site
    from archspec.engine.scratch import Scratch
    from archspec.engine.units import Unit
    from archspec.graph.model import Node
    from archspec.ops._base import Operator
    from archspec.ops._numpy import Array

    Call = Callable[[], object]
    Operation = Callable[[Array, Array, "Place"], Iterator[Call]]
    """From numbers (flat, whole positions) to where they go, which may be the same."""

FINISHING = (Add, BatchNorm, Multiply, Pointwise, PositionEmbedding, Scale)
"""Operators that can be done to numbers as soon as these are computed."""

_LINE = 4096
"""Numbers, about, over which a number a channel is repeated: short loops of NumPy cost more than reading this again."""
CHUNK = 128 * 1024
"""Numbers that are finished at a time: 512 KiB of float32, half of a common second-level cache.

Fewer would be nearer to the processor, but threads meet at the interpreter's lock after every call.
"""


class Place(NamedTuple):
    """Which of the output's numbers are being finished, flat and through all samples, and the thread's scratch."""

    site: Site
    where: slice
    scratch: Scratch


class Finish:
    """The finish of a unit. Norms directly behind a layer with weights go into these (``folds``)."""

    def __init__(self, unit: Unit, dtype: np.dtype[np.floating], *, folds: bool) -> None:
        self.unit, self.dtype = unit, dtype
        norms = 0
        while folds and norms < len(unit.rest) and isinstance(unit.rest[norms].operator, BatchNorm | Scale):
            norms += 1
        self.folded, self.left = unit.rest[:norms], unit.rest[norms:]
        self.channels = unit.output.channels

    def narrowed(self, channels: int) -> Finish:
        """The same for some of the channels; what is left to do takes no weights."""
        found = copy(self)
        found.channels = channels
        return found

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
        folded = np.multiply(weight, scale, np.empty(weight.shape, self.dtype), casting="same_kind")  # no other copy
        return folded, shift.astype(self.dtype)

    def lay_out(
        self, arrays: Mapping[str, Mapping[str, Array]], bias: Array | None = None, scale: Array | None = None
    ) -> tuple[Operation, ...]:
        """What is to be done, in order; first of all a scale and a bias of the first layer, if it has these left."""
        found = [] if scale is None else [_with_line(np.multiply, self._line_of(scale))]
        found += [] if bias is None else [_with_line(np.add, self._line_of(bias))]
        for node in self.left:
            found += self._operations(node, arrays)
        return tuple(found)

    def calls(  # noqa: PLR0913 - one place where all of it meets
        self,
        operations: tuple[Operation, ...],
        site: Site,
        scratch: Scratch,
        begin: int,
        end: int,
        *,
        source: Array | None = None,
    ) -> Iterator[Call]:
        """The calls that finish the positions from ``begin`` to before ``end``, counted through all samples.

        They are read from ``source`` (flat), or where they are to be left.
        """
        where = slice(begin * self.channels, end * self.channels)
        target = site.output.reshape(-1)[where]
        read = target if source is None else source
        for operation in operations:
            yield from operation(read, target, Place(site, where, scratch))
            read = target
        if read is not target:
            yield partial(np.copyto, target, read)

    def _operations(self, node: Node, arrays: Mapping[str, Mapping[str, Array]]) -> Iterator[Operation]:
        operator = node.operator
        match operator:
            case Add() | Multiply():
                ufunc = np.add if isinstance(operator, Add) else np.multiply
                for name in dict(self.unit.beside).get(node.name, ()):
                    yield _with_volume(ufunc, name)
            case Scale():
                yield _with_line(np.multiply, self._line_of(affine(node, arrays[node.name])[0]))
            case BatchNorm():
                by, to = map(self._line_of, affine(node, arrays[node.name]))
                yield _with_line(np.multiply, by)
                yield _with_line(np.add, to)
            case PositionEmbedding():
                yield with_sample(np.add, arrays[node.name]["position"].reshape(-1))
            case Pointwise():
                yield self._activation(operator, arrays[node.name])

    def _activation(self, operator: Pointwise, weights: Mapping[str, Array]) -> Operation:
        match operator:
            case ReLU():
                return _with_line(np.maximum, np.zeros((_LINE, 1), self.dtype))  # one number for all would be slower
            case ReLU6():
                return _clip(self.dtype.type(0), self.dtype.type(6))
            case PReLU():
                return _parametric(_with_line(np.multiply, self._line_of(weights["slope"])), self.channels)
            case Softmax() | LogSoftmax():
                return _softmax(self.channels, logarithm=isinstance(operator, LogSoftmax))
        steps = activation(operator)
        return _activate(steps) if steps else _forward(operator, weights)

    def _line_of(self, numbers: Array) -> Array:
        return np.tile(numbers.astype(self.dtype), (-(-_LINE // self.channels), 1))


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
    """A ufunc with the same line of numbers (positions, channels) again and again."""

    def operation(read: Array, target: Array, _: Place) -> Iterator[Call]:
        return _along(ufunc, read, line, target)

    return operation


def _along(ufunc: Callable[..., object], read: Array, line: Array, target: Array) -> Iterator[Call]:
    """One call where an even part of the positions makes a loop that is long enough; else another for the rest."""
    channels = line.shape[1]
    positions = _even(len(read) // channels, len(line))
    if positions * channels < min(len(read), BUFFER):
        positions = len(line)
    size = positions * channels
    again, flat = line[:positions].reshape(-1), len(read) - len(read) % size
    if flat:
        lines = (-1, size)
        yield partial(ufunc, read[:flat].reshape(lines), again, out=target[:flat].reshape(lines))
    if flat < len(read):
        yield partial(ufunc, read[flat:], again[: len(read) - flat], out=target[flat:])


@cache
def _even(total: int, most: int) -> int:
    """The largest number up to ``most`` that divides ``total``."""
    return next(number for number in range(min(total, most), 0, -1) if total % number == 0)


def _with_volume(ufunc: Callable[..., object], name: str) -> Operation:
    """A ufunc with another volume: as large, or one position of each sample that goes with all of them."""

    def operation(read: Array, target: Array, place: Place) -> Iterator[Call]:
        other = place.site.beside[name]
        if other.size == place.site.output.size:
            yield partial(ufunc, read, other.reshape(-1)[place.where], out=target)
            return
        yield from with_gates(ufunc, other.reshape(len(other), -1))(read, target, place)

    return operation


def with_gates(ufunc: Callable[..., object], gates: Array) -> Operation:
    """A ufunc with a number for each channel of each sample (N, C)."""
    channels = gates.shape[1]

    def operation(read: Array, target: Array, place: Place) -> Iterator[Call]:
        line = place.scratch.take((-(-_LINE // channels), channels), read.dtype)
        for sample, part, _ in _samples(place):
            yield partial(np.copyto, line, gates[sample])
            yield from _along(ufunc, read[part], line, target[part])

    return operation


def with_sample(ufunc: Callable[..., object], numbers: Array) -> Operation:
    """A ufunc with the same numbers for every sample."""

    def operation(read: Array, target: Array, place: Place) -> Iterator[Call]:
        for _, part, within in _samples(place):
            yield partial(ufunc, read[part], numbers[within], out=target[part])

    return operation


def _samples(place: Place) -> Iterator[tuple[int, slice, slice]]:
    """The samples that some numbers are of: number, which of these are its own, and which of its own they are."""
    output = place.site.output
    size = output[0].size
    start, stop = place.where.start, place.where.stop
    for sample in range(start // size, -(-stop // size)):
        first, last = max(start, sample * size), min(stop, (sample + 1) * size)
        yield sample, slice(first - start, last - start), slice(first - sample * size, last - sample * size)


def _clip(low: np.floating, high: np.floating) -> Operation:
    def operation(read: Array, target: Array, _: Place) -> Iterator[Call]:
        yield partial(clip, read, low, high, target)

    return operation


def _parametric(shrink: Operation, channels: int) -> Operation:
    """A rectifier with a slope for each channel."""

    def operation(read: Array, target: Array, place: Place) -> Iterator[Call]:
        for piece in _pieces(read, target, place, channels):
            yield from rectified(piece, lambda t: shrink(t, t, place))

    return operation


def _activate(steps: Callable[[Piece], Iterator[Call]]) -> Operation:
    def operation(read: Array, target: Array, place: Place) -> Iterator[Call]:
        for piece in _pieces(read, target, place):
            yield from steps(piece)

    return operation


def _pieces(read: Array, target: Array, place: Place, grain: int = 1) -> Iterator[Piece]:
    """Pieces of whole grains."""
    size = min(len(read), max(1, PIECE // grain) * grain)
    spare = [place.scratch.take((size,), read.dtype) for _ in range(4)]
    for begin in range(0, len(read), size):
        x, y = read[begin : begin + size], target[begin : begin + size]
        yield Piece(x, y, *(each[: len(x)] for each in spare))


def _softmax(channels: int, *, logarithm: bool) -> Operation:
    def operation(read: Array, target: Array, place: Place) -> Iterator[Call]:
        rows, into = (numbers.reshape(-1, channels) for numbers in (read, target))
        spare = place.scratch.take(rows.shape, rows.dtype) if logarithm else None
        yield from softmax(rows, into, place.scratch.take((len(rows), 1), rows.dtype), spare)

    return operation


def _forward(operator: Operator, weights: Mapping[str, Array]) -> Operation:
    """An activation that is not among :mod:`_activations`: its own forward, in pieces that stay in the cache."""

    def operation(read: Array, target: Array, place: Place) -> Iterator[Call]:
        channels = place.site.output.shape[-1]
        rows, into = read.reshape(-1, channels), target.reshape(-1, channels)
        step = max(1, CHUNK // channels)
        for begin in range(0, len(rows), step):
            yield partial(_run, operator, weights, rows[begin : begin + step], into[begin : begin + step])

    return operation


def _run(operator: Operator, weights: Mapping[str, Array], read: Array, target: Array) -> None:
    np.copyto(target, operator.forward(read, weights))
