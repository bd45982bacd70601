"""Operators that trade channels for positions, and back (Shi et al. 2016)."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from archspec.ops._base import Count, Division, Operator, volume_of
from archspec.ops._dependence import Dependence, InputDependence
from archspec.ops._rearranging import Rearranging
from archspec.ops._window import Window, slide
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.ops._numpy import Array, Arrays, Generator, Weights


class PixelShuffle(Rearranging):
    """One channel for each ``factor * factor`` channels, on a map ``factor`` times as high and wide (section 3.2).

    Input channel ``c * factor ** 2 + i * factor + j`` gives row ``i`` and column ``j`` of each square of output
    channel ``c``, as in PyTorch. A sequence needs ``factor`` channels for one, 3-D data ``factor ** 3``.
    """

    other_names = "pixelshuffle depthtospace subpixel"
    torch_arguments = "factor"
    is_upsampling = True
    main = "factor"
    ranks: ClassVar[range] = range(1, 4)

    factor: Count

    def infer(self, inputs: Sequence[Volume]) -> Volume | None:
        """More positions, fewer channels; None when the channels do not divide."""
        (volume,) = inputs
        parts = self.factor ** len(volume.spatial)
        if volume.channels % parts:
            return None
        return Volume(tuple(size * self.factor for size in volume.spatial), volume.channels // parts)

    def divisions(self, inputs: Sequence[Volume]) -> tuple[Division, ...]:
        """The places in a square divide the channels."""
        (volume,) = inputs
        return (Division("factor", self.factor ** len(volume.spatial), "input channels", volume.channels),)

    def dependence(self, inputs: Sequence[Volume]) -> tuple[Dependence, ...]:
        """``factor`` outputs side by side see the same position."""
        (volume,) = inputs
        part = Fraction(1, self.factor)
        return (tuple(InputDependence(part, part - 1, 0) for _ in volume.spatial),)

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """Take the places out of the channels, and put each after its axis: (N, H, row, W, column, C)."""
        (x,) = inputs
        axes = x.ndim - 2
        channels = x.shape[-1] // self.factor**axes
        y = x.reshape(*x.shape[:-1], channels, *(self.factor,) * axes)
        order = (number for axis in range(1, axes + 1) for number in (axis, axis + axes + 1))
        output = self.infer([volume_of(x)])
        return y.transpose(0, *order, axes + 1).reshape(len(x), *(output.shape if output else ()))


class PixelUnshuffle(Operator):
    """Every square of ``factor`` by ``factor`` positions as channels of one: pixel_shuffle undone."""

    other_names = "pixelunshuffle spacetodepth reorg focus spacetobatch"
    torch_arguments = "factor"
    main = "factor"
    ranks: ClassVar[range] = range(1, 4)

    factor: Count

    def infer(self, inputs: Sequence[Volume]) -> Volume | None:
        """Fewer positions, more channels; None when the sizes do not divide."""
        (volume,) = inputs
        spatial = slide(self.windows(inputs))
        return None if spatial is None else Volume(spatial, volume.size // math.prod(spatial))

    def divisions(self, inputs: Sequence[Volume]) -> tuple[Division, ...]:
        """The factor divides every size."""
        (volume,) = inputs
        axes = zip(volume.axes, volume.spatial, strict=True)
        return tuple(Division("factor", self.factor, axis, size) for axis, size in axes)

    def windows(self, inputs: Sequence[Volume]) -> tuple[Window, ...] | None:
        """Squares side by side; None when they do not fill the volume."""
        (volume,) = inputs
        if any(size % self.factor for size in volume.spatial):
            return None
        return tuple(Window(size, self.factor, self.factor) for size in volume.spatial)

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """Split every axis in squares and places, and put the places after the channels: (N, H, W, C, row, column)."""
        (x,) = inputs
        axes = x.ndim - 2
        sizes = (part for size in x.shape[1:-1] for part in (size // self.factor, self.factor))
        y = x.reshape(len(x), *sizes, x.shape[-1])
        squares, places = range(1, 2 * axes, 2), range(2, 2 * axes + 1, 2)
        output = self.infer([volume_of(x)])
        return y.transpose(0, *squares, 2 * axes + 1, *places).reshape(len(x), *(output.shape if output else ()))
