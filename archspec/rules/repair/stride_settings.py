"""Settings with which a stride fits: the nearest kernels, paddings and input sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from archspec.graph.changes import Change
from archspec.ops._padding import is_allowed
from archspec.ops._sliding import Sliding
from archspec.ops._window import CROP
from archspec.rules._wording import join
from archspec.rules.repair.candidates import Candidate, try_candidates
from archspec.volume import Volume, sizes

if TYPE_CHECKING:
    from collections.abc import Callable

    from archspec.graph.model import Graph, Node
    from archspec.ops._window import Window
    from archspec.rules.repair.candidates import Offer

    _Try = Callable[[int], "Window | None"]

_NEAR, _FARTHEST = 64, 4096
"""How far from its present value a setting is looked for: a stride, within these bounds."""


class _Option(NamedTuple):
    """A value for one axis, and how far it is from the present one."""

    value: int
    change: int


class FittingSetting(NamedTuple):
    """Values of one setting that fit, the least ``change`` first; the texts of the offers are values as written."""

    change: int
    name: str
    offers: tuple[Offer, ...]

    @property
    def phrase(self) -> str:
        """``kernel 2 or 4 fits (5x5, 4x4)``."""
        outputs = [sizes(offer.call.output.spatial) for offer in self.offers if offer.call.output]
        return f"{self.name} {join([offer.text for offer in self.offers], 'or')} fits ({', '.join(outputs)})"


def settings_that_fit(node: Node, graph: Graph) -> tuple[FittingSetting, ...]:
    """What can be offered for a layer whose stride does not fit, the least change first; empty when nothing is near.

    Input sizes are only offered to a layer whose input is the network's own.
    """
    operator, volume = node.operator, node.volume
    windows = node.windows
    if windows is None or volume is None or not isinstance(operator, Sliding):
        return ()
    is_first = node.inputs[0] in graph.inputs
    has_fixed_kernel = getattr(operator, "fixed", None) is not None  # weights in the spec have the size they have
    found = [
        () if has_fixed_kernel else _settings("kernel", _kernels(operator, volume, windows)),
        _settings("padding", _paddings(operator, volume, windows)),
        _settings("input", _inputs(operator, volume, windows)) if is_first else (),
    ]
    tried = (_try_rounds(node, graph, rounds) for rounds in found if rounds)
    return tuple(sorted((setting for setting in tried if setting is not None), key=lambda setting: setting.change))


def accepted_loss(node: Node, graph: Graph) -> tuple[Offer, ...]:
    """To accept what the stride loses."""
    candidate = Candidate(CROP, {node.name: Change({"fit": CROP})})
    return tuple(try_candidates(graph, node, "stride", [candidate]))


class _Round(NamedTuple):
    """One value of a setting for every axis, and how far they are from the present ones."""

    name: str
    values: tuple[int, ...]
    change: int


def _settings(name: str, options: list[list[_Option]]) -> list[_Round]:
    """The values of one setting, the least change first; none when an axis has no option."""
    if not all(options):
        return []
    count = max(len(axis) for axis in options)
    rounds = [tuple(axis[min(turn, len(axis) - 1)] for axis in options) for turn in range(count)]
    rounds.sort(key=lambda chosen: sum(option.change for option in chosen))
    return [
        _Round(name, tuple(option.value for option in chosen), sum(option.change for option in chosen))
        for chosen in rounds
    ]


def _try_rounds(node: Node, graph: Graph, rounds: list[_Round]) -> FittingSetting | None:
    pairs = []
    for each in rounds:
        pairs += [(each, offer) for offer in try_candidates(graph, node, "stride", [_candidate(node, each)])]
    return FittingSetting(pairs[0][0].change, rounds[0].name, tuple(offer for _, offer in pairs)) if pairs else None


def _candidate(node: Node, chosen: _Round) -> Candidate:
    values = chosen.values
    if chosen.name == "input" and node.volume is not None:
        return Candidate(sizes(values), inputs={node.inputs[0]: Volume(values, node.volume.channels)})
    if chosen.name == "padding":
        return Candidate(_padding_text(values), {node.name: Change({"padding": tuple(map(_halves, values))})})
    return Candidate(_scalar_or_list(values), {node.name: Change({"kernel": values})})


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
        return [_Option(present, 0)]
    farthest = min(max(_NEAR, window.stride), _FARTHEST)
    below = range(present - 1, max(least, present - farthest) - 1, -1)
    above = range(present + 1, present + farthest + 1)
    found = []
    for values in (below, above):
        tried = ((value, attempt(value)) for value in values)
        fits = next(((value, fit) for value, fit in tried if fit is not None and fit.output is not None), None)
        if fits is not None:
            found.append(_Option(fits[0], abs(fits[0] - present)))
    return sorted(found, key=lambda option: option.change)


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
