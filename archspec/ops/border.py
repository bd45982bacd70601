"""Operators that add to or remove from the border of a volume."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field, field_validator

from archspec.ops._base import EACH_AXIS, Like, Limit, Operator, Sizes, per_axis, volume_of
from archspec.ops._dependence import Dependence, InputDependence
from archspec.ops._rearranging import Rearranging
from archspec.ops._sliding import Margin, PaddingMode, Sides, margins, pad
from archspec.ops._window import Window, slide
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import ValidationInfo

    from archspec.ops._numpy import Array, Arrays, Generator, Weights


SIDES = "one whole number from 0, a list of one per spatial axis, or of [near, far] per axis"


class Pad(Operator):
    """A border around the spatial axes; ``value`` fills it in place of zero."""

    other_names = "zeropad zeropadding padding reflectionpad replicationpad circularpad constantpad"
    is_view = keeps_linear = True
    main = "padding"
    ranks: ClassVar[range] = range(1, 4)
    axis_arguments: ClassVar[tuple[str, ...]] = ("padding",)

    padding: Margin = Field(description=SIDES)
    padding_mode: PaddingMode = "zeros"
    value: float = 0

    @field_validator("value")
    @classmethod
    def _is_of_use(cls, value: float, info: ValidationInfo) -> float:
        mode = info.data.get("padding_mode", "zeros")
        if value and mode != "zeros":
            raise ValueError(f"padding_mode {mode} writes no value")
        return value

    def windows(self, inputs: Sequence[Volume]) -> tuple[Window, ...] | None:
        """A window of one position that also reads the border."""
        (volume,) = inputs
        sides = margins(self.padding, len(volume.spatial))
        if sides is None:
            return None
        return tuple(Window(size, near=near, far=far) for size, (near, far) in zip(volume.spatial, sides, strict=True))

    def infer(self, inputs: Sequence[Volume]) -> Volume | None:
        """The input and its border; None when the padding does not suit the axes."""
        (volume,) = inputs
        spatial = slide(self.windows(inputs))
        return None if spatial is None else Volume(spatial, volume.channels)

    def forward_size(self, inputs: Sequence[Volume], output: Volume) -> float:
        """The padded input, copied once more for what ``fit`` adds: nothing."""
        return 2 * output.size

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """The input with its border."""
        (x,) = inputs
        return pad(x, self.windows([volume_of(x)]) or (), self.padding_mode, self.value)


class Crop(Rearranging):
    """The middle of a volume: without a ``margin``, or of a ``size``, or as large as the volume that ``like`` names.

    Where an odd number of positions is to go, the far side loses the extra one.
    """

    other_names = "cropping"
    is_view = keeps_linear = True
    main = "margin"
    ranks: ClassVar[range] = range(1, 4)
    axis_arguments: ClassVar[tuple[str, ...]] = ("size", "like", "margin")
    size_arguments: ClassVar[frozenset[str]] = frozenset({"like"})

    size: Sizes | None = Field(default=None, description=EACH_AXIS)
    like: Like = None
    margin: Margin | None = Field(default=None, description=SIDES, validate_default=True)

    @field_validator("margin")
    @classmethod
    def _is_the_only_size(cls, value: Any, info: ValidationInfo) -> Any:
        given = [value, *(info.data.get(name, "faulty") for name in ("size", "like"))]
        if sum(size is not None for size in given) != 1:
            raise ValueError("give one of `margin`, `size` and `like`")
        return value

    def cuts(self, volume: Volume) -> tuple[Sides, ...] | None:
        """What is removed on both sides of every axis, below 0 where there is too little; None when undefined."""
        axes = len(volume.spatial)
        if self.margin is not None:
            return margins(self.margin, axes)
        sizes = per_axis(self.size or self.like or (), axes)
        if sizes is None:
            return None
        surplus = [have - want for have, want in zip(volume.spatial, sizes, strict=True)]
        return tuple((number // 2, number - number // 2) for number in surplus)

    def infer(self, inputs: Sequence[Volume]) -> Volume | None:
        """What is left; None when that is nothing, or more than there is."""
        (volume,) = inputs
        cuts = self.cuts(volume)
        if cuts is None or any(limit.number > limit.most for limit in self.limits(inputs)):
            return None
        return Volume(tuple(size - sum(cut) for size, cut in zip(volume.spatial, cuts, strict=True)), volume.channels)

    def limits(self, inputs: Sequence[Volume]) -> tuple[Limit, ...]:
        """Something is left, and it was part of the input."""
        (volume,) = inputs
        cuts = zip(volume.axes, volume.spatial, self.cuts(volume) or (), strict=False)
        if self.margin is not None:
            return tuple(Limit("margin", f"total margin of the {axis}", sum(cut), size - 1) for axis, size, cut in cuts)
        argument = "like" if self.size is None else "size"
        return tuple(Limit(argument, axis, size - sum(cut), size) for axis, size, cut in cuts)

    def dependence(self, inputs: Sequence[Volume]) -> tuple[Dependence, ...]:
        """The same position, counted from the near margin."""
        (volume,) = inputs
        cuts = self.cuts(volume)
        return (None if cuts is None else tuple(InputDependence(near=near, far=near) for near, _ in cuts),)

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """The middle; a copy, for a view would keep all of the input in memory."""
        (x,) = inputs
        volume = volume_of(x)
        cuts = zip(volume.spatial, self.cuts(volume) or (), strict=True)
        middle: Array = x[:, *(slice(near, size - far) for size, (near, far) in cuts)]
        return middle.copy()
