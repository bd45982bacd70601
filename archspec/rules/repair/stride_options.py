"""Values of one setting of a layer with which its stride fits, the nearest ones first."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from archspec.analysis.misfit import is_fault
from archspec.ops._padding import is_allowed
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from archspec.ops._sliding import Sliding
    from archspec.ops._window import Window

    _Fits = Callable[[Window], bool]
    _Try = Callable[[int], Window | None]

_NEAR, _FARTHEST = 64, 4096
"""How far from its present value a setting is looked for: a stride, within these bounds."""


class Option(NamedTuple):
    """A value for one axis, and how far it is from the present one."""

    value: int
    change: int


def in_rounds(options: list[list[Option]]) -> list[tuple[int, ...]]:
    """One value of a setting for every axis, the least change first; none when an axis has no option."""
    if not all(options):
        return []
    count = max(len(axis) for axis in options)
    rounds = [tuple(axis[min(turn, len(axis) - 1)] for axis in options) for turn in range(count)]
    rounds.sort(key=lambda chosen: sum(option.change for option in chosen))
    return [tuple(option.value for option in chosen) for chosen in rounds]


def symmetric_paddings(operator: Sliding, volume: Volume, windows: tuple[Window, ...]) -> list[int]:
    """Paddings of at most half the kernel, the same on all sides, of which at most some of the padding is left over.

    The next wider one comes before the next narrower one.
    """
    present = max(window.near + window.far for window in windows)
    widest = min(*(window.extent // 2 for window in windows), present + _NEAR)
    is_even = all(window.near == window.far == present // 2 for window in windows)

    def fits(padding: int) -> bool:
        found = operator.model_copy(update={"padding": padding}).windows([volume])
        return found is not None and all(_is_accepted(operator, window) for window in found)

    wider = next(filter(fits, range(-(-present // 2) + is_even, widest + 1)), None)
    narrower = next(filter(fits, range((present - 1) // 2, -1, -1)), None)
    return [padding for padding in (wider, narrower) if padding is not None]


def total_paddings(operator: Sliding, volume: Volume, windows: tuple[Window, ...]) -> list[list[Option]]:
    """Totals of both sides that the stride divides."""
    present = tuple((window.near, window.far) for window in windows)

    def attempt(axis: int) -> _Try:
        def with_total(total: int) -> Window | None:
            sides = (*present[:axis], halves(total), *present[axis + 1 :])
            return _window(operator.model_copy(update={"padding": sides}), volume, axis)

        return with_total

    return [_nearest(window, window.near + window.far, 0, attempt(axis)) for axis, window in enumerate(windows)]


def strides(operator: Sliding, volume: Volume, windows: tuple[Window, ...]) -> list[list[Option]]:
    """Strides that skip nothing: 1, where the stride of a pool was that of its kernel because none is given."""
    present = tuple(window.stride for window in windows)

    def attempt(axis: int) -> _Try:
        def with_stride(stride: int) -> Window | None:
            moved = (*present[:axis], stride, *present[axis + 1 :])
            found = _window(operator.model_copy(update={"stride": moved}), volume, axis)
            return found if found is not None and stride <= found.extent else None

        return with_stride

    if operator.stride is None:
        return [[Option(1, window.stride - 1)] for window in windows]
    return [_nearest(window, window.stride, 1, attempt(axis)) for axis, window in enumerate(windows)]


def kernels(operator: Sliding, volume: Volume, windows: tuple[Window, ...]) -> list[list[Option]]:
    """Kernels at the present stride."""
    present = tuple(window.kernel for window in windows)
    stride = tuple(window.stride for window in windows)

    def attempt(axis: int) -> _Try:
        def with_kernel(kernel: int) -> Window | None:
            sizes = (*present[:axis], kernel, *present[axis + 1 :])
            return _window(operator.model_copy(update={"kernel": sizes, "stride": stride}), volume, axis)

        return with_kernel

    least = 2 if operator.half_padded else 1  # a pool of one position does nothing
    return [_nearest(window, window.kernel, least, attempt(axis)) for axis, window in enumerate(windows)]


def input_sizes(operator: Sliding, volume: Volume, windows: tuple[Window, ...]) -> list[list[Option]]:
    """Sizes of the layer's own input."""

    def attempt(axis: int) -> _Try:
        def with_size(size: int) -> Window | None:
            spatial = (*volume.spatial[:axis], size, *volume.spatial[axis + 1 :])
            return _window(operator, Volume(spatial, volume.channels), axis)

        return with_size

    return [_nearest(window, window.size, 1, attempt(axis)) for axis, window in enumerate(windows)]


def halves(total: int) -> tuple[int, int]:
    """A total padding on both sides, the odd one on the far side."""
    return total // 2, total - total // 2


def _window(operator: Sliding, volume: Volume, axis: int) -> Window | None:
    """The window on an axis, if it fits and the operator allows its padding."""
    windows = operator.windows([volume])
    if windows is None:
        return None
    window = windows[axis]
    return window if window.is_whole and _is_accepted(operator, window) else None


def _is_accepted(operator: Sliding, window: Window) -> bool:
    return window.reach >= 0 and not is_fault(window) and is_allowed(operator, window)


def _nearest(window: Window, present: int, least: int, attempt: _Try) -> list[Option]:
    """The present value where it fits, else the nearest ones below and above that do, the nearer first."""
    if window.is_whole and window.output is not None:
        return [Option(present, 0)]
    farthest = min(max(_NEAR, window.stride), _FARTHEST)
    ways: tuple[Iterable[int], ...] = (
        range(present - 1, max(least, present - farthest) - 1, -1),
        range(present + 1, present + farthest + 1),
    )
    found = []
    for values in ways:
        tried = ((value, attempt(value)) for value in values)
        fits = next(((value, fit) for value, fit in tried if fit is not None and fit.output is not None), None)
        if fits is not None:
            found.append(Option(fits[0], abs(fits[0] - present)))
    return sorted(found, key=lambda option: option.change)
