"""Smooth relatives of the rectifier: nearly the identity for large values, nearly zero for small ones."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from archspec.ops._numpy import np
from archspec.ops._pointwise import Pointwise
from archspec.ops.sigmoids import hard_sigmoid, sigmoid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.ops._numpy import Array, Arrays, Generator, Weights
    from archspec.volume import Volume


class GELU(Pointwise):
    """``x * P(N(0, 1) <= x)`` (Hendrycks and Gimpel 2016), exact or by the paper's ``tanh`` approximation."""

    main = "approximate"
    activation = "relu-like"

    approximate: Literal["none", "tanh"] = "none"

    def flops(self, inputs: Sequence[Volume], output: Volume) -> int:
        """Exact: erf, a sum, a quotient and two products. Approximate: tanh, two sums and six products."""
        return output.size * (5 if self.approximate == "none" else 9)

    def forward_size(self, inputs: Sequence[Volume], output: Volume) -> float:
        """Nine arrays where the series of ``erfc`` is summed up, else three."""
        return output.size * (9 if self.approximate == "none" else 3)

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """``1 + erf(z)`` is taken as ``erfc(-z)``, which keeps its digits where ``erf`` nears -1."""
        (x,) = inputs
        if self.approximate == "tanh":
            gate: Array = 1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))
            return x * gate / 2
        return x * _erfc(x / -math.sqrt(2)) / 2


class SiLU(Pointwise):
    """``x * sigmoid(x)``, also called swish (Elfwing et al. 2018; Ramachandran et al. 2017)."""

    held = 2
    other_names = "swish swish1"
    activation = "relu-like"
    operations = 5

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """A gate controlled by its own input."""
        (x,) = inputs
        return x * sigmoid(x)


class HardSwish(Pointwise):
    """``x * min(max(x + 3, 0), 6) / 6`` (Howard et al. 2019, MobileNetV3, section 5.2)."""

    held = 3
    other_names = "hardswish hswish"
    activation = "relu-like"
    operations = 5

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """SiLU with straight lines for the sigmoid."""
        (x,) = inputs
        return x * hard_sigmoid(x)


class Softplus(Pointwise):
    """``log(1 + exp(x))`` (Glorot et al. 2011)."""

    activation = "relu-like"
    operations = 3

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """The logarithm of a sum of exponentials, without overflow."""
        (x,) = inputs
        return np.logaddexp(x, 0)


class Mish(Pointwise):
    """``x * tanh(log(1 + exp(x)))`` (Misra 2020)."""

    held = 2
    activation = "relu-like"
    operations = 5

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """A gate controlled by its own input, from softplus."""
        (x,) = inputs
        return x * np.tanh(np.logaddexp(x, 0))


def _erfc(x: Array) -> Array:
    """The complementary error function, which NumPy lacks.

    For z >= 0, ``erfc(z) * exp(z ** 2) * (z + 3)`` is nearly flat, and a short Chebyshev series in (z - 3) / (z + 3)
    gives it to a float's last digits (the way of Shepherd and Laframboise 1981); below, ``erfc(-z) = 2 - erfc(z)``.
    """
    wide = x.astype(np.promote_types(x.dtype, "float32"), copy=False)  # float16 has too few digits to add up in
    series = np.array(ERFC if wide.dtype == "float64" else ERFC[:12], wide.dtype)
    z = np.minimum(np.abs(wide), 30)  # nothing is left there, and squares stay finite
    above = np.exp(-z * z) / (z + 3) * np.polynomial.chebyshev.chebval((z - 3) / (z + 3), series)
    y: Array = np.where(wide < 0, 2 - above, above).astype(x.dtype, copy=False)
    return y


ERFC = (
    1.413438223980872, -1.1314768490746974, 0.35410810034248635, -0.08508704009908545, 0.014615273272816639,
    -0.0013795571636296329, -6.429066714316e-05, 3.904342109772e-05, -2.64278507486e-06, -8.2394401439e-07,
    1.3247975698e-07, 1.919522516e-08, -5.03050716e-09, -5.8420064e-10, 1.8742324e-10, 2.437367e-11, -6.99094e-12,
    -1.25731e-12, 2.458e-13, 7.006e-14, -6.73e-15, -3.84e-15, 3.32e-18, 1.93e-16,
)  # fmt: skip
"""Coefficients of the series."""
