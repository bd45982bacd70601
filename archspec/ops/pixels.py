"""Operators that trade channels for positions, and back (Shi et al. 2016)."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from archspec.ops._base import Count, Division, Operator
from archspec.ops._footprint import Footprint
from archspec.ops._rearranging import Rearranging
from archspec.ops._window import Window, slide
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archspec.ops._numpy import Array


class PixelShuffle(Rearranging):
    """Of ``factor * factor`` channels one, on a picture ``factor`` times as high and wide (section 3.2).

    Input channel ``c * factor ** 2 + i * factor + j`` gives row ``i`` and column ``j`` of each square of output
    channel ``c``, as in PyTorch. A sequence needs ``factor`` channels for one, 3-D data ``factor ** 3``.
    """

    main = "factor"
    ranks: ClassVar[range] = range(1, 4)

    factor: Count

    def output(self, volume: Volume) -> Volume | None:
        """More positions, fewer channels; None when the channels do not divide."""
        parts = self.factor ** len(volume.spatial)
        if volume.channels % parts:
            return None
        return Volume(tuple(size * self.factor for size in volume.spatial), volume.channels // parts)

    def divisions(self, volume: Volume) -> tuple[Division, ...]:
        """The places in a square divide the channels."""
        return (Division("factor", self.factor ** len(volume.spatial), "input channels", volume.channels),)

    def footprint(self, volume: Volume) -> tuple[Footprint, ...] | None:
        """``factor`` outputs side by side see the same position."""
        part = Fraction(1, self.factor)
        return tuple(Footprint(part, part - 1, 0) for _ in volume.spatial)

    def forward(self, x: Array, weights: Mapping[str, Array]) -> Array:  # noqa: ARG002 - it keeps none
        """Take the places out of the channels, and put each behind its axis: (N, H, row, W, column, C)."""
        axes = x.ndim - 2
        channels = x.shape[-1] // self.factor**axes
        y = x.reshape(*x.shape[:-1], channels, *(self.factor,) * axes)
        order = (number for axis in range(1, axes + 1) for number in (axis, axis + axes + 1))
        output = self.output(Volume(x.shape[1:-1], x.shape[-1]))
        return y.transpose(0, *order, axes + 1).reshape(len(x), *(output.shape if output else ()))


class PixelUnshuffle(Operator):
    """Every square of ``factor`` by ``factor`` positions as channels of one: pixel_shuffle undone."""

    main = "factor"
    ranks: ClassVar[range] = range(1, 4)

    factor: Count

    def output(self, volume: Volume) -> Volume | None:
        """Fewer positions, more channels; None when the sizes do not divide."""
        spatial = slide(self.windows(volume))
        return None if spatial is None else Volume(spatial, volume.size // math.prod(spatial))

    def divisions(self, volume: Volume) -> tuple[Division, ...]:
        """The factor divides every size."""
        axes = zip(volume.axes, volume.spatial, strict=True)
        return tuple(Division("factor", self.factor, axis, size) for axis, size in axes)

    def windows(self, volume: Volume) -> tuple[Window, ...] | None:
        """Squares side by side; None when they do not fill the volume."""
        if any(size % self.factor for size in volume.spatial):
            return None
        return tuple(Window(size, self.factor, self.factor) for size in volume.spatial)

    def forward(self, x: Array, weights: Mapping[str, Array]) -> Array:  # noqa: ARG002 - it keeps none
        """Split every axis in squares and places, and put the places behind the channels: (N, H, W, C, row, column)."""
        axes = x.ndim - 2
        sizes = (part for size in x.shape[1:-1] for part in (size // self.factor, self.factor))
        y = x.reshape(len(x), *sizes, x.shape[-1])
        squares, places = range(1, 2 * axes, 2), range(2, 2 * axes + 1, 2)
        output = self.output(Volume(x.shape[1:-1], x.shape[-1]))
        return y.transpose(0, *squares, 2 * axes + 1, *places).reshape(len(x), *(output.shape if output else ()))
