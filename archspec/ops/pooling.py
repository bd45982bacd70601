"""Pooling over sliding windows: the largest, the mean or the norm of what each sees (CS231n, "Pooling Layer")."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from archspec.ops._base import volume_of
from archspec.ops._numpy import np
from archspec.ops._sliding import Sliding, pad, padded_sizes, views
from archspec.ops._window import slide
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.ops._base import Sizes
    from archspec.ops._numpy import Array, Arrays, Generator, Weights
    from archspec.ops._sliding import PaddingMode


class _Pool(Sliding):
    """Base of pools: channels stay separate, and the stride is the kernel unless given."""

    main = "kernel"
    half_padded = True

    @property
    def strides(self) -> Sizes:
        """The stride in force: the kernel unless given."""
        return self.stride or self.kernel

    def infer(self, inputs: Sequence[Volume]) -> Volume | None:
        """As many channels as the input; None when a window is too large."""
        (volume,) = inputs
        spatial = slide(self.windows(inputs))
        return None if spatial is None else Volume(spatial, volume.channels)

    def taps(self, volume: Volume) -> int:
        """How many positions one window reads."""
        return math.prod(window.kernel for window in self.windows([volume]) or ())

    def forward_size(self, inputs: Sequence[Volume], output: Volume) -> float:
        """Padded twice; or the padded input and the output, for a norm with all squares in between."""
        (volume,) = inputs
        first, padded = padded_sizes(self.windows(inputs) or (), volume.channels)
        squares = output.size * self.taps(volume) if self.pool == "l2" else 0
        return max(first + padded, padded + (squares or output.size), squares + output.size)

    def patches(self, x: Array, value: float = 0) -> Array:
        """Every window of ``x`` with ``value`` around it: (N, outputs ..., C, kernel ...)."""
        windows = self.windows([volume_of(x)]) or ()
        return views(pad(x, windows, value=value), windows)


class MaxPool(_Pool):
    """The largest element of each window; padding is minus infinity and so never the largest."""

    other_names = "maxpool maxpooling pool pooling subsampling fractionalmaxpool maxpoolwithargmax"
    torch_arguments = "kernel stride padding dilation"
    pool = "max"
    global_form = "global_max_pool"

    def flops(self, inputs: Sequence[Volume], output: Volume) -> int:
        """A comparison for every element of a window after the first."""
        (volume,) = inputs
        return output.size * (self.taps(volume) - 1)

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """The maximum over the kernel positions."""
        (x,) = inputs
        y: Array = self.patches(x, -np.inf).max(axis=_taps(x))
        return y


class AvgPool(_Pool):
    """The mean of each window.

    ``count_padding`` says whether the zeros of ``padding`` count in the divisor, as they do in PyTorch
    (``count_include_pad``) and Caffe; TensorFlow leaves them out. What ``fit: pad`` adds never counts
    (PyTorch's rule for ``ceil_mode``).
    """

    other_names = "avgpool avgpooling averagepool averagepooling meanpool meanpooling"
    torch_arguments = "kernel stride padding ? count_padding"
    pool = "mean"
    global_form = "global_avg_pool"
    keeps_linear = True

    count_padding: bool = True

    def flops(self, inputs: Sequence[Volume], output: Volume) -> int:
        """An addition for every element of a window after the first, and a division."""
        (volume,) = inputs
        return output.size * self.taps(volume)

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """The sum over the kernel positions, divided by how many count; a window of nothing but padding gives 0."""
        (x,) = inputs
        y: Array = self.patches(x).sum(axis=_taps(x))
        for axis, counted in enumerate(self.counts(volume_of(x)), start=1):
            y /= np.expand_dims(np.maximum(counted, 1), tuple(range(1, x.ndim - axis))).astype(x.dtype)
        return y

    def counts(self, volume: Volume) -> list[Array]:
        """How many positions of each window count along each axis; a window counts the product of these."""
        mode: PaddingMode = "replicate" if self.count_padding else "zeros"
        ones = [(np.ones((1, window.size, 1), "int64"), [window]) for window in self.windows([volume]) or ()]
        return [views(pad(each, window, mode), window).sum(axis=-1)[0, :, 0] for each, window in ones]


class L2Pool(_Pool):
    """The square root of the sum (not the mean) of each window's squares, ONNX's ``LpPool`` with p = 2."""

    other_names = "lppool lppooling pnormpool"
    torch_arguments = "?"
    pool = "l2"

    def flops(self, inputs: Sequence[Volume], output: Volume) -> int:
        """A square for every element of a window, an addition for every one after the first, and a root."""
        (volume,) = inputs
        return output.size * 2 * self.taps(volume)

    def forward(self, inputs: Arrays, weights: Weights, training: bool = False, rng: Generator | None = None) -> Array:
        """The Euclidean norm over the kernel positions."""
        (x,) = inputs
        y: Array = np.sqrt(np.square(self.patches(x)).sum(axis=_taps(x)))
        return y


def _taps(x: Array) -> tuple[int, ...]:
    """Axes of the kernel in the patches of ``x``: the last ones, as many as are spatial."""
    return tuple(range(x.ndim, 2 * x.ndim - 2))
