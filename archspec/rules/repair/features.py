"""What the numbers of a dense layer's claim hint at, and what makes it true."""

from __future__ import annotations

from math import isqrt
from typing import TYPE_CHECKING

from archspec.analysis.infer import inference_until, inputs_at
from archspec.graph.changes import Change
from archspec.ops import operator
from archspec.rules._wording import located
from archspec.rules.repair.candidates import Candidate, try_candidates
from archspec.rules.repair.network_inputs import do_for_all
from archspec.rules.repair.replacements import of_all_positions
from archspec.rules.repair.roundings import rounding_that_repairs
from archspec.volume import Volume, sizes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.graph.model import Graph, Node

_FAULT = "in_features"
_CALLS = 5_000
"""Operator calls over all inputs that are tried."""


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
        return (f"that is {factor} x {factor} times as many: a pooling or stride of {factor} less than planned",)
    return (f"that is {factor} x {factor} times fewer: a pooling or stride of {factor} more than planned",)


def dense(stated: int, node: Node, graph: Graph) -> Iterator[str]:
    """Where ``fc`` would be right: it sees the whole volume, and ``linear`` one position."""
    if node.traits.is_dense and not node.traits.is_global and node.operator is not None:
        arguments = node.operator.model_dump(exclude_unset=True)
        text = "`{}` sees the whole volume, as many as are stated"
        candidates = of_all_positions(node, text, {**arguments, _FAULT: stated})
        yield from (offer.text for offer in try_candidates(graph, node, _FAULT, candidates))


def feature_repairs(stated: int, node: Node, before: list[Node], graph: Graph) -> Iterator[str]:
    """Changes before the layer with which its claim of ``stated`` features is true."""
    pool = next((step for step in reversed(before) if step.volume and step.volume.positions > 1), None)
    name = pool.traits.global_form if pool is not None and pool.traits.pool == "mean" else None
    if pool is not None and name is not None:
        text = f"`{name}` in place of {located(pool)} leaves {stated:,} of any map"
        candidate = Candidate(text, {pool.name: Change(operator=operator(name)())})
        yield from (offer.text for offer in try_candidates(graph, node, _FAULT, [candidate]))
    for rounding, offer in rounding_that_repairs(before, node, graph, _FAULT):
        yield f"{rounding}: {offer.text} would give {offer.call.input_volumes[0]}"
    volume = unflattened(node.volume, before) if node.volume else None
    if name is not None or (volume is not None and volume.channels != stated):
        yield from (offer.text for offer in try_candidates(graph, node, _FAULT, _inputs_for(stated, before, graph)))


def _inputs_for(stated: int, before: list[Node], graph: Graph) -> Iterator[Candidate]:
    """The nearest square input that gives as many features as are stated, if the whole network fits it."""
    first = next(iter(graph.inputs.values()), None)
    if first is None or not before or before[0].inputs[0] not in graph.inputs or not first.spatial:
        return
    inference = inference_until(graph, before[-1])
    present, most = first.spatial[0], _CALLS // len(inference.layers)
    for size in sorted(range(max(1, present - most), present + most), key=lambda size: abs(size - present)):
        spatial = (size,) * len(first.spatial)
        inputs = inputs_at(graph, spatial)
        output = inference.output([inputs[name] for name in inference.names[: inference.given]])
        if output is not None and output.size == stated and do_for_all(graph, [sizes(spatial)]):
            yield Candidate(f"an input of {Volume(spatial, first.channels)} gives {stated:,}", inputs=inputs)
            return
