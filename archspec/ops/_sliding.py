"""Arguments and window arithmetic shared by every operator that slides a window: convolution and pooling."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from archspec.ops._base import EACH_AXIS, Operator, Sizes, per_axis
from archspec.ops._numpy import np
from archspec.ops._window import Fit, Window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.ops._numpy import Array
    from archspec.volume import Volume

Zeros = Annotated[int, Field(ge=0)]
Sides = tuple[Zeros, Zeros]
Margin = (
    Zeros
    | Annotated[tuple[Zeros, ...], Field(min_length=1, max_length=3)]
    | Annotated[tuple[Sides, ...], Field(min_length=1, max_length=3)]
)
"""One number, one per axis, or ``[near, far]`` per axis."""
Padding = Annotated[
    Literal["same", "valid"] | Margin,
    Field(
        description="same, valid, one whole number from 0, a list of one per spatial axis, or of [near, far] per axis"
    ),
]
PaddingMode = Literal["zeros", "reflect", "replicate", "circular"]
"""What lies beyond the border: zeros, the input mirrored (its edge not doubled), its edge, or its other side."""


class Sliding(Operator):
    """Base of operators that slide a window over the spatial axes."""

    is_sliding = True
    ranks: ClassVar[range] = range(1, 4)
    axis_arguments: ClassVar[tuple[str, ...]] = ("kernel", "stride", "padding", "dilation")
    half_padded: ClassVar[bool] = False
    """Whether padding is at most half the kernel: a pool's window must always hold a real number."""

    kernel: Sizes
    stride: Sizes | None = Field(default=None, description=EACH_AXIS)
    padding: Padding = 0
    dilation: Sizes = 1
    fit: Fit | None = None

    @property
    def strides(self) -> Sizes:
        """The stride in force: 1 unless given; pools override this with the kernel."""
        return self.stride or 1

    def windows(self, inputs: Sequence[Volume]) -> tuple[Window, ...] | None:
        """One window per axis, its padding resolved for the volume."""
        (volume,) = inputs
        axes = len(volume.spatial)
        kernels, strides, dilations = (per_axis(n, axes) for n in (self.kernel, self.strides, self.dilation))
        if kernels is None or strides is None or dilations is None:
            return None
        steps = zip(volume.spatial, kernels, strides, dilations, strict=True)
        if self.padding == "same":
            return tuple(Window.same_padded(*step) for step in steps)
        sides = margins(0 if self.padding == "valid" else self.padding, axes)
        if sides is None:
            return None
        return tuple(Window(*step, *side, self.fit) for step, side in zip(steps, sides, strict=True))


def padded_sizes(windows: Sequence[Window], channels: int) -> tuple[int, int]:
    """Elements of a sample that :func:`pad` pads in two steps: after the first one, and after both."""
    first = [window.size + window.near + window.far for window in windows]
    return tuple(  # type: ignore[return-value]  # two
        channels * math.prod(sizes)
        for sizes in (first, [size + window.overhang for size, window in zip(first, windows, strict=True)])
    )


def margins(padding: Margin, axes: int) -> tuple[Sides, ...] | None:
    """Near and far padding of every axis; None when there is not one entry per axis."""
    entries = padding if isinstance(padding, tuple) else (padding,) * axes
    if len(entries) != axes:
        return None
    return tuple(entry if isinstance(entry, tuple) else (entry, entry) for entry in entries)


def pad(x: Array, windows: Sequence[Window], mode: PaddingMode = "zeros", value: float = 0) -> Array:
    """``x`` (N, ..., C) padded as its windows ask.

    ``value`` is what ``zeros`` writes; in every mode it also fills what ``fit: pad`` adds.
    """
    sides = [(0, 0), *((window.near, window.far) for window in windows), (0, 0)]
    overhangs = [(0, 0), *((0, window.overhang) for window in windows), (0, 0)]
    return np.pad(_pad(x, sides, mode, value), overhangs, constant_values=value)


def _pad(x: Array, sides: list[Sides], mode: PaddingMode, value: float) -> Array:
    match mode:
        case "zeros":
            return np.pad(x, sides, constant_values=value)
        case "reflect":
            return np.pad(x, sides, "reflect")
        case "replicate":
            return np.pad(x, sides, "edge")
        case "circular":
            return np.pad(x, sides, "wrap")


def views(x: Array, windows: Sequence[Window]) -> Array:
    """Every window of a padded ``x`` (N, ..., C), as a view (N, outputs ..., C, kernel ...)."""
    axes = tuple(range(1, 1 + len(windows)))
    every = np.lib.stride_tricks.sliding_window_view(x, tuple(window.extent for window in windows), axes)
    outputs = tuple(slice(None, (window.output or 0) * window.stride, window.stride) for window in windows)
    taps = tuple(slice(None, None, window.dilation) for window in windows)
    return every[(slice(None), *outputs, slice(None), *taps)]
