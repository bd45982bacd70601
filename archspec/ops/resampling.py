"""Resampling: the same map with more or fewer positions."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, field_validator

from archspec.ops._base import EACH_AXIS, Like, Sizes, per_axis, volume_of
from archspec.ops._dependence import Dependence, InputDependence
from archspec.ops._numpy import np
from archspec.ops._rearranging import Rearranging
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import ValidationInfo

    from archspec.ops._numpy import Array, Arrays, Generator, Weights


class Upsample(Rearranging):
    """``factor`` times as many positions, or as many as ``size`` says, or as the volume that ``like`` names has.

    Of W positions becoming n, output ``o`` is input ``floor(o * W / n)`` with ``nearest``. With ``bilinear`` it lies at
    ``(o + 1/2) * W / n - 1/2`` between two inputs along every axis, and is their mean weighted by nearness; at
    ``o * (W - 1) / (n - 1)`` with ``align_corners``. Beyond the border the edge is repeated.
    """

    other_names = (
        "upsampling1d upsampling2d upsampling3d upsamplingnearest2d upsamplingbilinear2d interpolate "
        "resize maxunpool unpooling"
    )
    torch_arguments = "? factor mode"
    is_upsampling = keeps_linear = True
    main = "factor"
    ranks: ClassVar[range] = range(1, 4)
    axis_arguments: ClassVar[tuple[str, ...]] = ("size", "like", "factor")
    size_arguments: ClassVar[frozenset[str]] = frozenset({"like"})

    size: Sizes | None = Field(default=None, description=EACH_AXIS)
    like: Like = None
    factor: Sizes | None = Field(default=None, description=EACH_AXIS, validate_default=True)
    mode: Literal["nearest", "bilinear"] = "nearest"
    align_corners: bool = False

    @field_validator("factor")
    @classmethod
    def _is_the_only_size(cls, value: Any, info: ValidationInfo) -> Any:
        given = [value, *(info.data.get(name, "faulty") for name in ("size", "like"))]
        if sum(size is not None for size in given) != 1:
            raise ValueError("give one of `factor`, `size` and `like`")
        return value

    @field_validator("align_corners")
    @classmethod
    def _is_of_use(cls, value: bool, info: ValidationInfo) -> bool:
        if value and info.data.get("mode") == "nearest":
            raise ValueError("it needs `mode: bilinear`")
        return value

    def infer(self, inputs: Sequence[Volume]) -> Volume | None:
        """As many channels as the input; None when the sizes don't suit the axes."""
        (volume,) = inputs
        axes = len(volume.spatial)
        if self.factor is None:
            sizes = per_axis(self.size or self.like or (), axes)
            return None if sizes is None else Volume(sizes, volume.channels)
        factors = per_axis(self.factor, axes)
        if factors is None:
            return None
        sizes = tuple(size * factor for size, factor in zip(volume.spatial, factors, strict=True))
        return Volume(sizes, volume.channels)

    def dependence(self, inputs: Sequence[Volume]) -> tuple[Dependence, ...]:
        """The one or two positions that each output is made of."""
        (volume,) = inputs
        output = self.infer(inputs)
        if output is None:
            return (None,)
        return (tuple(self._axis_dependence(*axis) for axis in zip(volume.spatial, output.spatial, strict=True)),)

    def _axis_dependence(self, size: int, output: int) -> InputDependence:
        if size == 1:
            return InputDependence(step=0)
        first, second, parts = self._places(size, output)
        start, step = Fraction(first, parts), Fraction(second - first, parts)
        finest = Fraction(1, math.lcm(start.denominator, step.denominator))
        if self.mode == "nearest":
            return InputDependence(step, start - 1 + finest, start)
        return InputDependence(step, start - 1 + finest, start + 1 - finest)

    def _places(self, size: int, output: int) -> tuple[int, int, int]:
        """Where the first and the second output lie on the input, and the common divisor of both values."""
        if self.mode == "nearest":
            return 0, size, output
        if self.align_corners:
            return 0, size - 1, max(output - 1, 1)
        return size - output, 3 * size - output, 2 * output

    def flops(self, inputs: Sequence[Volume], output: Volume) -> int:
        """Bilinear: a product for each of the corners around an output, and a sum for every one after the first."""
        (volume,) = inputs
        corners = 2 ** len(volume.spatial)
        return output.size * (2 * corners - 1) if self.mode == "bilinear" else 0

    def forward_size(self, inputs: Sequence[Volume], output: Volume) -> float:
        """An axis at a time, from the result of the axis before: one array, or four where neighbours are weighted."""
        (volume,) = inputs
        sizes = [volume.size]
        for size, count in zip(volume.spatial, output.spatial, strict=True):
            sizes.append(sizes[-1] // size * count)
        before = [0, *sizes[1:]]
        arrays = 4 if self.mode == "bilinear" else 1
        return max((old + arrays * new for old, new in zip(before, sizes[1:], strict=False)), default=output.size)

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """Axis by axis."""
        (x,) = inputs
        volume = volume_of(x)
        output = self.infer([volume]) or volume
        for axis, (size, count) in enumerate(zip(volume.spatial, output.spatial, strict=True), start=1):
            below, above, shares = self.neighbours(size, count)
            y = x.take(below, axis)
            if self.mode == "bilinear":
                share = np.expand_dims(shares, tuple(range(1, x.ndim - axis))).astype(x.dtype)
                y = y * (1 - share) + x.take(above, axis) * share
            x = y
        return x

    def neighbours(self, size: int, count: int) -> tuple[Array, Array, Array]:
        """For each of ``count`` outputs along an axis the inputs it lies between, and the weight of the second."""
        first, second, parts = self._places(size, count)
        below, rest = np.divmod(first + np.arange(count) * (second - first), parts)
        return np.clip(below, 0, size - 1), np.clip(below + 1, 0, size - 1), rest / parts
