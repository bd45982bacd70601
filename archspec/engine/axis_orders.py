"""Orders of axes in which other libraries keep weights, and how to bring an array into the order that is used here."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.ops._base import Weight
    from archspec.volume import Volume

_CHANNELS = ("in", "out")


class ExpectedArray(NamedTuple):
    """What an array of the network is: its weight, its dtype, and for a dense layer the map that it sees flattened."""

    weight: Weight
    dtype: str
    map: Volume | None = None


class Conversion(NamedTuple):
    """How an array comes into the order of axes that is used here: the order that it has, and what to call."""

    order: str
    call: str
    is_torch: bool = False


def conversion(shape: tuple[int, ...], expected: ExpectedArray) -> Conversion | None:
    """What turns an array of another shape into the expected one; None if its axes in another order do not."""
    weight = expected.weight
    if shape == weight.shape:
        return None
    for axes in _orders(weight.axes):
        if shape == _shape(weight, axes):
            steps = tuple(axes.index(axis) for axis in weight.axes)
            is_torch = axes in _torch_orders(weight.axes)
            flat = expected.map if is_torch else None
            return Conversion(_words(axes, flat), _call(steps, weight, flat), is_torch)
    return None


def call_if_doubtful(expected: ExpectedArray) -> str | None:
    """What turns PyTorch's order into ours where both have the same shape, which cannot tell them apart."""
    weight = expected.weight
    for axes in _torch_orders(weight.axes)[:1]:
        if weight.shape == _shape(weight, axes):
            return _call(tuple(axes.index(axis) for axis in weight.axes), weight, expected.map)
    return None


def _shape(weight: Weight, axes: tuple[str, ...]) -> tuple[int, ...]:
    """The shape of an array with its axes in another order."""
    return tuple(weight.shape[weight.axes.index(axis)] for axis in axes)


def _torch_orders(axes: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Channels before positions: filters first, or the other way round in transposed convolutions."""
    if not set(_CHANNELS) <= set(axes):
        return []
    others = tuple(axis for axis in axes if axis not in _CHANNELS)
    return [order for order in (("out", "in", *others), ("in", "out", *others)) if order != axes]


def _orders(axes: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Other orders of axes, those of PyTorch first."""
    if len(axes) < 2 or len(set(axes)) < len(axes) or len(axes) > 5:
        return
    yield from _torch_orders(axes)
    yield from (order for order in permutations(axes) if order != axes)


def _words(axes: tuple[str, ...], flat: Volume | None) -> str:
    words = " x ".join(axis.replace("_", " ") for axis in axes)
    return f"{words}, and in as channels x {' x '.join(flat.axes)}" if flat else words


def _call(steps: tuple[int, ...], weight: Weight, flat: Volume | None) -> str:
    if flat is None:
        return f"transpose{steps}"
    _, units = weight.shape
    places = tuple(range(2, len(flat.spatial) + 2))
    parts = (units, flat.channels, *flat.spatial)
    return f"reshape{parts}.transpose{(*places, 1, 0)}.reshape{weight.shape}"
