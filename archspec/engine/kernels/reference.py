"""The operator's own forward, for operators that have no kernel of their own."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from archspec.engine.fused_group import require_known
from archspec.engine.kernels._base import Kernel
from archspec.ops._base import Operator

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from archspec.engine.kernels._buffers import Arrays, Buffers
    from archspec.engine.stages import Stage
    from archspec.ops._numpy import Array

_REUSED = 2**18
"""Bytes from which NumPy computes in an array that is not needed any more instead of a new one."""


class ReferenceKernel(Kernel):
    """The readable forward, then the epilogue."""

    operators = (Operator,)
    why = "the operator's forward"

    def forward_size(self, samples: int) -> int:
        """What the forward holds, its output included; and one small array more, which NumPy reuses if it is large."""
        node = self.group.first
        volumes = [require_known(volume) for volume in node.input_volumes]
        output = require_known(node.output)
        per_sample = self.group.operator.forward_size(volumes, output)
        return math.ceil(samples * per_sample) + min(samples * output.size, _REUSED // self.dtype.itemsize)

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
