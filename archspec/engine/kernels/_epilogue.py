"""Epilogues: biases, norms, sums and activations applied to elements as soon as they are computed, in the same pass."""

from __future__ import annotations

from copy import copy
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from archspec.engine.fused_group import require_known
from archspec.engine.kernels import _operations as op
from archspec.engine.kernels._activations import activation
from archspec.engine.outlines import is_outline, outline
from archspec.ops._pointwise import Pointwise
from archspec.ops.normalization import BatchNorm
from archspec.ops.rectifiers import PReLU, ReLU, ReLU6
from archspec.ops.scaling import Scale
from archspec.ops.sequence import PositionEmbedding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archspec.engine.fused_group import FusedGroup
    from archspec.engine.kernels._buffers import Arrays, Buffers
    from archspec.engine.kernels._operations import Operation
    from archspec.engine.scratch import Scratch
    from archspec.engine.stages import Call
    from archspec.graph.model import Node
    from archspec.ops._numpy import Array


class Epilogue:
    """The epilogue of a group: the layers of its ``rest``.

    Norms directly after a layer with weights are folded into these (``folds``); ``nodes`` are the layers after them.
    """

    def __init__(self, group: FusedGroup, dtype: np.dtype[np.floating], *, folds: bool) -> None:
        self.group, self.dtype = group, dtype
        norms = 0
        while folds and norms < len(group.rest) and isinstance(group.rest[norms].operator, BatchNorm | Scale):
            norms += 1
        self.folded_norms, self.nodes = group.rest[:norms], group.rest[norms:]
        self.channels = group.output.channels

    @property
    def packing_size(self) -> int:
        """Elements, about, of the scales and shifts in float64 at one time."""
        arrays = 5 if self.folded_norms else 3 if any(node.weights for node in self.nodes) else 0
        return arrays * self.channels * (8 // self.dtype.itemsize)

    def for_channels(self, channels: int) -> Epilogue:
        """The same for an output of fewer channels; none of the layers may have weights."""
        narrow = copy(self)
        narrow.channels = channels
        return narrow

    def fold(self, arrays: Arrays) -> tuple[Array, Array | None]:
        """Weight (..., filters) and bias (filters) of the first layer with all norms in them, computed in float64."""
        own = arrays[self.group.first.name]
        weight, bias = own["weight"], own.get("bias")
        if not self.folded_norms:
            return weight, bias
        if is_outline(weight):
            return outline(weight.shape, self.dtype), outline((self.channels,), self.dtype)
        scale, shift = np.ones(self.channels), np.zeros(self.channels) if bias is None else bias.astype(np.float64)
        for node in self.folded_norms:
            node_scale, node_shift = scale_and_shift(node, arrays[node.name])
            scale, shift = scale * node_scale, shift * node_scale + node_shift
        into = np.empty(weight.shape, self.dtype)  # rounded on the way: no copy of all weights in float64
        return np.multiply(weight, scale, into, casting="same_kind"), shift.astype(self.dtype)

    def operations(
        self, arrays: Arrays, bias: Array | None = None, scale: Array | None = None
    ) -> tuple[Operation, ...]:
        """What is to be applied, in order; first a scale and a bias of the first layer, if its kernel leaves these."""
        result = [] if scale is None else [self._per_channel(np.multiply, scale)]
        result += [] if bias is None else [self._per_channel(np.add, bias)]
        for node in self.nodes:
            result += self._operations_of(node, arrays)
        return tuple(result)

    def calls(  # noqa: PLR0913 - one place where all of it meets
        self,
        operations: tuple[Operation, ...],
        buffers: Buffers,
        scratch: Scratch,
        begin: int,
        end: int,
        *,
        source: Array | None = None,
    ) -> Iterator[Call]:
        """The calls for the positions from ``begin`` to before ``end``, counted through all samples.

        They are read from ``source`` (flat); without one, where they are to be written.
        """
        where = slice(begin * self.channels, end * self.channels)
        target = buffers.output.reshape(-1)[where]
        read = target if source is None else source
        for operation in operations:
            yield from operation.calls(read, target, op.OutputRange(buffers, where, scratch))
            read = target
        if read is not target:
            yield partial(np.copyto, target, read)

    def _operations_of(self, node: Node, arrays: Arrays) -> Iterator[Operation]:
        operator = require_known(node.operator)
        if operator.merge:
            ufunc = np.add if operator.merge == "sum" else np.multiply
            for name in dict(self.group.side_inputs).get(node.name, ()):
                yield op.with_volume(ufunc, name)
        match operator:
            case Scale():
                yield self._per_channel(np.multiply, scale_and_shift(node, arrays[node.name])[0])
            case BatchNorm():
                scale, shift = scale_and_shift(node, arrays[node.name])
                yield self._per_channel(np.multiply, scale)
                yield self._per_channel(np.add, shift)
            case PositionEmbedding():
                yield op.per_position(np.add, arrays[node.name]["position"].reshape(-1))
            case Pointwise():
                yield self._activation(operator, arrays[node.name])

    def _activation(self, operator: Pointwise, weights: Mapping[str, Array]) -> Operation:
        if operator.is_softmax:
            return op.softmax_over_channels(self.channels, logarithm=not operator.gives_probabilities)
        match operator:
            case ReLU():
                return op.rectified(self.dtype)
            case ReLU6():
                return op.clip_to(self.dtype.type(0), self.dtype.type(6))
            case PReLU():
                return op.rectifier(self._per_channel(np.multiply, weights["slope"]), self.channels)
        calls = activation(operator)
        return op.piecewise(calls) if calls else op.operator_forward(operator, weights)

    def _per_channel(self, ufunc: np.ufunc, values: Array) -> Operation:
        return op.per_channel(ufunc, values if is_outline(values) else values.astype(self.dtype))


def scale_and_shift(node: Node, arrays: Mapping[str, Array]) -> tuple[Array, Array]:
    """Scale and shift (C) of a norm by stored statistics, or of a scale, in float64."""
    operator = node.operator
    first = next(iter(arrays.values()))
    if is_outline(first):
        return first, first
    if isinstance(operator, Scale):
        scale = arrays["gamma"].astype(np.float64)
        return scale, np.zeros_like(scale)
    if not isinstance(operator, BatchNorm):
        raise TypeError(f"{node.kind} is not a scale and shift")
    scale = 1 / np.sqrt(arrays["variance"].astype(np.float64) + operator.eps)
    if operator.affine:
        scale = scale * arrays["gamma"]
    shift = -arrays["mean"] * scale
    return scale, shift + arrays["beta"] if operator.affine else shift
