"""Settings with which a stride fits: the nearest kernels, paddings and input sizes, each tried before it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from archspec.ops._padding import is_allowed
from archspec.ops._sliding import Sliding
from archspec.rules._wording import join
from archspec.volume import Volume, sizes

if TYPE_CHECKING:
    from collections.abc import Callable

    from archspec.ops._base import Operator
    from archspec.ops._window import Window

    _Try = Callable[[int], "Window | None"]

_NEAR, _FARTHEST = 64, 4096
"""How far from its present value a setting is looked for: a stride, within these bounds."""


class _Option(NamedTuple):
    """A value for one axis, the outputs it gives, and how far it is from the present one."""

    value: int
    outputs: int
    change: int


class Offer(NamedTuple):
    """Values of one setting that fit, the least ``change`` first: as they are written, and the outputs they give."""

    change: int
    name: str
    values: tuple[str, ...]
    outputs: tuple[str, ...]

    @property
    def phrase(self) -> str:
        """``kernel 2 or 4 fits (5x5, 4x4)``."""
        return f"{self.name} {join(self.values, 'or')} fits ({', '.join(self.outputs)})"


def settings_that_fit(operator: Operator, volume: Volume, *, is_first: bool) -> tuple[Offer, ...]:
    """What can be offered, the least change first; empty when nothing is near.

    Input sizes are only offered to a layer that ``is_first``, whose input is the network's own.
    """
    windows = operator.windows([volume])
    if windows is None or not isinstance(operator, Sliding):
        return ()
    written = getattr(operator, "fixed", None) is not None  # weights that stand in the spec have the size they have
    offers = [
        None if written else _offer("kernel", _kernels(operator, volume, windows), _scalar_or_list),
        _offer("padding", _paddings(operator, volume, windows), _padding_text),
        _offer("input", _inputs(operator, volume, windows), sizes) if is_first else None,
    ]
    return tuple(sorted((offer for offer in offers if offer), key=lambda offer: offer.change))


def _kernels(operator: Sliding, volume: Volume, windows: tuple[Window, ...]) -> list[list[_Option]]:
    present = tuple(window.kernel for window in windows)

    def attempt(axis: int) -> _Try:
        def with_kernel(kernel: int) -> Window | None:
            kernels = (*present[:axis], kernel, *present[axis + 1 :])
            return _window(operator.model_copy(update={"kernel": kernels}), volume, axis)

        return with_kernel

    least = 2 if operator.half_padded else 1  # a pool of one position does nothing
    return [_nearest(window, window.kernel, least, attempt(axis)) for axis, window in enumerate(windows)]


def _paddings(operator: Sliding, volume: Volume, windows: tuple[Window, ...]) -> list[list[_Option]]:
    present = tuple((window.near, window.far) for window in windows)

    def attempt(axis: int) -> _Try:
        def with_total(total: int) -> Window | None:
            sides = (*present[:axis], _halves(total), *present[axis + 1 :])
            return _window(operator.model_copy(update={"padding": sides}), volume, axis)

        return with_total

    return [_nearest(window, window.near + window.far, 0, attempt(axis)) for axis, window in enumerate(windows)]


def _inputs(operator: Sliding, volume: Volume, windows: tuple[Window, ...]) -> list[list[_Option]]:
    def attempt(axis: int) -> _Try:
        def with_size(size: int) -> Window | None:
            spatial = (*volume.spatial[:axis], size, *volume.spatial[axis + 1 :])
            return _window(operator, Volume(spatial, volume.channels), axis)

        return with_size

    return [_nearest(window, window.size, 1, attempt(axis)) for axis, window in enumerate(windows)]


def _window(operator: Sliding, volume: Volume, axis: int) -> Window | None:
    """The window on an axis, if it fits and the operator allows its padding."""
    windows = operator.windows([volume])
    if windows is None:
        return None
    window = windows[axis]
    return window if window.reach >= 0 and window.is_whole and is_allowed(operator, window) else None


def _nearest(window: Window, present: int, least: int, attempt: _Try) -> list[_Option]:
    """The present value where it fits, else the nearest ones below and above that do, the nearer first."""
    if window.is_whole and window.output is not None:
        return [_Option(present, window.output, 0)]
    farthest = min(max(_NEAR, window.stride), _FARTHEST)
    below = range(present - 1, max(least, present - farthest) - 1, -1)
    above = range(present + 1, present + farthest + 1)
    found = []
    for values in (below, above):
        tried = ((value, attempt(value)) for value in values)
        fits = next(((value, fit) for value, fit in tried if fit is not None and fit.output is not None), None)
        if fits is not None:
            found.append(_Option(fits[0], fits[1].output or 0, abs(fits[0] - present)))
    return sorted(found, key=lambda option: option.change)


def _offer(name: str, options: list[list[_Option]], text: Callable[[tuple[int, ...]], str]) -> Offer | None:
    """What one kind of setting offers; None when an axis has no option."""
    if not all(options):
        return None
    count = max(len(axis) for axis in options)
    rounds = [tuple(axis[min(turn, len(axis) - 1)] for axis in options) for turn in range(count)]
    rounds.sort(key=lambda chosen: sum(option.change for option in chosen))
    texts = tuple(text(tuple(option.value for option in chosen)) for chosen in rounds)
    outputs = tuple(sizes(tuple(option.outputs for option in chosen)) for chosen in rounds)
    return Offer(sum(option.change for option in rounds[0]), name, texts, outputs)


def _halves(total: int) -> tuple[int, int]:
    """A total padding on both sides, the odd one on the far side."""
    return total // 2, total - total // 2


def _scalar_or_list(values: tuple[int, ...]) -> str:
    return str(values[0]) if len(set(values)) == 1 else f"[{', '.join(map(str, values))}]"


def _padding_text(totals: tuple[int, ...]) -> str:
    sides = [_halves(total) for total in totals]
    if len({side for pair in sides for side in pair}) == 1:
        return str(sides[0][0])
    return "[" + ",".join(f"[{near},{far}]" for near, far in sides) + "]"
