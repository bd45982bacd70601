"""The arena: one block of memory for all volumes, each of which has a place in it while it is needed.

Where each begins is a packing problem (dynamic storage allocation) that is hard in general and easy in networks: of a
few simple orders one nearly always needs no more than the volumes that are alive at once, which is the least possible.
"""

from __future__ import annotations

import random
from bisect import insort
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from archspec.engine.fused_group import FusedGroup
    from archspec.graph.model import Graph

GRAIN = 16
"""Elements to multiples of which sizes are rounded up, so that volumes begin at a line of the cache (64 bytes)."""
_NEAR = 1.01
"""Times the least possible size with which the search ends."""
_TRIES = 60
_MOST_PAIRS = 3_000_000
"""Pairs of volumes that the search compares in all: it takes a second at most."""


class LiveRange(NamedTuple):
    """Memory by the name of the first volume in it: elements of one sample, first and last step that need it."""

    name: str
    size: int
    begin: int
    end: int


class Arena(NamedTuple):
    """``size`` elements for one sample; each volume's ``start`` by name, which volumes of the same memory share."""

    size: int
    start: dict[str, int]


def arena(graph: Graph, steps: Sequence[FusedGroup]) -> Arena:
    """Places for all volumes of a network that runs in these steps."""
    homes = _homes(graph, steps)
    volumes = _live_ranges(graph, steps, homes)
    starts = _best(volumes, _least(volumes, len(steps)))
    size = max((starts[volume.name] + volume.size for volume in volumes), default=0)
    return Arena(size, {name: starts[home] for name, home in homes.items()})


def _homes(graph: Graph, steps: Sequence[FusedGroup]) -> dict[str, str]:
    """For each volume the first volume in its memory."""
    homes = {name: name for name in graph.inputs}
    for group in steps:
        homes[group.name] = homes[group.overwrites] if group.overwrites else group.name
    return homes


def _live_ranges(graph: Graph, steps: Sequence[FusedGroup], homes: dict[str, str]) -> list[LiveRange]:
    """The memory that is needed and when: inputs from the start, results to the end."""
    begin = {homes[name]: 0 for name in graph.inputs}
    end = dict(begin)
    for index, group in enumerate(steps):
        begin.setdefault(homes[group.name], index)
        for name in (*group.reads, group.name):
            end[homes[name]] = index
    end |= {homes[name]: len(steps) for name in graph.outputs}
    sizes = {home: getattr(graph.volume(home), "size", 0) for home in begin}
    return [LiveRange(home, -(-sizes[home] // GRAIN) * GRAIN, begin[home], end[home]) for home in begin]


def _least(volumes: list[LiveRange], steps: int) -> int:
    """The peak memory."""
    changes = [0] * (steps + 2)
    for volume in volumes:
        changes[volume.begin] += volume.size
        changes[volume.end + 1] -= volume.size
    most = total = 0
    for change in changes:
        total += change
        most = max(most, total)
    return most


def _best(volumes: list[LiveRange], least: int) -> dict[str, int]:
    """The first packing near the least possible size, else the smallest of those that were tried."""
    best: dict[str, int] = {}
    smallest = float("inf")
    for order, high in _orders(volumes):
        starts = _place_all(order, high, least)
        size = max((starts[volume.name] + volume.size for volume in volumes), default=0)
        if size < smallest:
            best, smallest = starts, size
        if smallest <= least * _NEAR:
            break
    return best


def _orders(volumes: list[LiveRange]) -> Iterator[tuple[list[LiveRange], frozenset[str]]]:
    """Orders to place volumes in, and those to place at the upper end instead of the lower.

    Large ones first, long-lived ones first, in order of time; then neighbours in time at opposite ends, which suits
    growing concatenations; then random choices, always the same.
    """
    keys: tuple[Callable[[LiveRange], tuple[int, ...]], ...] = (
        lambda each: (-each.size, each.begin),
        lambda each: (-each.size * (each.end - each.begin + 1), each.begin),
        lambda each: (-(each.end - each.begin), -each.size),
        lambda each: (each.begin, -each.size),
    )
    orders = [sorted(volumes, key=key) for key in keys]
    yield from ((order, frozenset()) for order in orders)
    in_time = [each.name for each in orders[-1]]
    yield from ((order, frozenset(in_time[start::2])) for order in orders for start in (0, 1))
    chance = random.Random(0)  # noqa: S311 - nothing is secret
    for number in range(min(_TRIES, _MOST_PAIRS // max(1, len(volumes) ** 2))):
        yield orders[number % len(orders)], frozenset(name for name in in_time if chance.random() < 1 / 2)


def _place_all(order: Sequence[LiveRange], high: frozenset[str], most: int) -> dict[str, int]:
    """Starts: each volume at the lowest place that is free while it lives, or the highest below ``most`` (``high``)."""
    placed: list[tuple[int, int, int, int]] = []
    starts: dict[str, int] = {}
    for volume in order:
        taken = [(start, end) for start, end, begin, last in placed if begin <= volume.end and volume.begin <= last]
        start = _highest(volume.size, taken, most) if volume.name in high else _lowest(volume.size, taken)
        starts[volume.name] = start
        insort(placed, (start, start + volume.size, volume.begin, volume.end))
    return starts


def _lowest(size: int, taken: Sequence[tuple[int, int]]) -> int:
    """The lowest free place; ``taken`` are the occupied ones, (start, end) in order."""
    start = 0
    for begin, end in taken:
        if start + size <= begin:
            break
        start = max(start, end)
    return start


def _highest(size: int, taken: Sequence[tuple[int, int]], most: int) -> int:
    """The highest free place below ``most``; the lowest of all when there is none."""
    top = most
    for begin, end in sorted(taken, key=_end, reverse=True):
        if end + size <= top:
            break
        top = min(top, begin)
    return top - size if top >= size else _lowest(size, taken)


def _end(place: tuple[int, int]) -> int:
    return place[1]
