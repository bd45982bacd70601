"""Receptive fields where layers enlarge and branches merge: as a running network shows them."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import archspec
from archspec.analysis.receptive_field import AxisField, ReceptiveInterval, joined_intervals
from archspec.ops import operator
from archspec.ops._dependence import InputDependence
from archspec.text.numbers import plain, rational
from archspec.volume import Volume

if TYPE_CHECKING:
    from archspec.ops._base import Operator

Array = np.ndarray[Any, np.dtype[Any]]
LONGEST = 10_000


# Operators one after the other, on a sequence: what a change of each input position touches.

LAYERS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "conv": st.fixed_dictionaries({
        "filters": st.just(4),
        "kernel": st.integers(1, 4),
        "stride": st.integers(1, 3),
        "padding": st.integers(0, 2),
        "fit": st.just("crop"),
    }),
    "conv_transpose": st.fixed_dictionaries({
        "filters": st.just(4),
        "kernel": st.integers(2, 5),
        "stride": st.integers(1, 2),
        "padding": st.integers(0, 1),
    }),
    "max_pool": st.fixed_dictionaries({"kernel": st.integers(1, 3), "fit": st.just("crop")}),
    "adaptive_avg_pool": st.fixed_dictionaries({"size": st.integers(1, 12)}),
    "upsample": st.fixed_dictionaries({"size": st.integers(1, 24), "mode": st.sampled_from(["nearest", "bilinear"])}),
    "crop": st.fixed_dictionaries({"margin": st.tuples(st.tuples(st.integers(0, 2), st.integers(0, 2)))}),
    "pixel_shuffle": st.fixed_dictionaries({"factor": st.just(2)}),
    "relu": st.just({}),
}  # fmt: skip


@st.composite
def chains(draw: st.DrawFn) -> tuple[int, list[Operator]]:
    """The length of a sequence of four channels, and operators that it goes through one after the other."""
    length = draw(st.integers(4, 30))
    volume, layers = Volume((length,), 4), []
    for _ in range(draw(st.integers(1, 6))):
        name = draw(st.sampled_from([*LAYERS, "conv", "conv_transpose"]))
        layer = operator(name).model_validate(draw(LAYERS[name]))
        output = layer.infer([volume])
        if output is not None and output.positions <= 60:
            layers.append(layer)
            volume = output
    return length, layers


def touched(length: int, layers: list[Operator]) -> Array:
    """Which output positions (rows) depend on which input positions (columns): all weights are 1, all biases 0."""
    y = np.repeat(np.eye(length)[..., np.newaxis], 4, axis=-1)
    for layer in layers:
        volume = Volume(y.shape[1:-1], y.shape[-1])
        y = layer.forward([y], {w.name: np.full(w.shape, float(w.role == "weight")) for w in layer.weights([volume])})
        y /= max(y.max(), 1)
    seen: Array = y.max(axis=-1).T > 0
    return seen


def spans(length: int, layers: list[Operator]) -> list[tuple[int, int, bool]]:
    """What each output sees, gone back from it layer by layer; and whether all of that lies within the volumes."""
    volume, steps = Volume((length,), 4), []
    for layer in layers:
        (footprint,) = layer.dependence([volume])[0] or ()
        steps.append((footprint, volume.positions))
        volume = layer.infer([volume]) or volume
    found = []
    for output in range(volume.positions):
        first = last = output
        within = True
        for footprint, size in reversed(steps):
            first = math.ceil(first * footprint.step + footprint.near)
            last = math.floor(last * footprint.step + footprint.far)
            within = within and 0 <= first <= last < size
        found.append((first, last, within))
    return found


def compare(length: int, layers: list[Operator]) -> None:
    sight: ReceptiveInterval | None = ReceptiveInterval()
    volume = Volume((length,), 4)
    for layer in layers:
        (footprint,) = layer.dependence([volume])[0] or ()
        assert sight is not None
        sight = sight.through(footprint, LONGEST)
        volume = layer.infer([volume]) or volume
    assert sight is not None
    seen = touched(length, layers)
    for output, (first, last, within) in enumerate(spans(length, layers)):
        if sight.advance or len(sight.first) > 1:  # one that does not move holds everything
            assert sight.between(output, output) == (first, last)
        positions = np.flatnonzero(seen[output])
        assert all(first <= position <= last for position in positions)
        if within:
            assert (positions[0], positions[-1]) == (first, last)
    whole = [last - first + 1 for first, last, within in spans(length, layers) if within]
    assert max(whole, default=0) <= sight.field.size


@settings(max_examples=200)
@given(chain=chains())
def test_by_perturbation(chain: tuple[int, list[Operator]]) -> None:
    compare(*chain)


@pytest.mark.slow
@settings(max_examples=2_000)
@given(chain=chains())
def test_more_by_perturbation(chain: tuple[int, list[Operator]]) -> None:
    compare(*chain)


# Networks


def spec(*layers: str, volume: str) -> str:
    return f"name: example\ninput: {volume}\nlayers:\n" + "".join(f"  - {layer}\n" for layer in layers)


def fields(text: str) -> dict[str, tuple[AxisField, ...]]:
    return {layer.name: layer.receptive_field or () for layer in archspec.analyze(text).layers}


def most_seen(text: str, *shape: int) -> list[int]:
    """On each axis, from the first to the last position that one output depends on, the most that any does."""
    network = archspec.compile(text)
    network.load({
        name: np.full(array.shape, 0.0 if name.endswith(("bias", "beta")) else 0.1, array.dtype)
        for name, array in network.parameters.items()
    })  # fmt: skip
    places = 1 + np.eye(math.prod(shape), dtype=np.float32).reshape(-1, *shape, 1)
    before = np.asarray(network(np.ones((1, *shape, 1), np.float32)))
    changed = (np.asarray(network(places)) != before).any(axis=-1).reshape(len(places), -1)
    extents = []
    for output in changed.T:
        seen = np.argwhere(output.reshape(shape))
        extents.append(seen.max(axis=0) - seen.min(axis=0) + 1)
    return [int(size) for size in np.max(extents, axis=0)]


U_NET = spec(
    "{conv: {filters: 1, kernel: 3}, name: high}",
    "max_pool: 2",
    "{conv: {filters: 1, kernel: 3}, name: low}",
    "max_pool: 2",
    "conv: {filters: 1, kernel: 3}",
    "{conv_transpose: {filters: 1, kernel: 2, stride: 2}, name: up_low}",
    "concat: [[{from: low}, {crop: {like: up_low}}], []]",
    "conv: {filters: 1, kernel: 3}",
    "{conv_transpose: {filters: 1, kernel: 2, stride: 2}, name: up_high}",
    "concat: [[{from: high}, {crop: {like: up_high}}], []]",
    "conv: {filters: 1, kernel: 3}",
    volume="{length: 66, channels: 1}",
)


def test_u_net() -> None:
    """Down: 3 + 1 + 2*2 + 2 + 2*4 = 18 at stride 4; up, an output sees two or three of those, side by side."""
    found = fields(U_NET)
    assert found["conv1"] == (AxisField(18, 4, 0),)
    assert found["up_low"] == (AxisField(18, 2, 0),)
    assert found["up_high"] == (AxisField(22, 1, 0),)
    assert found["conv3"] == (AxisField(26, 1, 0),)
    assert most_seen(U_NET, 66) == [26]


def test_the_parts_of_an_enlarged_map_move_by_fractions() -> None:
    found = fields(spec("conv_transpose: {filters: 1, kernel: 4, stride: 2, padding: 1}", volume="8x8x1"))
    assert found["conv_transpose1"] == (AxisField(2, Fraction(1, 2), -1),) * 2
    found = fields(spec("max_pool: 4", "upsample: 2", "upsample: {factor: 2, mode: bilinear}", volume="8x8x1"))
    assert found["upsample1"] == (AxisField(4, 2, 0),) * 2
    assert found["upsample2"] == (AxisField(8, 1, -4),) * 2


def test_a_gate_sees_everything_and_so_does_what_it_scales() -> None:
    text = spec(
        "conv: {filters: 1, kernel: 3, padding: 1}",
        "multiply: [[], [global_avg_pool, {fc: 1}, sigmoid]]",
        "conv: {filters: 1, kernel: 3}",
        volume="7x6x1",
    )
    found = fields(text)
    assert found["multiply1"] == (AxisField(9, 0, -1), AxisField(8, 0, -1))
    assert found["conv2"] == found["multiply1"]
    assert most_seen(text, 7, 6) == [7, 6]


def test_tokens_see_their_patch_and_attention_everything() -> None:
    text = spec(
        "conv: {filters: 4, kernel: 2, stride: 2}",
        "tokens",
        "position_embedding",
        "class_token",
        "layer_norm",
        "attention: 2",
        "select: 0",
        "fc: 3",
        volume="6x8x1",
    )
    found = fields(text)
    assert found["conv1"] == (AxisField(2, 2, 0),) * 2
    assert [axis.size for axis in found["tokens1"]] == [2, 2]
    assert found["tokens1"] == found["position_embedding1"]
    assert [axis.size for axis in found["layer_norm1"]] == [2, 2]
    everything = (AxisField(6, 0, 0), AxisField(8, 0, 0))
    assert found["attention1"] == found["select1"] == found["fc1"] == everything
    patches = archspec.compile(spec("conv: {filters: 4, kernel: 2, stride: 2}", "tokens", volume="6x8x1"))
    single = np.asarray(patches(np.eye(48, dtype=np.float32).reshape(48, 6, 8, 1)))
    for token in range(12):  # the third row of the map has tokens 8 to 11
        rows, columns = np.unravel_index(np.flatnonzero(np.abs(single[:, token]).sum(axis=-1)), (6, 8))
        assert set(rows) == {token // 4 * 2, token // 4 * 2 + 1}
        assert set(columns) == {token % 4 * 2, token % 4 * 2 + 1}


def test_norms_of_a_sample_see_everything() -> None:
    found = fields(spec("conv: {filters: 2, kernel: 3}", "group_norm: 2", "layer_norm", volume="9x9x1"))
    assert found["group_norm1"] == found["layer_norm1"] == (AxisField(9, 0, 0),) * 2


def test_branches_that_move_alike_see_the_union() -> None:
    one, other = "{filters: 1, kernel: 5, padding: 2}", "{filters: 1, kernel: [1, 7], padding: [0, 3]}"
    found = fields(spec(f"concat: [[{{conv: {one}}}], [{{conv: {other}}}]]", volume="9x9x1"))
    assert found["concat1"] == (AxisField(5, 1, -2), AxisField(7, 1, -3))


def test_inputs_of_different_rank_have_no_common_field() -> None:
    text = (
        "name: two\ninput: {image: 2x2x1, words: {length: 4, channels: 1}}\noutputs: both\n"
        "layers:\n  - {from: image, tokens: }\n  - {concat: words, name: both}\n"
    )
    assert fields(text)["both"] == ()
    assert archspec.analyze(text).layers[-1].receptive_field is None


# Limits


def test_a_period_that_is_too_long_is_not_followed() -> None:
    half = InputDependence(Fraction(1, 2), Fraction(-1, 2), 0)
    sight = ReceptiveInterval().through(half, 2)
    assert sight == ReceptiveInterval((0, 0), (0, 0), 1)
    assert sight.through(half, 2) is None
    thirds = ReceptiveInterval().through(InputDependence(Fraction(1, 3), Fraction(-2, 3), 0), 3)
    assert thirds is not None
    faster = ReceptiveInterval((0, 0, 0, 1, 1, 1), (0, 0, 0, 1, 1, 1), 2)
    assert joined_intervals([thirds, faster], 12, 6) == faster
    assert joined_intervals([thirds, faster], 12, 5) is None


@pytest.mark.parametrize("factor", [70_000, 10**9])
def test_a_field_that_cannot_be_followed_is_unknown_and_so_is_what_depends_on_it(factor: int) -> None:
    layers = archspec.analyze(spec("relu", f"upsample: {factor}", "relu", volume="{length: 9, channels: 1}")).layers
    assert [layer.receptive_field is None for layer in layers] == [False, True, True]


def test_what_comes_back_to_whole_steps_is_simple_again() -> None:
    found = fields(spec("upsample: 4", "max_pool: 2", "max_pool: 2", *["relu"] * 3, volume="8x8x1"))
    assert found["upsample1"] == (AxisField(1, Fraction(1, 4), 0),) * 2
    assert found["max_pool1"] == (AxisField(1, Fraction(1, 2), 0),) * 2
    assert found["relu3"] == (AxisField(1, 1, 0),) * 2


def test_steps_of_any_magnitude_can_be_told() -> None:
    """A stride of 10**99 four times is more than a float holds; a third of it is not whole."""
    steps = [f"conv: {{filters: 1, kernel: 1, stride: {10**99}, fit: crop}}"] * 4
    report = archspec.analyze(spec(*steps, "pad: 1", "upsample: 3", volume="{length: 9, channels: 1}"))
    (field,) = report.layers[-1].receptive_field or ()
    assert field.stride == Fraction(10**396, 3)
    assert plain(field.stride) == 10**396 // 3
    assert rational(field.stride) == str(10**396 // 3)
    assert (plain(Fraction(1, 4)), rational(Fraction(1, 4)), rational(Fraction(2, 3))) == (0.25, "0.25", "0.6667")
