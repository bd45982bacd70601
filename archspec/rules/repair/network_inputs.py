"""Input sizes that fit the whole network at once: the nearest, and the classes they are of."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from archspec.analysis.congruences import joined_classes
from archspec.analysis.fitting_sizes import axes_together
from archspec.analysis.infer import inputs_at
from archspec.analysis.sizing import Sizing
from archspec.rules._wording import even, join
from archspec.rules.repair.candidates import Candidate, try_candidates
from archspec.volume import Volume, sizes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from archspec.analysis.sizing import Proven
    from archspec.graph.model import Graph, Node
    from archspec.rules.repair.candidates import Fault, Offer

_WORK = 100_000
"""Operator calls that a search may take: of a huge network no sizes are offered, so that no reader waits for them."""
_LARGEST = 5_000
"""Layers of the largest network whose sizes are searched."""
_BUILT = 4_000
"""How many layers may be built for sizes that need a graph of their own."""
_FARTHEST = 128
"""How far from the present size is looked."""
_MOST = 3
"""Classes that are written out."""


class Inputs(NamedTuple):
    """Inputs that fit the whole network, the nearest one first, and the classes of all there are."""

    offers: tuple[Offer, ...]
    classes: str

    @property
    def phrase(self) -> str:
        """``input 227x227 or 195x195 fits the whole network (67 + 32k)``."""
        return f"input {join([offer.text for offer in self.offers], 'or')} fits the whole network{self.classes}"


class _Nearest(NamedTuple):
    """The nearest sizes that fit, the nearest one first, and the classes of all there are."""

    spatial: tuple[tuple[int, ...], ...]
    classes: str


def inputs_for_all(graph: Graph, node: Node, fault: Fault) -> Inputs | None:
    """The nearest smaller and larger input with which ``check`` has no error of shape; None when none is found."""
    found = _inputs_for_all(graph)
    if found is None:
        return None
    candidates = (Candidate(sizes(spatial), inputs=inputs_at(graph, spatial)) for spatial in found.spatial)
    offers = tuple(try_candidates(graph, node, fault, candidates))
    return Inputs(offers, found.classes) if offers else None


@lru_cache(maxsize=1)
def _inputs_for_all(graph: Graph) -> _Nearest | None:
    """Of any layer's fault: the network is searched once.

    An axis that fits is left alone. Of classes that fit, the multiples of their step are preferred: these are what
    people call good sizes.
    """
    try:
        for axes in axes_together(graph):
            if found := _inputs(graph, axes):
                return found
    except LookupError:
        pass
    return None


def _inputs(graph: Graph, axes: tuple[int, ...]) -> _Nearest | None:
    sizing, everywhere = _sizing(graph, axes), _of_all_axes(graph)
    reach = min(_FARTHEST, (_BUILT if sizing.inference is None else _WORK) // (2 * len(graph.nodes) + 1))
    present = [sizing.spatial[axis] for axis in axes]
    if not any(sizing.fits(near) for size in present for near in range(max(size - reach, 1), size + reach + 1)):
        return None
    proven = sizing.congruences(_WORK)
    chosen = _multiples(proven) or sizing.fits
    found = []
    for sign in (-1, 1):
        nearest = {axis: _nearest(sizing.spatial[axis], sign, chosen, reach) for axis in axes}
        grown = (nearest.get(axis, size) for axis, size in enumerate(sizing.spatial))
        spatial = tuple(size for size in grown if size is not None)
        if len(spatial) == len(sizing.spatial) and spatial != sizing.spatial and everywhere.misfit(spatial) is None:
            found.append(spatial)
    found.sort(key=lambda spatial: sum(abs(size - other) for size, other in zip(spatial, sizing.spatial, strict=True)))
    return _Nearest(tuple(found), _classes(proven)) if found else None


def _multiples(proven: Proven | None) -> Callable[[int], bool] | None:
    """Whether a size is of the class of multiples, if there is one and it is not all sizes."""
    classes = [each for each in proven.classes if each.first % each.step == 0] if proven else []
    return classes[0].__contains__ if classes and classes[0].step > 1 else None


def _nearest(size: int, sign: int, fits: Callable[[int], bool], reach: int) -> int | None:
    """The size itself if it fits, else the nearest on one side that does."""
    tried = range(size, max(size + sign * (reach + 1), 0), sign)
    return next((each for each in tried if fits(each)), None)


def multiples(graph: Graph, steps: Sequence[int]) -> Iterator[Candidate]:
    """The nearest smaller and larger input whose sides are multiples of one number each."""
    name, volume = next(iter(graph.inputs.items()))
    if volume is not None:
        pairs = [*zip(volume.spatial, steps, strict=True)]
        for spatial in (
            tuple(size - size % step for size, step in pairs),
            tuple(size + -size % step for size, step in pairs),
        ):
            if min(spatial) > 0:
                yield Candidate(even(spatial), inputs={name: Volume(spatial, volume.channels)})


def do_for_all(graph: Graph, inputs: Iterable[str]) -> bool:
    """Whether the whole network fits each of some input sizes, as text."""
    try:
        sizing = _of_all_axes(graph)
        return all(sizing.misfit(tuple(map(int, each.split("x")))) is None for each in inputs)
    except LookupError:
        return False


def _of_all_axes(graph: Graph) -> Sizing:
    """What judges the windows on every axis."""
    first = next(iter(graph.inputs.values()))
    return _sizing(graph, range(len(first.spatial) if first else 0))


def _sizing(graph: Graph, axes: Sequence[int]) -> Sizing:
    if len(graph.nodes) > _LARGEST:
        raise LookupError
    return Sizing(graph, "accepted", axes, tries=_BUILT // (len(graph.nodes) + 1))


def _classes(proven: Proven | None) -> str:
    texts = joined_classes(proven.classes) if proven else []
    return f" ({', '.join(texts)})" if 0 < len(texts) <= _MOST else ""


@lru_cache(maxsize=1)
def smallest_from(graph: Graph, spatial: tuple[int, ...]) -> tuple[int, ...]:
    """The smallest input that fits the whole network, from one on whose axes grow alike; that one if none is near.

    Axes that are as they were stay so.
    """
    try:
        sizing = _of_all_axes(graph)
        reach = min(_FARTHEST, (_BUILT if sizing.inference is None else _WORK) // (len(graph.nodes) + 1))
    except LookupError:
        return spatial
    grows = [size != present for size, present in zip(spatial, sizing.spatial, strict=True)]
    steps = [grows] if all(grows) else [grows, [True] * len(grows)]
    for growing in steps:
        tried = (
            tuple(size + more * moves for size, moves in zip(spatial, growing, strict=True)) for more in range(reach)
        )
        found = next((each for each in tried if sizing.misfit(each) is None), None)
        if found is not None:
            return found
    return spatial
