"""Input dependence against running operators: an input position is changed, and where the output changes is seen."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archspec.ops import OPERATORS, operator
from archspec.ops._dependence import InputDependence
from archspec.ops._window import Window
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Callable

    from archspec.ops._base import Operator
    from archspec.ops._numpy import Array
    from tests.ops.conftest import Reference

    Draw = Callable[[st.DataObject, Reference], tuple[Volume, dict[str, Any]]]

CHANNELS = 8
"""Of volumes that are drawn: 2, 4 and 8 divide it."""


def touched(layer: Operator, volume: Volume, axis: int) -> Array:
    """Which output positions (rows) change with which input positions (columns), along one axis.

    On its other axes an input position is changed everywhere.
    """
    rng = np.random.default_rng(0)
    weights = {w.name: rng.uniform(0.5, 1.5, w.shape) for w in layer.weights([volume])}
    x = rng.uniform(0.1, 1, (1, *volume.shape))
    before = layer.forward([x], weights)
    along = axis + 1 if before.ndim == x.ndim else 1
    columns = []
    for place in range(volume.spatial[axis]):
        changed = x.copy()
        slab = np.moveaxis(changed, axis + 1, 0)[place]
        slab += rng.uniform(100, 1000, slab.shape)
        differs = layer.forward([changed], weights) != before
        columns.append(np.moveaxis(differs, along, 0).reshape(differs.shape[along], -1).any(axis=1))
    return np.stack(columns, axis=1)


def span(dependence: InputDependence, output: int) -> tuple[int, int]:
    """The first and last position that a dependence says an output sees."""
    place = output % dependence.cycle if dependence.cycle else output
    return math.ceil(place * dependence.step + dependence.near), math.floor(place * dependence.step + dependence.far)


def check(layer: Operator, volume: Volume, *, holes: bool = False) -> None:
    """Nothing outside of the dependence is touched, and its ends are.

    With ``holes`` only the ends of one that lies within the input are, where any of its positions is.
    """
    dependences = layer.dependence([volume])[0]
    assert dependences is not None
    assert len(dependences) == len(volume.spatial)
    rows = [touched(layer, volume, axis) for axis in range(len(dependences))]
    inputs = [
        [within(dependence, output, size) for output in range(len(row))]
        for dependence, size, row in zip(dependences, volume.spatial, rows, strict=True)
    ]
    if not all(map(any, inputs)):  # along one axis all is padding, so that the whole output sees nothing
        assert not any(row.any() for row in rows)
        return
    for axis, (dependence, row) in enumerate(zip(dependences, rows, strict=True)):
        for output, seen in enumerate(row):
            positions, expected = np.flatnonzero(seen), inputs[axis][output]
            assert set(positions) <= set(expected), (axis, output)
            is_inside = bool(expected) and span(dependence, output) == (expected[0], expected[-1])
            if expected and not (holes and (positions.size == 0 or not is_inside)):
                assert (positions[0], positions[-1]) == (expected[0], expected[-1]), (axis, output)


def within(dependence: InputDependence, output: int, size: int) -> range:
    """The positions of the input that an output sees."""
    first, last = span(dependence, output)
    return range(max(first, 0), min(last, size - 1) + 1)


def sizes(data: st.DataObject, count: int, most: int = 9) -> list[int]:
    return [data.draw(st.integers(1, most)) for _ in range(count)]


def small(data: st.DataObject, ort: Reference) -> Volume:
    return Volume(ort.draw_volume(data, (9, 6, 4)).spatial, CHANNELS)


def sliding(data: st.DataObject, ort: Reference) -> tuple[Volume, dict[str, Any]]:
    volume, arguments = ort.draw_sliding(data)
    return Volume(volume.spatial, 2), {**arguments, "fit": data.draw(st.sampled_from(["crop", "pad"]))}


def filtering(data: st.DataObject, ort: Reference) -> tuple[Volume, dict[str, Any]]:
    volume, arguments = sliding(data, ort)
    return volume, {**arguments, "filters": 2}


def resized(data: st.DataObject, ort: Reference) -> tuple[Volume, dict[str, Any]]:
    volume = small(data, ort)
    return volume, {"size": sizes(data, len(volume.spatial), 14)}


def upsampled(data: st.DataObject, ort: Reference) -> tuple[Volume, dict[str, Any]]:
    volume, arguments = resized(data, ort)
    mode = data.draw(st.sampled_from(["nearest", "bilinear"]))
    aligned = mode == "bilinear" and data.draw(st.booleans())
    return volume, {**arguments, "mode": mode, "align_corners": aligned}


def bordered(argument: str) -> Draw:
    def draw(data: st.DataObject, ort: Reference) -> tuple[Volume, dict[str, Any]]:
        volume = small(data, ort)
        sides = [[data.draw(st.integers(0, (size - 1) // 2)) for _ in range(2)] for size in volume.spatial]
        return volume, {argument: sides}

    return draw


def unshuffled(data: st.DataObject, ort: Reference) -> tuple[Volume, dict[str, Any]]:
    volume = small(data, ort)
    return Volume(tuple(2 * size for size in volume.spatial), 2), {"factor": 2}


def selected(data: st.DataObject, _: Reference) -> tuple[Volume, dict[str, Any]]:
    (length,) = sizes(data, 1)
    return Volume((length,), 2), {"index": data.draw(st.integers(0, length - 1))}


def sequence(data: st.DataObject, _: Reference) -> tuple[Volume, dict[str, Any]]:
    return Volume((*sizes(data, 1),), 2), {}


def any_volume(**arguments: Any) -> Draw:
    return lambda data, ort: (small(data, ort), arguments)


DRAWN: dict[str, Draw] = {
    "conv": filtering,
    "depthwise_conv": sliding,
    "local_conv": filtering,
    "conv_transpose": lambda data, ort: ort.draw_transposed(data),
    "max_pool": sliding,
    "avg_pool": sliding,
    "l2_pool": sliding,
    "adaptive_avg_pool": resized,
    "adaptive_max_pool": resized,
    "fc": any_volume(units=3),
    "linear": any_volume(units=3),
    "group_norm": any_volume(groups=4),
    "pad": bordered("padding"),
    "crop": bordered("margin"),
    "upsample": upsampled,
    "slice": any_volume(start=2, stop=5),
    "channel_shuffle": any_volume(groups=4),
    "pixel_shuffle": any_volume(factor=2),
    "pixel_unshuffle": unshuffled,
    "class_token": sequence,
    "select": selected,
    "attention": any_volume(heads=2),
    "drop_path": any_volume(rate=0.1),
}
"""How volume and arguments are drawn; all other operators need none and take any volume."""


def compare(data: st.DataObject, name: str, ort: Reference) -> None:
    volume, arguments = DRAWN.get(name, any_volume())(data, ort)
    holes = name != "pad" and bool(np.max(arguments.get("dilation", 1)) > 1)
    if name == "conv_transpose":  # with dilation, its taps miss some of the ends that are counted
        gaps = any(kernel < stride for kernel, stride in zip(arguments["kernel"], arguments["stride"], strict=True))
        arguments, holes = {**arguments, "dilation": 1}, gaps
    layer = operator(name).model_validate(arguments)
    if layer.infer([volume]) is not None and (name != "instance_norm" or volume.positions > 1):  # of one it makes 0
        check(layer, volume, holes=holes)


@pytest.mark.parametrize("name", OPERATORS)
@settings(max_examples=25)
@given(data=st.data())
def test_an_output_changes_with_what_its_dependence_says(name: str, data: st.DataObject, ort: Reference) -> None:
    compare(data, name, ort)


@pytest.mark.slow
@pytest.mark.parametrize("name", DRAWN)
@settings(max_examples=150)
@given(data=st.data())
def test_an_output_changes_with_what_its_dependence_says_everywhere(
    name: str, data: st.DataObject, ort: Reference
) -> None:
    compare(data, name, ort)


@settings(max_examples=100)
@given(data=st.data())
def test_a_dilated_transposed_convolution_sees_nothing_else(data: st.DataObject, ort: Reference) -> None:
    volume, arguments = ort.draw_transposed(data)
    layer = operator("conv_transpose").model_validate(arguments)
    dependences = layer.dependence([volume])[0]
    assert dependences is not None
    for axis, dependence in enumerate(dependences):
        for output, row in enumerate(touched(layer, volume, axis)):
            first, last = span(dependence, output)
            assert all(first <= position <= last for position in np.flatnonzero(row))


def test_a_map_of_one_position_is_seen_by_all() -> None:
    for arguments in ({"size": 7}, {"factor": 4, "mode": "bilinear"}):
        layer = operator("upsample").model_validate(arguments)
        assert layer.dependence([Volume((1, 3), 2)])[0] is not None
        assert (layer.dependence([Volume((1, 1), 2)])[0] or ())[0] == InputDependence(step=0)


def test_dependences_by_hand() -> None:
    half = Fraction(1, 2)
    assert InputDependence.of(Window(9, kernel=3, stride=2, dilation=2, near=1, far=0)) == InputDependence(2, -1, 3)
    assert InputDependence.of(Window(9)) == InputDependence()
    two = operator("conv_transpose").model_validate({"filters": 1, "kernel": 2, "stride": 2})
    assert two.dependence([Volume((5,), 1)])[0] == (InputDependence(half, -half, 0),)
    shuffle = operator("pixel_shuffle").model_validate({"factor": 2})
    assert shuffle.dependence([Volume((5,), 4)])[0] == (InputDependence(half, -half, 0),)
    tokens = operator("tokens")().dependence([Volume((3, 4), 1)])[0]
    assert tokens == (InputDependence(Fraction(1, 4), Fraction(-3, 4), 0, cycle=12), InputDependence(1, 0, 0, cycle=4))
