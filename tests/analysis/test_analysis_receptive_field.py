"""Receptive fields: as published, by hand, and as a running network shows them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import archspec
from archspec.analysis.receptive_field import AxisField

Array = np.ndarray[Any, np.dtype[Any]]


def fields(text: str) -> dict[str, tuple[AxisField, ...]]:
    layers = archspec.analyze(text).layers
    assert all(layer.receptive_field is not None for layer in layers)
    return {layer.name: layer.receptive_field or () for layer in layers}


def spec(*layers: str, volume: str = "224x224x3") -> str:
    return f"name: example\ninput: {volume}\nlayers:\n" + "".join(f"  - {layer}\n" for layer in layers)


# Published: Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks" (Distill 2019),
# table of ConvNets: size, effective stride, effective padding. Their offset is minus the padding.


def test_vgg16_as_published() -> None:
    layers: list[str] = []
    for filters, depth in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        layers += [f"conv: {{filters: {filters}, kernel: 3, padding: same}}", "relu"] * depth
        layers.append("max_pool: 2")
    found = fields(spec(*layers))
    assert found["max_pool5"] == (AxisField(212, 32, -90),) * 2
    # Each row of the network by hand: 3x3 adds two steps, a pool one, and doubles the step.
    assert [found[f"conv{i}"][0].size for i in range(1, 14)] == [
        3, 5, 10, 14, 24, 32, 40, 60, 76, 92, 132, 164, 196,
    ]  # fmt: skip
    assert [found[f"max_pool{i}"][0].size for i in range(1, 6)] == [6, 16, 44, 100, 212]


def test_alexnet_as_published() -> None:
    """The one-tower network of Krizhevsky 2014, up to its last pool."""
    found = fields(
        spec(
            "conv: {filters: 64, kernel: 11, stride: 4, fit: crop}",
            "max_pool: {kernel: 3, stride: 2, fit: crop}",
            "conv: {filters: 192, kernel: 5, padding: same}",
            "max_pool: {kernel: 3, stride: 2, fit: crop}",
            "conv: {filters: 384, kernel: 3, padding: same}",
            "conv: {filters: 384, kernel: 3, padding: same}",
            "conv: {filters: 256, kernel: 3, padding: same}",
            "max_pool: {kernel: 3, stride: 2, fit: crop}",
        )
    )
    assert found["max_pool3"] == (AxisField(195, 32, -64),) * 2


def test_mobilenet_as_published() -> None:
    """MobileNet v1 (Howard et al. 2017); at 224 a stride of 2 pads only the far side, as TensorFlow does."""
    layers = ["conv: {filters: 32, kernel: 3, stride: 2, padding: same}"]
    for stride in (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1):
        layers += [f"depthwise_conv: {{kernel: 3, stride: {stride}, padding: same}}", "relu"]
        layers += ["conv: {filters: 64, kernel: 1}", "relu"]
    found = fields(spec(*layers))
    assert found["conv14"] == (AxisField(315, 32, -126),) * 2


# By hand


def test_axes_apart() -> None:
    found = fields(spec("conv: {filters: 2, kernel: [3, 5], stride: [1, 2], padding: [[1, 0], [2, 3]]}", "max_pool: 2"))
    assert found["conv1"] == (AxisField(3, 1, -1), AxisField(5, 2, -2))
    assert found["max_pool1"] == (AxisField(4, 2, -1), AxisField(7, 4, -2))


def test_dilation() -> None:
    """Stacked 3x3 kernels of dilation 1, 2 and 4 see 15 positions (Yu and Koltun 2016, figure 1)."""
    found = fields(spec(*(f"conv: {{filters: 2, kernel: 3, dilation: {d}, padding: {d}}}" for d in (1, 2, 4))))
    assert [found[f"conv{i}"][0] for i in (1, 2, 3)] == [AxisField(3, 1, -1), AxisField(7, 1, -3), AxisField(15, 1, -7)]


def test_three_small_kernels_see_what_a_large_one_sees() -> None:
    """Three 3x3 layers have the field of one of 7x7 (CS231n, "Prefer a stack of small filter CONV")."""
    three = fields(spec(*["conv: {filters: 2, kernel: 3, padding: 1}"] * 3))["conv3"]
    assert three == fields(spec("conv: {filters: 2, kernel: 7, padding: 3}"))["conv1"]


def test_fully_connected_sees_everything() -> None:
    found = fields(spec("conv: {filters: 2, kernel: 3}", "max_pool: 3", "flatten", "fc: 10", "relu", volume="11x14x1"))
    for name in ("flatten1", "fc1", "relu1"):
        assert tuple(axis.size for axis in found[name]) == (11, 14)


def test_global_pool_sees_everything() -> None:
    found = fields(spec("conv: {filters: 2, kernel: 3, padding: same}", "global_avg_pool", volume="8x9x1"))
    assert tuple(axis.size for axis in found["global_avg_pool1"]) == (10, 11)  # with a border of padding


def test_padding_moves_the_field() -> None:
    found = fields(spec("pad: [[2, 0], [0, 3]]", "conv: {filters: 2, kernel: 3}", volume="8x8x1"))
    assert found["conv1"] == (AxisField(3, 1, -2), AxisField(3, 1, 0))


def test_pointwise_layers_keep_it() -> None:
    pointwise = ("relu", "batch_norm", "dropout: 0.5", "linear: 4", "conv: {filters: 4, kernel: 1}", "softmax", "lrn")
    found = fields(spec("conv: {filters: 4, kernel: 5, stride: 2, fit: crop}", *pointwise))
    assert set(found.values()) == {(AxisField(5, 2, 0),) * 2}


def test_unknown_behind_a_failed_layer() -> None:
    layers = archspec.analyze(spec("relu", "conv: {filters: 2, kernel: 999}", "relu")).layers
    assert [layer.receptive_field is None for layer in layers] == [False, True, True]


# By perturbation: one input position after the other is changed, and where the output changes is looked at.


@st.composite
def window(draw: st.DrawFn) -> str:
    """A sliding layer with any setting; `fit: crop` or `pad`, so that every stride goes through."""
    kind = draw(st.sampled_from(["conv", "depthwise_conv", "local_conv", "max_pool", "avg_pool", "l2_pool"]))
    kernel, dilation = draw(st.integers(1, 4)), draw(st.integers(1, 2))
    extent = (kernel - 1) * dilation + 1
    chosen = {
        "kernel": kernel,
        "dilation": dilation,
        "stride": draw(st.integers(1, 3)),
        "fit": draw(st.sampled_from(["crop", "pad"])),
        "padding": draw(
            st.one_of(
                st.just("same"),
                st.integers(0, extent // 2),
                st.tuples(st.integers(0, extent // 2), st.integers(0, extent // 2)).map(lambda pair: [list(pair)]),
            )
        ),
    }
    if kind in ("conv", "local_conv"):
        chosen["filters"] = 1
    return f"{kind}: {{{', '.join(f'{key}: {value}' for key, value in chosen.items())}}}"


LAYERS = st.lists(st.one_of(window(), window(), st.sampled_from(["relu", "pad: [[1, 2]]", "batch_norm"])), max_size=4)


def seen_by_outputs(network: archspec.Network, length: int) -> Array:
    """For each output position (rows) the input positions (columns) that change it.

    All weights are 1 and all biases 0, so that nothing cancels and a change of any input in sight is seen.
    """
    network.load({name: np.ones_like(array) for name, array in all_arrays(network).items()} | zeros(network))
    unchanged = np.asarray(network(np.zeros((1, length, 1), np.float32)))
    changed = np.asarray(network(np.eye(length, dtype=np.float32)[:, :, np.newaxis]))
    seen: Array = ~np.isclose(changed, unchanged, rtol=0, atol=1e-12)[:, :, 0].T  # a maximum over padding is infinite
    return seen


def all_arrays(network: archspec.Network) -> dict[str, Array]:
    return {**network.parameters, **network.buffers}


def zeros(network: archspec.Network) -> dict[str, Array]:
    named = (".bias", ".beta", ".mean")
    return {name: np.zeros_like(array) for name, array in all_arrays(network).items() if name.endswith(named)}


def check_by_perturbation(layers: list[str], length: int) -> None:
    text = spec("relu", *layers, volume=f"{{length: {length}, channels: 1}}")
    assume(not any(found.severity == archspec.Severity.ERROR for found in archspec.check(text)))
    network = archspec.compile(text)
    *_, (field,) = fields(text).values()
    for output, touched in enumerate(seen_by_outputs(network, length)):
        first = field.offset + output * field.stride
        last = first + field.size - 1
        positions = np.flatnonzero(touched)
        assert positions.size == 0 or (first <= positions[0] and positions[-1] <= last)
        if first >= 0 and last < length:  # all of it lies within the input: both ends count
            assert (positions[0], positions[-1]) == (first, last)


@given(layers=LAYERS, length=st.integers(1, 40))
def test_by_perturbation(layers: list[str], length: int) -> None:
    check_by_perturbation(layers, length)


@pytest.mark.slow
@given(layers=LAYERS, length=st.integers(1, 60))
@settings(max_examples=1_000)
def test_more_by_perturbation(layers: list[str], length: int) -> None:
    check_by_perturbation(layers, length)


def test_perturbation_is_able_to_fail() -> None:
    """A convolution that sees three positions, one of them held back: the check notices a field that is too large."""
    network = archspec.compile(spec("conv: {filters: 1, kernel: 3}", volume="{length: 7, channels: 1}"))
    assert seen_by_outputs(network, 7).sum(axis=1).tolist() == [3] * 5


def test_by_perturbation_on_an_image() -> None:
    """Height and width apart: what one output of a small network depends on is the field told for it."""
    text = spec(
        "conv: {filters: 2, kernel: [3, 5], padding: [1, 2], stride: [1, 2], fit: crop}",
        "relu",
        "avg_pool: {kernel: 2, fit: crop}",
        "conv: {filters: 1, kernel: [2, 3], dilation: [2, 1], padding: [0, 1]}",
        volume="20x33x1",
    )
    network = archspec.compile(text)
    network.load({name: np.ones_like(array) for name, array in network.parameters.items()} | zeros(network))
    single = np.eye(20 * 33, dtype=np.float32).reshape(-1, 20, 33, 1)
    output = (3, 4)
    changed = np.asarray(network(single))[:, *output, 0]
    seen = np.argwhere(changed.reshape(20, 33))
    found = list(fields(text).values())[-1]
    for axis, (field, place) in enumerate(zip(found, output, strict=True)):
        first = field.offset + place * field.stride
        assert (seen[:, axis].min(), seen[:, axis].max()) == (first, first + field.size - 1)


def test_attention_after_many_tokens_sees_the_whole_image() -> None:
    """Tokens see in a pattern that is too long to list, but together they see everything."""
    layers = (
        "conv: {filters: 8, kernel: 16, stride: 16}",
        "tokens",
        "class_token",
        "add: [[{attention: 2}], []]",
        "linear: 4",
    )
    found = {layer.name: layer for layer in archspec.analyze(spec(*layers, volume="4800x4800x3")).layers}
    assert found["tokens1"].receptive_field is None
    assert found["branch1.attention1"].receptive_field == (AxisField(4800, 0, 0),) * 2
    assert found["add1"].receptive_field == found["linear1"].receptive_field == (AxisField(4800, 0, 0),) * 2
    few = fields(spec(*layers[:2], layers[3], volume="1040x1040x3"))
    assert few["tokens1"] == (AxisField(16, 0, 0),) * 2
    assert few["add1"] == (AxisField(1040, 0, 0),) * 2


def test_an_expected_field_that_is_wrong_or_unknown_is_an_error() -> None:
    conv = "conv: {filters: 8, kernel: 16, stride: 16}"
    text = spec(conv, "tokens", "attention: 2", volume="1040x1040x3")
    wrong = archspec.check(text + "expect: {receptive_field: 7}\n")
    assert [each.message for each in wrong] == ["the receptive field of attention1 is 1040x1040, not the 7x7 expected"]
    unknown = archspec.check(spec(conv, "tokens", volume="4800x4800x3") + "expect: {receptive_field: 16}\n")
    assert [each.rule for each in unknown if each.severity == "error"] == ["expectation"]
    assert "cannot be checked" in unknown[-1].message


def test_the_window_field_of_a_patch_discriminator() -> None:
    """CycleGAN's 70x70 PatchGAN (Zhu et al. 2017, section 7.2): 70 with any norm."""
    conv = "conv: {{filters: {}, kernel: 4, stride: {}, padding: 1}}"
    layers = [conv.format(64, 2)]
    for filters, stride in ((128, 2), (256, 2), (512, 1)):
        layers += [conv.format(filters, stride), "instance_norm", "leaky_relu: 0.2"]
    text = spec(*layers, conv.format(1, 1), volume="256x256x3")
    last = archspec.analyze(text).layers[-1]
    assert last.window_field is not None
    assert [axis.size for axis in last.window_field] == [70, 70]
    assert last.receptive_field != last.window_field
    assert "expectation" not in {each.rule for each in archspec.check(text + "expect: {window_field: 70}\n")}
    found = archspec.check(text + "expect: {receptive_field: 70}\n")[-1]
    assert "its windows alone see 70x70" in found.notes[0]


def test_facts_of_items_without_layers_are_checked() -> None:
    text = spec("{relu: , name: a}", "max_pool: 2", "{from: a, expect: 8x8x3}", volume="16x16x3")
    assert [each.rule for each in archspec.check(text)][-1] == "expectation"
    assert "expectation" not in {each.rule for each in archspec.check(text.replace("8x8x3", "16x16x3"))}
    loop = spec("relu", "{for: [], layers: [relu], expect: {params: 5}}", volume="16x16x3")
    assert [each.rule for each in archspec.check(loop)] == ["expectation"]
