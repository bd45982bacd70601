from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from archspec.ops import operator
from archspec.ops._base import Claim, Division, ShapeClaim
from archspec.ops.convolution import Conv, DepthwiseConv
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archspec.ops._convolution import Convolution
    from archspec.ops._numpy import Array
    from tests.ops.conftest import Reference


ONNX_MODES = {"zeros": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}


def filled(layer: Convolution, volume: Volume, seed: int = 0) -> tuple[Array, dict[str, Array]]:
    """An input of two samples and weights for it, all drawn."""
    rng = np.random.default_rng(seed)
    weights = {w.name: rng.standard_normal(w.shape).astype("float32") for w in layer.weights([volume])}
    return rng.standard_normal((2, *volume.shape)).astype("float32"), weights


def onnx_arrays(weights: Mapping[str, Array]) -> list[Array]:
    """Weight and bias as ONNX wants them: filters and channels first."""
    kernel, *bias = weights.values()
    return [np.moveaxis(kernel, (-1, -2), (0, 1)), *bias]


def ends(sides: list[list[int]]) -> list[int]:
    """Paddings as ONNX lists them: all that are near, then all that are far."""
    return [near for near, _ in sides] + [far for _, far in sides]


def check(data: st.DataObject, ort: Reference) -> None:
    volume, arguments = ort.draw_sliding(data)
    groups = data.draw(st.integers(1, 3))
    volume = Volume(volume.spatial, volume.channels * groups)
    layer = Conv.model_validate({
        **arguments,
        "filters": groups * data.draw(st.integers(1, 3)),
        "groups": groups,
        "bias": data.draw(st.booleans()),
    })  # fmt: skip
    x, weights = filled(layer, volume, data.draw(st.integers(0, 9)))
    y = layer.forward([x], weights)
    pads = ends(arguments["padding"])
    attributes = {"strides": arguments["stride"], "dilations": arguments["dilation"], "pads": pads, "group": groups}
    ort.agree(y, ort.run("Conv", x, *onnx_arrays(weights), **attributes))
    assert layer.infer([volume]) == Volume(y.shape[1:-1], y.shape[-1])


@settings(derandomize=True, deadline=None, max_examples=150)
@given(data=st.data())
def test_conv_agrees_with_onnx_runtime(data: st.DataObject, ort: Reference) -> None:
    check(data, ort)


@pytest.mark.slow
@settings(derandomize=True, deadline=None, max_examples=5000)
@given(data=st.data())
def test_conv_agrees_with_onnx_runtime_everywhere(data: st.DataObject, ort: Reference) -> None:
    check(data, ort)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(data=st.data())
def test_same_padding_agrees_with_onnx_runtime(data: st.DataObject, ort: Reference) -> None:
    volume, arguments = ort.draw_same(data)
    layer = Conv.model_validate({**arguments, "padding": "same", "filters": 2})
    x, weights = filled(layer, volume)
    theirs = ort.run("Conv", x, *onnx_arrays(weights), strides=arguments["stride"], auto_pad="SAME_UPPER")
    ort.agree(layer.forward([x], weights), theirs)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(data=st.data())
def test_fit_pad_is_explicit_padding_on_the_far_side(data: st.DataObject, ort: Reference) -> None:
    volume, arguments = ort.draw_sliding(data)
    layer = Conv.model_validate({**arguments, "filters": 2, "fit": "pad"})
    x, weights = filled(layer, volume)
    pads = []
    for size, kernel, stride, dilation, (near, far) in zip(volume.spatial, *arguments.values(), strict=True):
        reach = near + size + far - (kernel - 1) * dilation - 1
        missing = -reach % stride
        begins = reach + missing  # where the window stands that reads what is left over
        pads.append([near, far + missing if begins < near + size else far])
    attributes = {"strides": arguments["stride"], "dilations": arguments["dilation"], "pads": ends(pads)}
    ort.agree(layer.forward([x], weights), ort.run("Conv", x, *onnx_arrays(weights), **attributes))


@pytest.mark.parametrize("mode", ONNX_MODES)
@settings(derandomize=True, deadline=None, max_examples=25)
@given(data=st.data())
def test_padding_modes_agree_with_onnx_runtime(data: st.DataObject, mode: str, ort: Reference) -> None:
    rank = data.draw(st.integers(1, 3))
    sides = [[data.draw(st.integers(0, 2)), data.draw(st.integers(0, 2))] for _ in range(rank)]
    volume = Volume(tuple(data.draw(st.integers(3, 6)) for _ in range(rank)), 2)
    layer = Conv.model_validate({"filters": 2, "kernel": 3, "padding": sides, "padding_mode": mode})
    x, weights = filled(layer, volume)
    pads = np.array([0, 0, *(near for near, _ in sides), 0, 0, *(far for _, far in sides)])
    bordered = ort.run("Pad", x, pads, mode=ONNX_MODES[mode])
    ort.agree(layer.forward([x], weights), ort.run("Conv", bordered, *onnx_arrays(weights)))


def check_beyond_the_map(data: st.DataObject, ort: Reference) -> None:
    """Kernels, strides, dilations and paddings larger than the map; ORT has a node for the padding, which may be so."""

    def integers(high: int, low: int = 1) -> list[int]:
        return [data.draw(st.integers(low, high)) for _ in range(rank)]

    rank = data.draw(st.integers(1, 3))
    sizes, kernels, strides, dilations = integers(4), integers(6), integers(50), integers(9)
    mode = data.draw(st.sampled_from(list(ONNX_MODES)))
    most = {"reflect": [size - 1 for size in sizes], "circular": sizes}.get(mode, [20, 12, 9][rank - 1 :] * rank)
    sides = [[data.draw(st.integers(0, n)), data.draw(st.integers(0, n))] for n in most[:rank]]
    groups = data.draw(st.integers(1, 3))
    volume = Volume(tuple(sizes), 2 * groups)
    window = {"kernel": kernels, "stride": strides, "dilation": dilations, "padding": sides, "padding_mode": mode}
    layer = Conv.model_validate({**window, "filters": 3 * groups, "groups": groups})
    assume(layer.infer([volume]) is not None)
    x, weights = filled(layer, volume)
    pads = np.array([0, 0, *(near for near, _ in sides), 0, 0, *(far for _, far in sides)])
    bordered = ort.run("Pad", x, pads, mode=ONNX_MODES[mode])
    attributes = {"strides": strides, "dilations": dilations, "group": groups}
    ort.agree(layer.forward([x], weights), ort.run("Conv", bordered, *onnx_arrays(weights), **attributes))


@settings(derandomize=True, deadline=None, max_examples=100)
@given(data=st.data())
def test_what_is_larger_than_the_map_agrees_with_onnx_runtime(data: st.DataObject, ort: Reference) -> None:
    check_beyond_the_map(data, ort)


@pytest.mark.slow
@settings(derandomize=True, deadline=None, max_examples=3000)
@given(data=st.data())
def test_what_is_larger_than_the_map_agrees_with_onnx_runtime_everywhere(data: st.DataObject, ort: Reference) -> None:
    check_beyond_the_map(data, ort)


@settings(derandomize=True, deadline=None, max_examples=80)
@given(data=st.data(), multiplier=st.integers(1, 3), bias=st.booleans())
def test_depthwise_conv_agrees_with_onnx_runtime(
    data: st.DataObject, multiplier: int, bias: bool, ort: Reference
) -> None:
    volume, arguments = ort.draw_sliding(data)
    layer = DepthwiseConv.model_validate({**arguments, "multiplier": multiplier, "bias": bias})
    x, weights = filled(layer, volume)
    attributes = {"strides": arguments["stride"], "dilations": arguments["dilation"], "group": volume.channels}
    theirs = ort.run("Conv", x, *onnx_arrays(weights), pads=ends(arguments["padding"]), **attributes)
    ort.agree(layer.forward([x], weights), theirs)
    output = layer.infer([volume])
    assert output is not None
    assert output.shape == theirs.shape[1:]
    taps = int(np.prod(arguments["kernel"]))
    assert layer.macs([volume], output) == output.size * taps
    assert layer.flops([volume], output) == output.size * (2 * taps + bias)


def test_a_1x1_convolution_is_a_dot_product_at_every_pixel() -> None:
    layer = Conv(filters=4, kernel=1, bias=False)
    volume = Volume((5, 6), 3)
    x, weights = filled(layer, volume)
    y = layer.forward([x], weights)
    for row in range(5):
        for column in range(6):
            expected = weights["weight"][0, 0].T @ x[1, row, column]
            np.testing.assert_allclose(y[1, row, column], expected, rtol=1e-5, atol=1e-5)


def test_one_padding_for_each_axis_is_the_same_on_both_sides() -> None:
    assert Conv(filters=1, kernel=3, padding=(1, 0)).infer([Volume((5, 5), 1)]) == Volume((5, 3), 1)
    assert Conv(filters=1, kernel=3, padding="valid").infer([Volume((5, 5), 1)]) == Volume((3, 3), 1)


@pytest.mark.parametrize("argument", ["kernel", "stride", "padding", "dilation"])
def test_arguments_that_do_not_suit_the_axes_give_no_output(argument: str) -> None:
    layer = Conv.model_validate({"filters": 1, "kernel": 1, argument: [1, 1, 1]})
    assert layer.windows([Volume((9, 9), 1)]) is None
    assert layer.infer([Volume((9, 9), 1)]) is None
    assert layer.infer([Volume((9, 9, 9), 1)]) is not None


def test_groups_must_divide() -> None:
    layer = Conv(filters=6, kernel=1, groups=3)
    volume = Volume((4, 4), 4)
    assert layer.divisions([volume]) == (
        Division("groups", 3, "input channels", 4),
        Division("groups", 3, "filters", 6),
    )
    assert layer.infer([volume]) is None
    assert layer.infer([Volume((4, 4), 9)]) == Volume((4, 4), 6)


def test_a_claimed_channel_count_is_a_fact_to_check() -> None:
    layer = Conv(filters=6, kernel=1, in_channels=3)
    assert layer.claims([Volume((4, 4), 4)]) == (Claim("in_channels", 3, 4),)
    assert Conv(filters=6, kernel=1).claims([Volume((4, 4), 4)]) == ()


EMBOSS = [[-2, -1, 0], [-1, 1, 1], [0, 1, 2.0]]


def test_one_inline_filter_serves_every_channel_and_filter() -> None:
    layer = Conv.model_validate({"filters": 2, "kernel": 3, "weights": EMBOSS})
    weight, bias = layer.weights([Volume((8, 8), 3)])
    array = weight.fixed_array("float64")
    assert not weight.trainable
    assert bias.trainable
    assert array.shape == weight.shape == (3, 3, 3, 2)
    for channel in range(3):
        for number in range(2):
            assert array[:, :, channel, number].tolist() == EMBOSS


def test_inline_filters_have_channels_and_filters_last() -> None:
    values = np.arange(2 * 3 * 1 * 4).reshape(2, 3, 1, 4)
    layer = DepthwiseConv.model_validate({"kernel": [2, 3], "multiplier": 2, "weights": values.tolist()})
    (weight, _) = layer.weights([Volume((8, 8), 2)])
    assert weight.fixed_array("float32").dtype == np.float32
    assert (weight.fixed_array() == values).all()


def test_inline_filters_are_a_fact_to_check() -> None:
    layer = Conv.model_validate({"filters": 2, "kernel": 3, "weights": [[1, 2], [3, 4]]})
    assert layer.shape_claims([Volume((8, 8), 3)]) == (ShapeClaim("weights", (2, 2), ((3, 3, 3, 2), (3, 3))),)
    assert Conv(filters=2, kernel=3).shape_claims([Volume((8, 8), 3)]) == ()


@pytest.mark.parametrize(
    ("weights", "trouble"),
    [
        ([[1, 2], [3]], "weights[1] is a list of 1 where weights[0] is a list of 2"),
        ([[1, 2], 3], "weights[1] is a number where weights[0] is a list of 2"),
        ([[[1, 2]], [[3, 4], [5, 6]]], "weights[1] is a list of 2x2 where weights[0] is a list of 1x2"),
        ([1, [2]], "weights[1] is a list of 1 where weights[0] is a number"),
        ([[1, "a"]], "weights[0][1] is not a number"),
        ([[1, True]], "weights[0][1] is not a number"),
        ([None], "weights[0] is not a number"),
        ([float("nan")], "weights[0] is not finite"),
        ([float("-inf")], "weights[0] is not finite"),
        ([10**400], "weights[0] is not finite"),
        ([], "weights is an empty list"),
        ([[1], []], "weights[1] is an empty list"),
        ([[[[[[1]]]]]], "weights[0][0][0][0][0] is nested too deep"),
    ],
)
def test_faulty_inline_filters_are_rejected(weights: list[Any], trouble: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Conv.model_validate({"filters": 1, "kernel": 3, "weights": weights})
    (details,) = caught.value.errors()
    assert details["loc"] == ("weights",)
    assert str(details["ctx"]["error"]) == trouble


def test_depthwise_conv_is_conv_with_a_group_a_channel() -> None:
    volume = Volume((6, 6), 3)
    depthwise = operator("depthwise_conv").model_validate({"kernel": 3, "multiplier": 2})
    grouped = operator("conv").model_validate({"kernel": 3, "filters": 6, "groups": 3})
    assert depthwise.weights([volume]) == grouped.weights([volume])
    assert depthwise.infer([volume]) == grouped.infer([volume])
    assert depthwise.divisions([volume]) == grouped.divisions([volume])
