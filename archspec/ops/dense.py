"""Dense layers: every unit sees all of the volume, or all of one position (CS231n, "Fully-connected Layer")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.ops._base import Claim, Count, Operator, Weight, volume_of
from archspec.ops._window import Window
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.ops._numpy import Array, Arrays, Generator, Weights


class _Dense(Operator):
    """Base of dense layers: ``units`` weighted sums of ``in_features`` inputs."""

    is_linear_map = is_dense = True
    channels_argument = "units"
    main = "units"

    units: Count
    bias: bool = True
    in_features: Count | None = None

    def features(self, volume: Volume) -> int:
        """How many inputs one unit sees."""
        raise NotImplementedError

    def claims(self, inputs: Sequence[Volume]) -> tuple[Claim, ...]:
        """``in_features``, when stated."""
        (volume,) = inputs
        stated = self.in_features
        return () if stated is None else (Claim("in_features", stated, self.features(volume)),)

    def weights(self, inputs: Sequence[Volume]) -> tuple[Weight, ...]:
        """``weight`` (features, units) and ``bias`` (units)."""
        (volume,) = inputs
        features = self.features(volume)
        weight = Weight("weight", (features, self.units), ("in", "out"), fan_in=features, fan_out=self.units)
        return (weight, Weight("bias", (self.units,), ("out",), "bias", "zeros")) if self.bias else (weight,)

    def macs(self, inputs: Sequence[Volume], output: Volume) -> int:
        """Every output element is one dot product."""
        (volume,) = inputs
        return output.size * self.features(volume)

    def flops(self, inputs: Sequence[Volume], output: Volume) -> int:
        """Two operations for each MAC, one more for each biased output."""
        return 2 * self.macs(inputs, output) + self.bias * output.size

    def forward_size(self, inputs: Sequence[Volume], output: Volume) -> float:
        """The product, and the sum with the biases."""
        return output.size * (2 if self.bias else 1)

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """A matrix product along the last axis, plus a bias."""
        (x,) = inputs
        y = x.reshape(-1, x.shape[-1]) @ weights["weight"]  # as one matrix: a stack of small ones takes far longer
        y = y.reshape(*x.shape[:-1], self.units)
        return y + weights["bias"] if self.bias else y


class FC(_Dense):
    """Fully connected: sees the whole volume and gives ``1x1xunits``.

    The rows of its weight follow the volume as it lies in memory, channels last; so its weight is that of a
    convolution with a kernel as large as the input, reshaped.
    """

    other_names = "dense innerproduct fullyconnected gemm feedforwardlayer denselayer"
    is_global = True

    def features(self, volume: Volume) -> int:
        """All of the volume."""
        return volume.size

    def infer(self, inputs: Sequence[Volume]) -> Volume:
        """One position with a channel for each unit."""
        (volume,) = inputs
        return Volume((1,) * len(volume.spatial), self.units)

    def windows(self, inputs: Sequence[Volume]) -> tuple[Window, ...]:
        """One window as large as the input."""
        (volume,) = inputs
        return tuple(Window(size, kernel=size) for size in volume.spatial)

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """The volume as one row of elements, times the weight."""
        (x,) = inputs
        volume = volume_of(x)
        row = x.reshape(len(x), *self.infer([volume]).spatial, volume.size)
        return super().forward([row], weights)


class Linear(_Dense):
    """The same dense layer at every position; it acts on the channels alone, as a 1x1 convolution."""

    torch_arguments = "in_features units bias"
    global_form = "fc"

    def features(self, volume: Volume) -> int:
        """The channels."""
        return volume.channels

    def infer(self, inputs: Sequence[Volume]) -> Volume:
        """The same positions with a channel for each unit."""
        (volume,) = inputs
        return Volume(volume.spatial, self.units)
