"""What the numbers of a dense layer's claim hint at, and what would make it true, each tried."""

from __future__ import annotations

from math import isqrt
from typing import TYPE_CHECKING

from archspec.rules._channels_first import channels_first_hint, with_channels_last
from archspec.rules._retold import rounding_that_gives, volume_behind
from archspec.rules._whole_network import do_for_all
from archspec.rules._wording import located
from archspec.volume import Volume, sizes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.graph.model import Graph, Node

_STEPS = 5_000
"""Layers asked again, over all inputs that are tried."""


def order_of_axes(node: Node, graph: Graph) -> tuple[str, ...]:
    """The order of axes with which as many arrive as are stated."""
    tried = with_channels_last(graph)
    found = tried.by_name.get(node.name) if tried else None
    if found is None or found.volume is None or found.operator is None:
        return ()
    claims = found.operator.claims([found.volume])
    return channels_first_hint(graph) if claims and all(each.stated == each.actual for each in claims) else ()


def unflattened(volume: Volume, before: list[Node]) -> Volume:
    """The map that a vector was before it was flattened; the volume itself when it was not."""
    for step in reversed(before):
        if step.volume is None or step.volume.size != volume.size:
            break
        volume = step.volume if step.kind == "flatten" else volume
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


def dense(stated: int, node: Node) -> tuple[str, ...]:
    """Where ``fc`` would be right: it sees the whole volume, and ``linear`` one position."""
    meant = node.kind == "linear" and node.volume is not None and node.volume.size == stated
    return ("`fc` sees the whole volume, as many as are stated",) if meant else ()


def ways_to_mend(stated: int, volume: Volume, before: list[Node], graph: Graph) -> Iterator[str]:
    """Changes before the layer, each tried, that make as many arrive as are stated."""
    pool = next((step for step in reversed(before) if step.volume and step.volume.positions > 1), None)
    is_pooled = pool is not None and pool.kind == "avg_pool"
    if pool is not None and is_pooled and volume.channels == stated:
        yield f"`global_avg_pool` in place of {located(pool)} leaves {stated:,} of any map"
    rounding = rounding_that_gives(before, lambda behind: behind.size == stated)
    if rounding:
        yield rounding
    meant = _input_for(stated, before, graph) if is_pooled or volume.channels != stated else None
    if meant is not None:
        yield f"an input of {meant} gives {stated:,}"


def _input_for(stated: int, before: list[Node], graph: Graph) -> Volume | None:
    """The nearest square input with which as many arrive as are stated."""
    given = next(iter(graph.inputs.values()), None)
    if given is None or not before or before[0].inputs[0] not in graph.inputs or not given.spatial:
        return None
    present, most = given.spatial[0], _STEPS // len(before)
    near = sorted(range(max(1, present - most), present + most), key=lambda size: abs(size - present))
    squares = (Volume((size,) * len(given.spatial), given.channels) for size in near)
    right = (tried for tried in squares if _arriving(before, tried) == stated)
    return next((tried for tried in right if do_for_all(graph, [sizes(tried.spatial)])), None)


def _arriving(before: list[Node], start: Volume) -> int:
    behind = volume_behind(before, {}, start)
    return behind.size if behind is not None else 0
