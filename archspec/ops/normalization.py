"""Norms: batch normalization (Ioffe and Szegedy 2015) and local response normalization (Krizhevsky et al. 2012)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from archspec.ops._base import Count, Operator, Weight
from archspec.ops._numpy import np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.ops._numpy import Array, Arrays, Generator, Weights
    from archspec.volume import Volume

Positive = Annotated[float, Field(gt=0)]


class BatchNorm(Operator):
    """Every channel to mean 0 and variance 1 by running statistics from training, then to a learned scale and shift.

    ``affine: false`` leaves scale and shift out.
    """

    other_names = "batchnorm batchnormalization bn syncbatchnorm syncbatchnormalization batchnorm2dsync"
    torch_arguments = "- eps - affine"
    is_norm = True
    has_batch_statistics = True
    elementwise = True

    eps: Positive = 1e-5
    affine: bool = True

    def removes_channel_offset(self, inputs: Sequence[Volume]) -> bool:
        """Yes: the mean of each channel, over batch and positions, is subtracted."""
        return True

    def weights(self, inputs: Sequence[Volume]) -> tuple[Weight, ...]:
        """``gamma`` and ``beta`` are learned, ``mean`` and ``variance`` kept; each has one value for every channel."""
        (volume,) = inputs
        shape, axes = (volume.channels,), ("channel",)
        learned = (Weight("gamma", shape, axes, "weight", "ones"), Weight("beta", shape, axes, "bias", "zeros"))
        kept = (Weight("mean", shape, axes, "buffer", "zeros"), Weight("variance", shape, axes, "buffer", "ones"))
        return learned + kept if self.affine else kept

    def flops(self, inputs: Sequence[Volume], output: Volume) -> int:
        """A multiplication and an addition for each element: at inference a channel's four values reduce to two."""
        return 2 * output.size

    def forward_size(self, inputs: Sequence[Volume], output: Volume) -> float:
        """The scaled input and what it was made of; one more where it is scaled and shifted again."""
        return output.size * (3 if self.affine else 2)

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """``(x - mean) / sqrt(variance + eps) * gamma + beta``, by kept statistics (the paper's algorithm 2).

        In training by those of the batch: mean and biased variance over samples and positions (algorithm 1). The kept
        ones do not change here.
        """
        (x,) = inputs
        axes = tuple(range(x.ndim - 1))
        mean, variance = (x.mean(axes), x.var(axes)) if training else (weights["mean"], weights["variance"])
        y: Array = (x - mean) / np.sqrt(variance + self.eps)
        return y * weights["gamma"] + weights["beta"] if self.affine else y


class LRN(Operator):
    """Each element divided by a power of the squares around it, ``size`` neighbouring channels at the same position.

    ``b_i = a_i / (k + alpha * sum_j a_j ** 2) ** beta`` (section 3.3, with the paper's constants as defaults):
    ``alpha`` multiplies the plain sum. Caffe, PyTorch and ONNX divide it by ``size`` first, so their ``alpha`` is
    ``size`` times ours. Of an even ``size`` the odd channel lies after, as in ONNX.
    """

    other_names = "localresponsenorm localresponsenormalization localresponse crossmaplrn norm1"

    size: Count = 5
    alpha: Positive = 1e-4
    beta: Positive = 0.75
    k: Positive = 2.0

    def flops(self, inputs: Sequence[Volume], output: Volume) -> int:
        """A square, ``size - 1`` additions, a scaling, the addition of k, a power and a division for each element."""
        return output.size * (self.size + 4)

    def forward_size(self, inputs: Sequence[Volume], output: Volume) -> float:
        """The squares with zeros around them, sums, and two arrays on the way to the quotient."""
        return 3 * output.size + output.positions * (output.channels + sum(self.sides(output.channels)))

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """The sum of squares slides over the channels; beyond the first and the last there is nothing to add."""
        (x,) = inputs
        near, far = self.sides(x.shape[-1])
        squares = np.pad(np.square(x), [(0, 0)] * (x.ndim - 1) + [(near, far)])
        sums = np.lib.stride_tricks.sliding_window_view(squares, near + 1 + far, axis=-1).sum(axis=-1)
        y: Array = x / (self.k + self.alpha * sums) ** self.beta
        return y

    def sides(self, channels: int) -> tuple[int, int]:
        """How many neighbours before and after count: there are no more than the other channels."""
        return min((self.size - 1) // 2, channels - 1), min(self.size // 2, channels - 1)
