"""Operators that change what lies at the border of a volume."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field, ValidationInfo, field_validator

from archspec.ops._base import Operator
from archspec.ops._sliding import Margin, PaddingMode, margins, pad
from archspec.ops._window import Window, slide
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archspec.ops._numpy import Array


class Pad(Operator):
    """A border around the spatial axes; ``value`` fills it in place of zero."""

    main = "padding"
    ranks: ClassVar[range] = range(1, 4)
    axis_arguments: ClassVar[tuple[str, ...]] = ("padding",)

    padding: Annotated[
        Margin, Field(description="one whole number from 0, a list of one per spatial axis, or of [near, far] per axis")
    ]
    padding_mode: PaddingMode = "zeros"
    value: float = 0

    @field_validator("value")
    @classmethod
    def _is_of_use(cls, value: float, info: ValidationInfo) -> float:
        mode = info.data.get("padding_mode", "zeros")
        if value and mode != "zeros":
            raise ValueError(f"padding_mode {mode} writes no value")
        return value

    def windows(self, volume: Volume) -> tuple[Window, ...] | None:
        """A window of one position that also visits the border."""
        sides = margins(self.padding, len(volume.spatial))
        if sides is None:
            return None
        return tuple(Window(size, near=near, far=far) for size, (near, far) in zip(volume.spatial, sides, strict=True))

    def output(self, volume: Volume) -> Volume | None:
        """The input and its border; None when the padding does not suit the axes."""
        spatial = slide(self.windows(volume))
        return None if spatial is None else Volume(spatial, volume.channels)

    def forward(self, x: Array, weights: Mapping[str, Array]) -> Array:  # noqa: ARG002 - it keeps none
        """The input with its border."""
        return pad(x, self.windows(Volume(x.shape[1:-1], x.shape[-1])) or (), self.padding_mode, self.value)
