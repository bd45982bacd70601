"""What the numbers of a dense layer's claim hint at, and what makes it true."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import islice
from math import isqrt
from typing import TYPE_CHECKING

from archspec.analysis.infer import inference_until, inputs_at
from archspec.graph.changes import Change
from archspec.ops import operator
from archspec.ops._sliding import Sliding
from archspec.rules._wording import join, located
from archspec.rules.repair.arguments import with_arguments
from archspec.rules.repair.candidates import Candidate, try_candidates
from archspec.rules.repair.network_inputs import do_for_all
from archspec.rules.repair.replacements import of_all_positions
from archspec.rules.repair.roundings import rounding_that_repairs
from archspec.volume import Volume, sizes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.graph.model import Graph, Node
    from archspec.ops._window import Window

_FAULT = "in_features"
_CALLS = 1_000_000
"""Layers of a network times the largest size that is tried."""
_LARGEST = 4_096
"""The largest input that is tried."""
_TRIES = 64
"""Inputs of which the whole network is tried, where many give as many features."""


def unflattened(volume: Volume, before: list[Node]) -> Volume:
    """The map that a vector was before it was flattened; the volume itself when it was not."""
    for step in reversed(before):
        if step.volume is None or step.volume.size != volume.size:
            break
        volume = step.volume if step.traits.is_view and step.traits.is_global else volume
    return volume


def quotient(stated: int, actual: int, volume: Volume) -> tuple[str, ...]:
    """What a quotient of m x m hints at, or one of all the positions."""
    if stated == volume.channels:
        return (f"{stated:,} are the channels alone, without the {' x '.join(map(str, volume.spatial))} positions",)
    large, small = max(stated, actual), min(stated, actual)
    factor = isqrt(large // small)
    if factor < 2 or large != small * factor * factor:  # 1 x 1 explains nothing
        return ()
    if actual > stated:
        return (f"that is {factor} x {factor} times as many: downsampling by {factor} once more would give {stated:,}",)
    return (f"that is {factor} x {factor} times fewer: downsampling by {factor} once less would give {stated:,}",)


def dense(stated: int, node: Node, graph: Graph) -> Iterator[str]:
    """Where ``fc`` would be right: it sees the whole volume, and ``linear`` one position."""
    if node.traits.is_dense and not node.traits.is_global and node.operator is not None:
        arguments = node.operator.model_dump(exclude_unset=True)
        text = "`{}` sees the whole volume, as many as are stated"
        candidates = of_all_positions(node, text, {**arguments, _FAULT: stated})
        yield from (offer.text for offer in try_candidates(graph, node, _FAULT, candidates))


def feature_repairs(stated: int, node: Node, before: list[Node], graph: Graph) -> Iterator[str]:
    """Changes before the layer with which its claim of ``stated`` features is true."""
    pool = next((step for step in reversed(before) if not _keeps_features(step)), None)
    name = pool.traits.global_form if pool is not None and pool.traits.pool == "mean" else None
    if pool is not None and name is not None:
        text = f"`{name}` in place of {located(pool)} leaves {stated:,} of any map"
        candidate = Candidate(text, {pool.name: Change(operator=operator(name)())})
        yield from (offer.text for offer in try_candidates(graph, node, _FAULT, [candidate]))
    for rounding, offer in rounding_that_repairs(before, node, graph, _FAULT):
        yield f"{rounding}: {offer.text} would give {offer.call.input_volumes[0]}"
    volume = unflattened(node.volume, before) if node.volume else None
    for offer in islice(try_candidates(graph, node, _FAULT, _valid_padding(before)), 1):
        yield f"{stated:,} = {_factors(stated, volume)}, as {offer.text} gives"
    if name is not None or (volume is not None and volume.channels != stated):
        yield from (offer.text for offer in try_candidates(graph, node, _FAULT, _inputs_for(stated, before, graph)))


def _keeps_features(step: Node) -> bool:
    """Whether a layer gives as many features as it gets: a flatten, an activation, dropout."""
    volume, output = step.volume, step.output
    return volume is not None and output is not None and volume.size == output.size and len(step.inputs) == 1


def _factors(stated: int, volume: Volume | None) -> str:
    """A number of features as a square map of the channels of a volume: ``13x13x8``."""
    if volume is None or not volume.spatial or stated % volume.channels:
        return f"{stated:,}"
    axes = len(volume.spatial)
    side = round((stated // volume.channels) ** (1 / axes))
    return str(Volume((side,) * axes, volume.channels)) if side**axes * volume.channels == stated else f"{stated:,}"


def _valid_padding(before: list[Node]) -> Iterator[Candidate]:
    """No padding at one of the convolutions before, the nearest one first, or at all of them."""
    padded = [step for step in before if any(window.near or window.far for window in _sliding(step))]
    for steps in (*([step] for step in reversed(padded)), padded):
        places = join([located(step) for step in steps])
        yield with_arguments(steps, {"padding": "valid"}, f"`padding: valid` at {places}")


def _sliding(step: Node) -> tuple[Window, ...]:
    return (step.windows or ()) if isinstance(step.operator, Sliding) else ()


def _inputs_for(stated: int, before: list[Node], graph: Graph) -> Iterator[Candidate]:
    """The square input nearest to the present one that gives as many features as are stated, and that the network fits.

    A larger input never gives fewer features, so the sizes that give them follow each other.
    """
    first = next(iter(graph.inputs.values()), None)
    if first is None or not before or before[0].inputs[0] not in graph.inputs or not first.spatial:
        return
    inference = inference_until(graph, before[-1])

    def features(size: int) -> int:
        inputs = inputs_at(graph, (size,) * len(first.spatial))
        output = inference.output([inputs[name] for name in inference.names[: inference.given]])
        return 0 if output is None else output.size

    largest = min(_LARGEST, max(_CALLS // len(inference.layers), 1))
    low = bisect_left(range(largest), stated, lo=1, key=features)
    high = bisect_right(range(largest), stated, lo=low, key=features)
    for size in sorted(range(low, min(high, low + _TRIES)), key=lambda size: abs(size - first.spatial[0])):
        spatial = (size,) * len(first.spatial)
        if do_for_all(graph, [sizes(spatial)]):
            yield Candidate(
                f"an input of {Volume(spatial, first.channels)} gives {stated:,}", inputs=inputs_at(graph, spatial)
            )
            return
