"""Settings with which a stride fits, in the order in which people would choose them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from archspec.graph.changes import Change
from archspec.ops._sliding import Sliding
from archspec.ops._window import CROP
from archspec.rules._wording import join
from archspec.rules.repair.arguments import value_text, with_arguments
from archspec.rules.repair.candidates import Candidate, try_candidates
from archspec.rules.repair.network_inputs import inputs_for_all
from archspec.rules.repair.remaining_faults import rank
from archspec.rules.repair.stride_options import (
    halves,
    in_rounds,
    input_sizes,
    kernels,
    strides,
    symmetric_paddings,
    total_paddings,
)
from archspec.volume import Volume, sizes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.graph.model import Graph, Node
    from archspec.rules._trial_work import TrialWork
    from archspec.rules.repair.candidates import Offer

_PADDING, _INPUT, _STRIDE, _KERNEL = _ORDER = ("padding", "input", "stride", "kernel")
"""Settings in the order in which people choose them."""
_TWO = 2
"""Ranks from which on an offer brings a fault to another layer."""


class FittingSetting(NamedTuple):
    """Values of one setting that fit, the best first: ``rank`` is that of the first one, ``worst`` of the last.

    The texts of the offers are values as written; ``kept`` is what is written with each, and
    ``classes`` are those of all inputs that fit the whole network.
    """

    name: str
    offers: tuple[Offer, ...]
    rank: int
    worst: int
    kept: str = ""
    classes: str | None = None

    @property
    def phrase(self) -> str:
        """``kernel 2 or 4 fits (5x5, 4x4)``, ``input 195x195 or 227x227 fits the whole network (67 + 32k)``."""
        values = f"{self.name} {join([offer.text for offer in self.offers], 'or')}{self.kept}"
        if self.classes is not None:
            return f"{values} fits the whole network{self.classes}"
        outputs = [sizes(offer.call.output.spatial) for offer in self.offers if offer.call.output]
        return f"{values} fits ({', '.join(outputs)})"


def settings_that_fit(node: Node, graph: Graph, work: TrialWork, *, is_first: bool) -> list[FittingSetting]:
    """What can be offered for a layer whose stride does not fit, what people would choose first; empty for nothing.

    Padding of which only padding is left over comes first, unless it leaves faults in the network and one input does
    not; then other strides, and then kernels. What brings a fault to another layer is offered for want of anything
    better. Inputs that fit the whole network are offered for the first such layer.
    """
    tried = [_setting(name, candidates, node, graph, work) for name, candidates in _candidates(node, graph)]
    found = [setting for setting in tried if setting is not None]
    of_input = next((setting for setting in found if setting.name == _INPUT), None)
    if is_first and (of_input is None or of_input.worst > 0):
        whole = _inputs_for_all(node, graph, work)
        found = [whole, *(setting for setting in found if setting is not of_input)] if whole else found
    fair = [setting for setting in found if setting.rank < _TWO] or found
    return sorted(fair, key=_preference)


def _preference(setting: FittingSetting) -> tuple[bool, int]:
    """Padding that leaves no fault, inputs that leave none, and all others by what they are."""
    comes_first = setting.rank == 0 and setting.name in (_PADDING, _INPUT)
    return not comes_first, _ORDER.index(setting.name)


def _candidates(node: Node, graph: Graph) -> Iterator[tuple[str, list[Candidate]]]:
    operator, volume, windows = node.operator, node.volume, node.windows
    if windows is None or volume is None or not isinstance(operator, Sliding):
        return
    symmetric = symmetric_paddings(operator, volume, windows)
    sides = [(_halves_of(total)) for total in in_rounds(total_paddings(operator, volume, windows))]
    yield (
        _PADDING,
        [with_arguments([node], {_PADDING: each}, str(each)) for each in symmetric]
        or [with_arguments([node], {_PADDING: each}, value_text(each)) for each in sides],
    )
    if node.inputs[0] in graph.inputs:
        spatial = in_rounds(input_sizes(operator, volume, windows))
        yield (
            _INPUT,
            [Candidate(sizes(each), inputs={node.inputs[0]: Volume(each, volume.channels)}) for each in spatial],
        )
    yield _STRIDE, [_of_axes(node, _STRIDE, each) for each in in_rounds(strides(operator, volume, windows))]
    if getattr(operator, "fixed", None) is None:  # weights in the spec have the size they have
        kept = {} if operator.stride is not None else {_STRIDE: tuple(window.stride for window in windows)}
        yield _KERNEL, [_of_axes(node, _KERNEL, each, **kept) for each in in_rounds(kernels(operator, volume, windows))]


def _halves_of(totals: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    return tuple(map(halves, totals))


def _of_axes(node: Node, name: str, values: tuple[int, ...], **others: tuple[int, ...]) -> Candidate:
    """Another value of a setting on every axis; others are written with it, which would change too."""
    return with_arguments([node], {name: values, **others}, value_text(values))


def _setting(
    name: str, candidates: list[Candidate], node: Node, graph: Graph, work: TrialWork
) -> FittingSetting | None:
    """The candidates that help, the best first; None if there is none."""
    offers = [(rank(graph, offer, work), offer) for offer in try_candidates(graph, node, _STRIDE, candidates)]
    offers.sort(key=_rank)
    fair = [pair for pair in offers if pair[0] < _TWO] or offers
    return (
        FittingSetting(name, tuple(offer for _, offer in fair), fair[0][0], fair[-1][0], _kept(fair[0][1]))
        if fair
        else None
    )


def _kept(offer: Offer) -> str:
    """What is written with a setting because it is not to change."""
    arguments = next(iter(offer.changes.values())).arguments if offer.changes else {}
    return "".join(f" with {name} {value_text(value)}" for name, value in [*arguments.items()][1:])


def _rank(pair: tuple[int, Offer]) -> int:
    return pair[0]


def _inputs_for_all(node: Node, graph: Graph, work: TrialWork) -> FittingSetting | None:
    """The nearest inputs that fit the whole network."""
    found = inputs_for_all(graph, node, _STRIDE)
    if found is None:
        return None
    best = rank(graph, found.offers[0], work)
    return FittingSetting(_INPUT, found.offers, best, best, classes=found.classes)


def accepted_loss(node: Node, graph: Graph) -> tuple[Offer, ...]:
    """To accept what the stride loses."""
    candidate = Candidate(CROP, {node.name: Change({"fit": CROP})})
    return tuple(try_candidates(graph, node, _STRIDE, [candidate]))
