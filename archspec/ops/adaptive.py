"""Pools with a stated output size, whatever the size of the input."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from archspec.ops._base import Operator, Sizes, per_axis
from archspec.ops._dependence import Dependence, InputDependence
from archspec.ops._numpy import np
from archspec.ops._window import Window
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.ops._numpy import Array, Arrays, Generator, Weights


class _AdaptivePool(Operator):
    """Base of pools to a given ``size``.

    Of ``n`` outputs along an axis of W positions, output ``o`` sees those from ``floor(o * W / n)`` to before
    ``ceil((o + 1) * W / n)`` (PyTorch's rule): where ``n`` does not divide W, windows differ in size or overlap by one.
    """

    is_adaptive = True
    main = "size"
    ranks: ClassVar[range] = range(1, 4)
    axis_arguments: ClassVar[tuple[str, ...]] = ("size",)

    size: Sizes

    def infer(self, inputs: Sequence[Volume]) -> Volume | None:
        """As many channels as the input; None when the sizes don't suit the axes."""
        (volume,) = inputs
        outputs = per_axis(self.size, len(volume.spatial))
        return None if outputs is None else Volume(outputs, volume.channels)

    def windows(self, inputs: Sequence[Volume]) -> tuple[Window, ...] | None:
        """Windows side by side, where the output divides the input on every axis."""
        (volume,) = inputs
        outputs = per_axis(self.size, len(volume.spatial))
        if outputs is None or any(size % output for size, output in zip(volume.spatial, outputs, strict=True)):
            return None
        steps = [size // output for size, output in zip(volume.spatial, outputs, strict=True)]
        return tuple(Window(size, step, step) for size, step in zip(volume.spatial, steps, strict=True))

    def dependence(self, inputs: Sequence[Volume]) -> tuple[Dependence, ...]:
        """The rule with the least fraction taken off, so that bounds are rounded to the same positions."""
        (volume,) = inputs
        outputs = per_axis(self.size, len(volume.spatial))
        if outputs is None:
            return (None,)
        steps = [Fraction(size, output) for size, output in zip(volume.spatial, outputs, strict=True)]
        least = [Fraction(1, step.denominator) for step in steps]
        return (tuple(InputDependence(step, part - 1, step - part) for step, part in zip(steps, least, strict=True)),)

    def forward_size(self, inputs: Sequence[Volume], output: Volume) -> float:
        """An axis at a time: the result of the axis before with its parts, and that of this one with its own."""
        (volume,) = inputs
        old, most = 0, 0
        for axis in range(len(output.spatial)):
            new = Volume((*output.spatial[: axis + 1], *volume.spatial[axis + 1 :]), volume.channels).size
            old, most = new, max(most, 2 * old + new, old + 2 * new)
        return most

    def reads(self, volume: Volume, output: Volume) -> int:
        """How many elements all windows read together: neighbours share a position where their border is a fraction."""
        axes = zip(volume.spatial, output.spatial, strict=True)
        return volume.channels * math.prod(size + parts - math.gcd(size, parts) for size, parts in axes)


class AdaptiveAvgPool(_AdaptivePool):
    """The mean of each part."""

    other_names = "adaptiveavgpool adaptiveaveragepool adaptiveaveragepooling"
    torch_arguments = "size"
    pool = "mean"
    keeps_linear = True

    def flops(self, inputs: Sequence[Volume], output: Volume) -> int:
        """An addition for every element of a window after the first, and a division."""
        (volume,) = inputs
        return self.reads(volume, output)

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """Axis by axis: the mean of a rectangle is the mean of its rows' means."""
        (x,) = inputs
        for axis, output in enumerate(per_axis(self.size, x.ndim - 2) or (), start=1):
            rows = np.moveaxis(x, axis, 0)
            means = [rows[start:end].mean(axis=0) for start, end in parts(len(rows), output)]
            x = np.stack(means, axis)
        return x


class AdaptiveMaxPool(_AdaptivePool):
    """The largest element of each part."""

    other_names = "adaptivemaxpool adaptivemaxpooling"
    torch_arguments = "size"
    pool = "max"

    def flops(self, inputs: Sequence[Volume], output: Volume) -> int:
        """A comparison for every element of a window after the first."""
        (volume,) = inputs
        return self.reads(volume, output) - output.size

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """Axis by axis."""
        (x,) = inputs
        for axis, output in enumerate(per_axis(self.size, x.ndim - 2) or (), start=1):
            rows = np.moveaxis(x, axis, 0)
            largest = [rows[start:end].max(axis=0) for start, end in parts(len(rows), output)]
            x = np.stack(largest, axis)
        return x


def parts(size: int, output: int) -> list[tuple[int, int]]:
    """Where each output's window starts and ends."""
    return [(o * size // output, -(-(o + 1) * size // output)) for o in range(output)]
