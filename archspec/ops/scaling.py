"""Layer scale: a learned value for each channel, small at first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.ops._base import Operator, Weight

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.ops._numpy import Array, Arrays, Generator, Weights
    from archspec.volume import Volume


class Scale(Operator):
    """Each channel times a learned value that starts at ``initial`` (Touvron et al. 2021, equation 4).

    The default is ConvNeXt's (Liu et al. 2022, table 5); in a residual branch it makes the block nearly the identity.
    """

    other_names = "layerscale scaleshift"
    keeps_linear = True
    main = "initial"
    elementwise = True

    initial: float = 1e-6

    def weights(self, inputs: Sequence[Volume]) -> tuple[Weight, ...]:
        """``gamma`` (channels)."""
        (volume,) = inputs
        return (Weight("gamma", (volume.channels,), ("channel",), "weight", self.initial),)

    def flops(self, inputs: Sequence[Volume], output: Volume) -> int:
        """A multiplication for each element."""
        return output.size

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """``x * gamma``."""
        (x,) = inputs
        return x * weights["gamma"]
