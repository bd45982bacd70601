"""The names that arrays of a network have in other libraries: ``bn1.running_mean`` is ``bn1.mean`` here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.engine.axis_orders import conversion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archspec.engine.axis_orders import ExpectedArray

_OTHER_NAMES = {
    "weight": ("kernel", "depthwise_kernel", "W", "out_proj.weight"),
    "bias": ("b", "out_proj.bias"),
    "gamma": ("weight",),
    "beta": ("bias",),
    "mean": ("running_mean", "moving_mean"),
    "variance": ("running_var", "moving_variance"),
    "slope": ("weight", "alpha"),
    "qkv_weight": ("in_proj_weight",),
    "qkv_bias": ("in_proj_bias",),
    "token": ("cls_token",),
    "position": ("pos_embedding",),
}
"""Names of a layer's array here -> those in PyTorch and Keras."""


def renamed(
    missing: list[str],
    foreign: list[str],
    shapes: Mapping[str, tuple[int, ...]],
    expected: Mapping[str, ExpectedArray],
) -> dict[str, str]:
    """The foreign array that each missing one probably is, by its layer's name, or by the order of the layers.

    One is left out where names and shapes do not say so clearly.
    """
    found: dict[str, str] = {}
    for name in missing:
        layer, _, array = name.rpartition(".")
        others = (f"{layer}.{other}" for other in _OTHER_NAMES.get(array, ()))
        theirs = next((each for each in others if each in shapes and each in foreign), None)
        if theirs and _fits(shapes[theirs], expected[name]):
            found[name] = theirs
    rest = [name for name in missing if name not in found]
    taken = set(found.values())
    return found | _in_order(rest, [name for name in foreign if name not in taken], shapes, expected)


def _fits(shape: tuple[int, ...], expected: ExpectedArray) -> bool:
    return shape == expected.weight.shape or conversion(shape, expected) is not None


def _in_order(
    missing: list[str],
    foreign: list[str],
    shapes: Mapping[str, tuple[int, ...]],
    expected: Mapping[str, ExpectedArray],
) -> dict[str, str]:
    """Layers of other names in the same order, as long as each has arrays of the names and shapes that are expected."""
    found: dict[str, str] = {}
    theirs = iter(_by_layer(foreign).items())
    for layer, arrays in _by_layer(missing).items():
        for other, kept in theirs:
            pairs = _same_arrays(layer, arrays, other, kept, shapes, expected)
            if pairs:
                found |= pairs
                break
        else:
            break
    return found


def _by_layer(names: list[str]) -> dict[str, list[str]]:
    """Names of arrays by layer, in their order."""
    layers: dict[str, list[str]] = {}
    for name in names:
        layer, _, array = name.rpartition(".")
        layers.setdefault(layer, []).append(array)
    return layers


def _same_arrays(  # noqa: PLR0913, PLR0917 - two layers and what is known of their arrays
    layer: str,
    arrays: list[str],
    other: str,
    kept: list[str],
    shapes: Mapping[str, tuple[int, ...]],
    expected: Mapping[str, ExpectedArray],
) -> dict[str, str]:
    """Which array of the other layer each of a layer is; nothing if one of them has none."""
    pairs: dict[str, str] = {}
    for array in arrays:
        name = f"{layer}.{array}"
        theirs = next(_candidates(array, kept), None)
        shape = shapes.get(f"{other}.{theirs}")
        if theirs is None or shape is None or not _fits(shape, expected[name]):
            return {}
        pairs[name] = f"{other}.{theirs}"
    return pairs


def _candidates(array: str, kept: list[str]) -> Iterator[str]:
    return (name for name in (array, *_OTHER_NAMES.get(array, ())) if name in kept)
