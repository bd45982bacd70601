"""The window formula, once: sizes, fractions, what is lost, padding on each side.

Convolution, pooling, the receptive field, the rules and the engine all ask a :class:`Window`.
The formula is ``(W - F + 2P) / S + 1`` of the CS231n notes on ConvNets (section "Spatial arrangement"),
with F the dilated kernel and P allowed to differ between the two sides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple, Self

if TYPE_CHECKING:
    from fractions import Fraction

Fit = Literal["exact", "crop", "pad"]
"""What to do when a stride does not fit; by default it is reported, and only padding may be lost."""
CROP: Final = "crop"
"""The fit that rounds down: what is left over is dropped."""
FILL: Final = "pad"
"""The fit that rounds up: what is missing is added on the far side."""


class Window(NamedTuple):
    """A window that slides along one axis; all fields in positions of that axis.

    ``near`` and ``far`` are the padding before the first and after the last input position.
    The defaults make the window of a pointwise operator.
    """

    size: int
    kernel: int = 1
    stride: int = 1
    dilation: int = 1
    near: int = 0
    far: int = 0
    fit: Fit | None = None
    same: bool = False

    @classmethod
    def same_padded(cls, size: int, kernel: int, stride: int, dilation: int) -> Self:
        """A window whose padding gives ``ceil(size / stride)`` outputs, the odd zero on the far side.

        TensorFlow's rule for ``SAME`` (tf.nn.convolution, "Notes on padding").
        """
        outputs = -(-size // stride)
        total = max((outputs - 1) * stride + (kernel - 1) * dilation + 1 - size, 0)
        return cls(size, kernel, stride, dilation, total // 2, total - total // 2, same=True)

    @property
    def extent(self) -> int:
        """The dilated kernel: ``(kernel - 1) * dilation + 1``."""
        return (self.kernel - 1) * self.dilation + 1

    @property
    def reach(self) -> int:
        """How far the window can travel, ``W - F + 2P``; negative when it is larger than what it slides over."""
        return self.size + self.near + self.far - self.extent

    @property
    def quotient(self) -> Fraction:
        """The exact ``(W - F + 2P) / S + 1``."""
        from fractions import Fraction  # noqa: PLC0415 - only a stride that does not fit is reported as a fraction

        return Fraction(self.reach, self.stride) + 1

    @property
    def is_whole(self) -> bool:
        """Whether the stride divides; ``same`` padding is defined by rounding and always counts as whole."""
        return self.same or self.reach % self.stride == 0

    @property
    def lost(self) -> int:
        """Trailing positions of the real input that no window reads because the stride does not fit.

        Padding goes first, and what would lie in a gap between windows anyway is not counted.
        """
        if self.is_whole:
            return 0
        unread = self.reach % self.stride - self.far - max(0, self.stride - self.extent)
        return min(max(0, unread), self.size)  # a wide near padding can lie behind the last window too

    @property
    def floor(self) -> int:
        """Outputs when the fraction is dropped (PyTorch, Keras ``valid``)."""
        return self.reach // self.stride + 1

    @property
    def ceil(self) -> int:
        """Outputs when the far side is filled up (Caffe pooling, ``ceil_mode``).

        A window that would begin beyond the input and its near padding is dropped, as PyTorch does.
        """
        begin = self.floor * self.stride
        return self.floor + (not self.is_whole and begin < self.size + self.near)

    @property
    def output(self) -> int | None:
        """Outputs under ``fit``; None when the window is larger than the padded input."""
        if self.reach < 0:
            return None
        return self.ceil if self.fit == FILL and not self.is_whole else self.floor

    @property
    def overhang(self) -> int:
        """Positions by which the last window extends beyond the far padding (only with ``fit: pad``)."""
        last = ((self.output or 1) - 1) * self.stride + self.extent
        return max(0, last - self.size - self.near - self.far)


class TransposedWindow(NamedTuple):
    """A transposed window: every input position adds to a window of the output, along one axis.

    ``size`` is that of the input; ``near`` and ``far`` are cut off the output, ``extra`` is added to its far side.
    """

    size: int
    kernel: int
    stride: int = 1
    dilation: int = 1
    near: int = 0
    far: int = 0
    extra: int = 0

    @classmethod
    def same_padded(cls, size: int, kernel: int, stride: int, dilation: int) -> Self:
        """One with ``size * stride`` outputs: it mirrors the window that ``padding: same`` gives there."""
        beyond = (kernel - 1) * dilation + 1 - stride
        cut = max(beyond, 0)
        return cls(size, kernel, stride, dilation, cut // 2, cut - cut // 2, max(-beyond, 0))

    @property
    def extent(self) -> int:
        """The dilated kernel: ``(kernel - 1) * dilation + 1``."""
        return (self.kernel - 1) * self.dilation + 1

    @property
    def whole(self) -> int:
        """Outputs before anything is cut off: ``(W - 1) * S + F`` and what is added."""
        return (self.size - 1) * self.stride + self.extent + self.extra

    @property
    def output(self) -> int:
        """``(W - 1) * S + F - 2P``, and what is added; not above 0 when everything is cut off."""
        return self.whole - self.near - self.far


def slide(windows: tuple[Window, ...] | None) -> tuple[int, ...] | None:
    """Output size on every axis; None when the windows are unknown or one is too large."""
    if windows is None:
        return None
    outputs = tuple(window.output for window in windows)
    return None if None in outputs else outputs  # type: ignore[return-value]  # no None is left
