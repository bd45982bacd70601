"""Self-attention (Vaswani et al. 2017, section 3.2)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

from archspec.ops._base import Count, Division, Operator, Weight
from archspec.ops._dependence import Dependence, InputDependence
from archspec.ops.softmax import Softmax
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.ops._numpy import Array, Arrays, Generator, Weights


class Attention(Operator):
    """Every position gathers from all positions, more from those whose key suits its query; in several ``heads``.

    The queries, keys and values of each of the C channels are weighted sums of the channels, split among the heads;
    what the heads gather is projected once more. ``qkv_bias: false`` leaves out the first three biases,
    ``bias: false`` those of all four. The positions of a map count as a sequence.
    """

    other_names = "multiheadattention mha mhsa selfattention multiheadselfattention msa"
    is_global = True
    sees_beyond_windows = True
    main = "heads"
    ranks: ClassVar[range] = range(1, 4)

    heads: Count
    qkv_bias: bool = True
    bias: bool = True

    @property
    def has_all_biases(self) -> bool:
        """Whether queries, keys and values have biases."""
        return self.bias and self.qkv_bias

    def infer(self, inputs: Sequence[Volume]) -> Volume | None:
        """The input volume; None when the heads do not divide the channels."""
        (volume,) = inputs
        return None if volume.channels % self.heads else volume

    def dependence(self, inputs: Sequence[Volume]) -> tuple[Dependence, ...]:
        """Everything."""
        (volume,) = inputs
        return (tuple(map(InputDependence.everything, volume.spatial)),)

    def divisions(self, inputs: Sequence[Volume]) -> tuple[Division, ...]:
        """The heads divide the channels."""
        (volume,) = inputs
        return (Division("heads", self.heads, "input channels", volume.channels),)

    def weights(self, inputs: Sequence[Volume]) -> tuple[Weight, ...]:
        """``qkv_weight`` (C, 3C) with queries first, then keys, then values; ``weight`` (C, C); each with a bias."""
        (volume,) = inputs
        channels = volume.channels
        found = [
            Weight("qkv_weight", (channels, 3 * channels), ("in", "out"), fan_in=channels, fan_out=3 * channels),
            Weight("weight", (channels, channels), ("in", "out"), fan_in=channels, fan_out=channels),
        ]
        if self.has_all_biases:
            found.insert(1, Weight("qkv_bias", (3 * channels,), ("out",), "bias", "zeros"))
        if self.bias:
            found.append(Weight("bias", (channels,), ("out",), "bias", "zeros"))
        return tuple(found)

    def macs(self, inputs: Sequence[Volume], output: Volume) -> int:
        """Four projections, and two products between all pairs of positions: of queries and keys, shares and values."""
        (volume,) = inputs
        projections = 4 * volume.channels**2
        return volume.positions * (projections + 2 * volume.positions * volume.channels)

    def flops(self, inputs: Sequence[Volume], output: Volume) -> int:
        """Two operations a MAC, one for each bias; a quotient and a softmax for every pair of positions in a head."""
        (volume,) = inputs
        biases = output.size * (3 * self.has_all_biases + self.bias)
        scores = Volume((volume.positions, volume.positions), self.heads)
        return 2 * self.macs(inputs, output) + biases + (1 + Softmax.operations) * scores.size

    def forward_size(self, inputs: Sequence[Volume], output: Volume) -> float:
        """Queries, keys and values; scores, their powers and their shares, or what these gather."""
        (volume,) = inputs
        scores = self.heads * volume.positions**2
        return 3 * output.size + scores + max(2 * (scores + self.heads * volume.positions), 3 * output.size)

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """``softmax(Q K^T / sqrt(d)) V`` in every head (equation 1); then the heads side by side, projected."""
        (x,) = inputs
        channels, positions = x.shape[-1], math.prod(x.shape[1:-1])
        qkv = x @ weights["qkv_weight"]
        if self.has_all_biases:
            qkv += weights["qkv_bias"]
        heads = qkv.reshape(len(x), positions, 3, self.heads, channels // self.heads)
        queries, keys, values = heads.transpose(2, 0, 3, 1, 4)  # each (N, heads, positions, d)
        scores = queries @ keys.swapaxes(-1, -2) / math.sqrt(channels // self.heads)
        gathered = Softmax().forward([scores], {}) @ values
        y: Array = gathered.swapaxes(1, 2).reshape(x.shape) @ weights["weight"]
        return y + weights["bias"] if self.bias else y
