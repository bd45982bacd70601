"""Scores to probabilities over the channels (CS231n, "Softmax classifier")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.ops._numpy import np
from archspec.ops._pointwise import Pointwise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.ops._numpy import Array, Arrays, Generator, Weights
    from archspec.volume import Volume


class Softmax(Pointwise):
    """``exp(x_i) / sum_j exp(x_j)``; it ends a network and is no non-linearity between layers."""

    other_names = "softmax2d softmaxactivation"
    torch_arguments = "-"
    is_softmax = gives_probabilities = True
    operations = 5  # comparison (the maximum), subtraction, exponential, addition, division

    def forward_size(self, inputs: Sequence[Volume], output: Volume) -> float:
        """Two arrays, and two numbers for each position."""
        return 2 * (output.size + output.positions)

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """The maximum is subtracted first, which changes nothing but keeps the exponentials finite."""
        (x,) = inputs
        powers = np.exp(x - x.max(axis=-1, keepdims=True))
        y: Array = powers / powers.sum(axis=-1, keepdims=True)
        return y


class LogSoftmax(Pointwise):
    """``x_i - log sum_j exp(x_j)``."""

    other_names = "logsoftmax"
    torch_arguments = "-"
    is_softmax = True
    operations = 5  # comparison, subtraction, exponential, addition, subtraction; one logarithm a position is neglected

    def forward_size(self, inputs: Sequence[Volume], output: Volume) -> float:
        """Two arrays, and two numbers for each position."""
        return 2 * (output.size + output.positions)

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """As in softmax, the maximum is subtracted first."""
        (x,) = inputs
        shifted = x - x.max(axis=-1, keepdims=True)
        y: Array = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
        return y
