"""Operators with several inputs: where branches meet."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from archspec.ops._base import Operator
from archspec.ops._dependence import InputDependence
from archspec.ops._numpy import np
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.ops._dependence import Dependence
    from archspec.ops._numpy import Array, Arrays, Generator, Weights


class Add(Operator):
    """The sum of equal inputs (He et al. 2016, equation 1)."""

    other_names = "eltwise elementwise sum plus"
    merge = "sum"
    merges_only = "equal volumes"
    elementwise = True

    def infer(self, inputs: Sequence[Volume]) -> Volume | None:
        """The volume that all inputs have; None when they differ."""
        return inputs[0] if len(set(inputs)) == 1 else None

    def flops(self, inputs: Sequence[Volume], output: Volume) -> int:
        """A sum for every element and every input after the first."""
        return (len(inputs) - 1) * output.size

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """One after the other."""
        y = inputs[0].copy()
        for x in inputs[1:]:
            y += x
        return y


class Concat(Operator):
    """The channels of all inputs side by side, in their order (Szegedy et al. 2015, section 4)."""

    other_names = "concatenate cat merge route depthconcat"
    merge = "concatenation"
    merges_only = "equal spatial axes"
    keeps_linear = True

    def infer(self, inputs: Sequence[Volume]) -> Volume | None:
        """All channels on the spatial axes that the inputs share; None when these differ."""
        if len({volume.spatial for volume in inputs}) > 1:
            return None
        return Volume(inputs[0].spatial, sum(volume.channels for volume in inputs))

    def flops(self, inputs: Sequence[Volume], output: Volume) -> int:
        """Nothing."""
        return 0

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """Along the last axis."""
        return np.concatenate(inputs, axis=-1)


class Multiply(Operator):
    """The elementwise product; an input of one position scales whole channels (Hu et al. 2018, equation 4)."""

    other_names = "mul prod product hadamard elementwisemultiplication elementwisemul"
    merge = "product"
    merges_only = "equal volumes, or gates of 1x1 positions"
    elementwise = True

    def infer(self, inputs: Sequence[Volume]) -> Volume | None:
        """The largest; None when another is neither equal nor one position with as many channels."""
        largest = max(inputs, key=lambda volume: volume.positions)
        gate = Volume((1,) * len(largest.spatial), largest.channels)
        return largest if set(inputs) <= {largest, gate} else None

    def flops(self, inputs: Sequence[Volume], output: Volume) -> int:
        """A product for every element and every input after the first."""
        return (len(inputs) - 1) * output.size

    def dependence(self, inputs: Sequence[Volume]) -> tuple[Dependence, ...]:
        """Every output position sees the one position of a gate."""
        is_spread = any(volume.positions > 1 for volume in inputs)
        gate = tuple(InputDependence(step=0) for _ in inputs[0].spatial)
        by_position = super().dependence(inputs)
        return tuple(
            gate if is_spread and volume.positions == 1 else each
            for volume, each in zip(inputs, by_position, strict=True)
        )

    def forward_size(self, inputs: Sequence[Volume], output: Volume) -> float:
        """A product of two, and that with a third one."""
        return output.size * min(2, len(inputs) - 1)

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """Gates are broadcast over all positions."""
        return math.prod(inputs[1:], start=inputs[0])
