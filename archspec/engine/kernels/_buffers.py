"""The memory that a kernel works on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from archspec.engine.scratch import Scratch
    from archspec.ops._numpy import Array

Arrays = Mapping[str, "Mapping[str, Array]"]
"""The arrays of each layer of a group: layer's name -> array's name -> array."""


class Buffers(NamedTuple):
    """Where a group is computed: arrays (N, spatial ..., C) in the arena, and a scratch for every thread.

    ``side_inputs`` are the volumes that merges in the group read, by name; ``packed`` is the result of the kernel's
    ``pack_weights``.
    """

    inputs: tuple[Array, ...]
    side_inputs: dict[str, Array]
    output: Array
    packed: Any
    scratches: tuple[Scratch, ...]

    @property
    def x(self) -> Array:
        """The first input."""
        return self.inputs[0]
