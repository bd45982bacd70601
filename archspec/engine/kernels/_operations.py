"""Operations of epilogues: what is applied to elements of an output, as calls of NumPy on flat arrays."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from archspec.engine.kernels._activations import PIECE, Piece, rectify
from archspec.engine.kernels._softmax import softmax
from archspec.engine.loops import BUFFER, clip
from archspec.engine.outlines import repeat_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from archspec.engine.kernels._buffers import Buffers
    from archspec.engine.scratch import Scratch
    from archspec.engine.stages import Call
    from archspec.ops._base import Operator
    from archspec.ops._numpy import Array

CHUNK = 128 * 1024
"""Elements of an output that an epilogue takes at a time: 512 KiB of float32, half of a common second-level cache.

With fewer they would be read from a nearer cache, but threads compete for the interpreter's lock after every call.
"""
LINE = 4096
"""Elements, about, of the array that repeats a value per channel: NumPy's short loops cost more than reading it."""


class OutputRange(NamedTuple):
    """The elements of ``buffers.output`` that are worked on, flat and through all samples, and the thread's scratch."""

    buffers: Buffers
    where: slice
    scratch: Scratch


class Operation(NamedTuple):
    """``calls`` from a source to a target (flat, whole positions), which may be the same memory; what they read."""

    calls: Callable[[Array, Array, OutputRange], Iterator[Call]]
    values: Array | None = None


def per_channel(ufunc: Callable[..., object], values: Array) -> Operation:
    """A ufunc with a value for each channel (C), or with ``values`` (positions, C) repeated for all positions."""
    channels = values.shape[-1]
    line = values if values.ndim > 1 else repeat_columns(values, -(-LINE // channels)).reshape(-1, channels)

    def operation(read: Array, target: Array, _: OutputRange) -> Iterator[Call]:
        return _along(ufunc, read, line, target)

    return Operation(operation, line)


def _along(ufunc: Callable[..., object], read: Array, line: Array, target: Array) -> Iterator[Call]:
    """One call where a divisor of the positions makes a loop that is long enough; else a second for the remainder."""
    channels = line.shape[1]
    positions = _largest_divisor(len(read) // channels, len(line))
    if positions * channels < min(len(read), BUFFER):
        positions = len(line)
    size = positions * channels
    repeated, flat = line[:positions].reshape(-1), len(read) - len(read) % size
    if flat:
        lines = (-1, size)
        yield partial(ufunc, read[:flat].reshape(lines), repeated, out=target[:flat].reshape(lines))
    if flat < len(read):
        yield partial(ufunc, read[flat:], repeated[: len(read) - flat], out=target[flat:])


@cache
def _largest_divisor(total: int, most: int) -> int:
    """The largest number up to ``most`` that divides ``total``."""
    return next(number for number in range(min(total, most), 0, -1) if total % number == 0)


def with_volume(ufunc: Callable[..., object], name: str) -> Operation:
    """A ufunc with a side input: of the output's size, or one position of each sample that is used for all of them."""

    def operation(read: Array, target: Array, span: OutputRange) -> Iterator[Call]:
        other = span.buffers.side_inputs[name]
        if other.size == span.buffers.output.size:
            yield partial(ufunc, read, other.reshape(-1)[span.where], out=target)
            return
        yield from per_sample_channel(ufunc, other.reshape(len(other), -1)).calls(read, target, span)

    return Operation(operation)


def per_sample_channel(ufunc: Callable[..., object], values: Array) -> Operation:
    """A ufunc with a value for each channel of each sample (N, C)."""
    channels = values.shape[1]

    def operation(read: Array, target: Array, span: OutputRange) -> Iterator[Call]:
        line = span.scratch.take((-(-LINE // channels), channels), read.dtype)
        for sample, part, _ in _samples(span):
            yield partial(np.copyto, line, values[sample])
            yield from _along(ufunc, read[part], line, target[part])

    return Operation(operation)


def per_position(ufunc: Callable[..., object], values: Array) -> Operation:
    """A ufunc with a value for each element of a sample, the same for every sample."""

    def operation(read: Array, target: Array, span: OutputRange) -> Iterator[Call]:
        for _, part, within in _samples(span):
            yield partial(ufunc, read[part], values[within], out=target[part])

    return Operation(operation, values)


def _samples(span: OutputRange) -> Iterator[tuple[int, slice, slice]]:
    """The samples that a range reaches into: number, its part of the range, and that part counted from its start."""
    output = span.buffers.output
    size = output[0].size
    start, stop = span.where.start, span.where.stop
    for sample in range(start // size, -(-stop // size)):
        first, last = max(start, sample * size), min(stop, (sample + 1) * size)
        yield sample, slice(first - start, last - start), slice(first - sample * size, last - sample * size)


def rectified(dtype: np.dtype[np.floating]) -> Operation:
    """Zero instead of all that is below."""
    return Operation(per_channel(np.maximum, _zeros(dtype)).calls)


@cache
def _zeros(dtype: np.dtype[np.floating]) -> Array:
    """A line to compare with, the same for all: a scalar takes longer."""
    return np.zeros((LINE, 1), dtype)


def clip_to(low: np.floating, high: np.floating) -> Operation:
    """Values below ``low`` or above ``high`` replaced by these."""

    def operation(read: Array, target: Array, _: OutputRange) -> Iterator[Call]:
        yield partial(clip, read, low, high, target)

    return Operation(operation)


def rectifier(scale_negative: Operation, channels: int) -> Operation:
    """A rectifier whose negative part is scaled by an operation per channel."""

    def operation(read: Array, target: Array, span: OutputRange) -> Iterator[Call]:
        for piece in _pieces(read, target, span, channels):
            yield from rectify(piece, lambda t: scale_negative.calls(t, t, span))

    return Operation(operation, scale_negative.values)


def piecewise(activation: Callable[[Piece], Iterator[Call]]) -> Operation:
    """An activation of :mod:`_activations`, piece by piece."""

    def operation(read: Array, target: Array, span: OutputRange) -> Iterator[Call]:
        for piece in _pieces(read, target, span):
            yield from activation(piece)

    return Operation(operation)


def _pieces(read: Array, target: Array, span: OutputRange, channels: int = 1) -> Iterator[Piece]:
    """Pieces of whole positions, with four arrays of scratch each."""
    size = min(len(read), max(1, PIECE // channels) * channels)
    spare = [span.scratch.take((size,), read.dtype) for _ in range(4)]
    for begin in range(0, len(read), size):
        x, y = read[begin : begin + size], target[begin : begin + size]
        yield Piece(x, y, *(each[: len(x)] for each in spare))


def softmax_over_channels(channels: int, *, logarithm: bool) -> Operation:
    """The softmax of every position's channels, or its logarithm."""

    def operation(read: Array, target: Array, span: OutputRange) -> Iterator[Call]:
        rows, into = (array.reshape(-1, channels) for array in (read, target))
        spare = span.scratch.take(rows.shape, rows.dtype) if logarithm else None
        yield from softmax(rows, into, span.scratch.take((len(rows), 1), rows.dtype), spare)

    return Operation(operation)


def operator_forward(operator: Operator, weights: Mapping[str, Array]) -> Operation:
    """An activation that is not in :mod:`_activations`: the operator's forward, in pieces that stay in the cache."""

    def operation(read: Array, target: Array, span: OutputRange) -> Iterator[Call]:
        channels = span.buffers.output.shape[-1]
        rows, into = read.reshape(-1, channels), target.reshape(-1, channels)
        step = max(1, CHUNK // channels)
        for begin in range(0, len(rows), step):
            yield partial(_run, operator, weights, rows[begin : begin + step], into[begin : begin + step])

    return Operation(operation)


def _run(operator: Operator, weights: Mapping[str, Array], read: Array, target: Array) -> None:
    np.copyto(target, operator.forward([read], weights))
