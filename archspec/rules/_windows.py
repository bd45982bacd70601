"""What is odd about one window: conditions on a layer that rules about design ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archspec.graph.operator_call import OperatorCall
    from archspec.ops._window import TransposedWindow, Window

LARGEST_POOL, LARGEST_FILTER = 3, 5
"""What CS231n calls usual at most."""
BORDER_SHARE, BORDER_LAYERS = 0.25, 3
LEAST_HALVINGS = 3
_PLANE = 2
"""Axes from which a window has an area."""


def covers(windows: tuple[Window, ...]) -> bool:
    """Whether one window sees all there is, as a dense layer or a global pool does."""
    return all(window.extent >= window.size + window.near + window.far for window in windows)


def is_large_pool(call: OperatorCall) -> bool:
    """Whether windows side by side drop most of an area; a pool of the whole map is none."""
    windows = call.windows or ()
    wide = any(window.kernel > LARGEST_POOL and window.stride > 1 for window in windows)
    return wide and len(windows) >= _PLANE and not covers(windows)


def is_large_filter(call: OperatorCall) -> bool:
    """Whether a filter is wide along two axes, moves by one and sees all channels."""
    windows = call.windows or ()
    wide = [window for window in windows if window.kernel > LARGEST_FILTER and window.stride == window.dilation == 1]
    grouped = getattr(call.operator, "groups", 1) > 1 or getattr(call.operator, "fixed", None) is not None
    return len(wide) >= _PLANE and not grouped and not covers(windows)


def pads_pointwise(call: OperatorCall) -> bool:
    """Whether there are zeros around an axis along which the window sees one position."""
    zeros = getattr(call.operator, "padding_mode", "zeros") == "zeros"
    return zeros and any(window.kernel == 1 and window.near + window.far > 0 for window in call.windows or ())


def changes_by_one(window: Window) -> bool:
    """Whether an even window is padded on both sides so that the size is nearly kept."""
    almost = window.extent // 2 in (window.near, window.near + 1)
    return window.stride == 1 and window.extent % 2 == 0 and window.near == window.far > 0 and almost


def is_even_kernel(call: OperatorCall) -> bool:
    """Whether that holds along an axis."""
    return any(map(changes_by_one, call.windows or ()))


def pads_too_little_or_much(window: Window) -> bool:
    """Whether a dilated window is padded, but as if it were not dilated."""
    dilated = window.stride == 1 and window.kernel % 2 == 1 and window.kernel > 1 and window.dilation > 1
    return dilated and window.near == window.far and window.near not in (0, window.extent // 2)


def is_dilation_padded(call: OperatorCall) -> bool:
    """Whether that holds along an axis."""
    return any(map(pads_too_little_or_much, call.windows or ()))


def skips_positions(call: OperatorCall) -> bool:
    """Whether there are positions between two windows that none sees."""
    return any(window.stride > window.extent and window.size > window.extent for window in call.windows or ())


def is_uneven(window: TransposedWindow) -> bool:
    """Whether neighbours among the outputs are sums of different numbers of products."""
    return window.stride > 1 and window.size > 1 and window.dilation == 1 and window.kernel % window.stride > 0


def makes_checkerboard(call: OperatorCall) -> bool:
    """Whether that holds along an axis."""
    windows = getattr(call.operator, "transposed_windows", None)
    volume = call.received[0]
    return windows is not None and volume is not None and any(map(is_uneven, windows([volume]) or ()))


def is_unstated_stride(call: OperatorCall) -> bool:
    """Whether a pool moves by its kernel though it does not say so; not of 2, which is usual, nor of large pools."""
    windows = call.windows or ()
    unstated = getattr(call.operator, "stride", 1) is None
    odd = unstated and any(window.kernel > _PLANE for window in windows)
    return odd and not covers(windows) and not is_large_pool(call)


def is_asymmetric(window: Window) -> bool:
    """Whether ``same`` pads the two sides differently where a stride rounds."""
    return window.same and window.stride > 1 and window.near != window.far


def pads_asymmetrically(call: OperatorCall) -> bool:
    """Whether that holds along an axis."""
    return any(map(is_asymmetric, call.windows or ()))


def is_uneven_pool(call: OperatorCall) -> bool:
    """Whether an adaptive pool makes parts of different sizes."""
    volume, output = call.received[0], call.output
    if volume is None or output is None:
        return False
    return any(size % parts for size, parts in zip(volume.spatial, output.spatial, strict=True))


def changes_map(call: OperatorCall) -> bool:
    """Whether a convolution changes the size of its map; one position at a time, or all at once, is another matter."""
    windows = call.windows or ()
    changing = any(window.output != window.size for window in windows)
    return changing and not covers(windows)


def halves_odd(window: Window) -> bool:
    """Whether a window that is padded to halve its axis gets an odd size."""
    total = window.near + window.far
    meant = total in (window.extent - 1, window.extent - window.stride)
    return window.stride % 2 == 0 and window.size % window.stride > 0 and meant and window.size > window.stride


def sees_little(call: OperatorCall) -> bool:
    """Whether a padded window is wider than the map that it slides over."""
    windows = call.windows or ()
    return bool(windows) and all(window.size <= _PLANE and window.kernel > window.size for window in windows)


def loses_border(call: OperatorCall) -> bool:
    """Whether a filter that moves by one is not padded to keep the size."""
    windows = call.windows or ()
    lossy = [window for window in windows if window.stride == 1 and window.near + window.far < window.extent - 1]
    return bool(lossy) and not covers(windows)
