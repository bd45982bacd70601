"""Operators with several inputs: where branches meet."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from archspec.ops._base import Operator
from archspec.ops._footprint import Footprint
from archspec.ops._numpy import np
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from archspec.ops._numpy import Array


class _Merge(Operator):
    """Base of merges: they override what speaks of all inputs; one input is a merge of one."""

    def output(self, volume: Volume) -> Volume | None:
        """What one input alone gives."""
        return self.receive((volume,))

    def flops(self, volume: Volume, output: Volume) -> int:
        """What one input alone costs."""
        return self.cost((volume,), output)

    def forward(self, x: Array, weights: Mapping[str, Array]) -> Array:
        """What one input alone gives."""
        return self.run((x,), weights)


class Add(_Merge):
    """The sum of equal volumes (He et al. 2016, equation 1)."""

    elementwise = True

    def receive(self, volumes: Sequence[Volume]) -> Volume | None:
        """The volume that all are; None when they differ."""
        return volumes[0] if len(set(volumes)) == 1 else None

    def cost(self, volumes: Sequence[Volume], output: Volume) -> int:
        """A sum for every number and every input after the first."""
        return (len(volumes) - 1) * output.size

    def run(self, arrays: Sequence[Array], weights: Mapping[str, Array]) -> Array:  # noqa: ARG002 - merges keep none
        """One after the other."""
        y = arrays[0].copy()
        for x in arrays[1:]:
            y += x
        return y


class Concat(_Merge):
    """The channels of all inputs side by side, in their order (Szegedy et al. 2015, section 4)."""

    def receive(self, volumes: Sequence[Volume]) -> Volume | None:
        """All channels on the spatial axes that the volumes share; None when these differ."""
        if len({volume.spatial for volume in volumes}) > 1:
            return None
        return Volume(volumes[0].spatial, sum(volume.channels for volume in volumes))

    def cost(self, volumes: Sequence[Volume], output: Volume) -> int:  # noqa: ARG002 - nothing is computed
        """Nothing."""
        return 0

    def run(self, arrays: Sequence[Array], weights: Mapping[str, Array]) -> Array:  # noqa: ARG002 - merges keep none
        """Along the last axis."""
        return np.concatenate(arrays, axis=-1)


class Multiply(_Merge):
    """The product, number by number; an input of one position scales whole channels (Hu et al. 2018, equation 4)."""

    elementwise = True

    def receive(self, volumes: Sequence[Volume]) -> Volume | None:
        """The largest; None when another is neither equal nor one position with as many channels."""
        largest = max(volumes, key=lambda volume: volume.positions)
        gate = Volume((1,) * len(largest.spatial), largest.channels)
        return largest if set(volumes) <= {largest, gate} else None

    def cost(self, volumes: Sequence[Volume], output: Volume) -> int:
        """A product for every number and every input after the first."""
        return (len(volumes) - 1) * output.size

    def footprints(self, volumes: Sequence[Volume]) -> tuple[tuple[Footprint, ...] | None, ...]:
        """Every output position sees the one position of a gate."""
        spread = any(volume.positions > 1 for volume in volumes)
        return tuple(
            tuple(Footprint(step=0) for _ in volume.spatial)
            if spread and volume.positions == 1
            else self.footprint(volume)
            for volume in volumes
        )

    def run(self, arrays: Sequence[Array], weights: Mapping[str, Array]) -> Array:  # noqa: ARG002 - merges keep none
        """Gates are spread over all positions."""
        return math.prod(arrays[1:], start=arrays[0])
