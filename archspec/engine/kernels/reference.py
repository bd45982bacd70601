"""The operator's own forward, for operators that have no kernel of their own."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from archspec.engine.kernels._base import Kernel
from archspec.ops._base import Operator
from archspec.ops.attention import Attention

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from archspec.engine.kernels._buffers import Arrays, Buffers
    from archspec.engine.stages import Stage
    from archspec.graph.model import Node
    from archspec.ops._numpy import Array


class ReferenceKernel(Kernel):
    """The readable forward, then the epilogue."""

    operators = (Operator,)
    why = "the operator's forward"

    @property
    def packed_size(self) -> int:
        """Nothing: the weights are used as they are."""
        return 0

    def working_size(self, samples: int, threads: int) -> int:
        """The scratch, and what the forward allocates besides its output, for all samples at once."""
        per_sample = _forward_size(self.group.first)
        return super().working_size(samples, threads) + samples * per_sample + _filter_size(self.group.first)

    def pack_weights(self, arrays: Arrays) -> Any:
        """The weights as they are, the epilogue."""
        return arrays[self.group.first.name], self.epilogue.operations(arrays)

    def bind(self, buffers: Buffers) -> Iterator[Stage]:
        """One call, then the epilogue."""
        weights, operations = buffers.packed
        yield [[partial(_run, self.group.operator, self.group.first.kind, buffers.inputs, weights, buffers.output)]]
        yield self.epilogue_stage(operations, buffers)


def _run(operator: Operator, kind: str, inputs: Sequence[Array], weights: Mapping[str, Array], output: Array) -> None:
    y = operator.forward(inputs, weights)
    if y.shape != output.shape or y.dtype != output.dtype:  # the forward and the shape rule are separate code
        expected = f"{output.shape} {output.dtype}"
        raise AssertionError(f"{kind} returned {y.shape} {y.dtype}, but its shape inference says {expected}")
    np.copyto(output, y)


def _forward_size(node: Node) -> int:
    """Elements that a reference forward allocates for one sample besides its output.

    That is its inputs padded twice (for ``padding``, then for ``fit``), three more copies of the output (before a bias,
    before groups are joined, before it is copied to the arena), and the unfolded windows: a row for each output
    position of all that one filter reads there, which is the layer's MACs divided by its filters. For attention,
    those are the scores of every head and their softmax; an L2 pool squares all windows.
    """
    if node.operator is None or node.output is None or node.volume is None:
        return 0
    windows = node.windows or ()
    padded = node.volume.channels
    for window in windows:
        padded *= window.size + window.near + window.far + window.overhang
    others = sum(volume.size for volume in node.input_volumes[1:] if volume)
    unfolded = node.operator.macs([node.volume], node.output) // node.output.channels
    if isinstance(node.operator, Attention):
        unfolded *= 2 * node.operator.heads
    if node.operator.pool == "l2":
        unfolded += node.output.size * math.prod(window.kernel for window in windows)
    return 2 * max(padded, node.volume.size) + others + 3 * node.output.size + unfolded


def _filter_size(node: Node) -> int:
    """Elements of the filters that a forward copies in another order for a matrix product: those of convolutions."""
    return sum(weight.size for weight in node.weights if len(weight.shape) > 2)
