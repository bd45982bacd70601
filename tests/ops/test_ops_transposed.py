from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from archspec.ops._base import Claim, Division, Limit
from archspec.ops.convolution import Conv
from archspec.ops.transposed import ConvTranspose
from archspec.volume import Volume

if TYPE_CHECKING:
    from archspec.ops._numpy import Array
    from tests.ops.conftest import Reference


def onnx_weight(weight: Array, groups: int) -> Array:
    """(kernel ..., C / groups, filters) as (C, filters / groups, kernel ...)."""
    *kernel, channels, filters = weight.shape
    split = weight.reshape(*kernel, channels, groups, filters // groups)
    first = np.moveaxis(split, (-2, -3, -1), (0, 1, 2))
    return first.reshape(channels * groups, filters // groups, *kernel)


def compare(data: st.DataObject, ort: Reference) -> None:
    volume, arguments = ort.draw_transposed(data)
    layer = ConvTranspose.model_validate(arguments)
    x, weights = ort.drawn(layer, volume)
    weight, *bias = weights.values()
    theirs = ort.run(
        "ConvTranspose",
        x,
        onnx_weight(weight, layer.groups),
        *bias,
        strides=arguments["stride"],
        dilations=arguments["dilation"],
        pads=[near for near, _ in arguments["padding"]] + [far for _, far in arguments["padding"]],
        output_padding=arguments["output_padding"],
        group=layer.groups,
    )
    ort.agree(layer.forward([x], weights), theirs)
    output = layer.infer([volume])
    assert output is not None
    assert output.shape == theirs.shape[1:]
    assert layer.macs([volume], output) == volume.positions * weight.size
    assert layer.flops([volume], output) == 2 * volume.positions * weight.size + layer.bias * output.size
    assert layer.unshared_params([volume], output) == volume.positions * weight.size + layer.bias * output.size
    assert all(limit.number <= limit.most for limit in layer.limits([volume]))


@settings(max_examples=150)
@given(data=st.data())
def test_conv_transpose_agrees_with_onnx_runtime(data: st.DataObject, ort: Reference) -> None:
    compare(data, ort)


@pytest.mark.slow
@settings(max_examples=3000)
@given(data=st.data())
def test_conv_transpose_agrees_with_onnx_runtime_everywhere(data: st.DataObject, ort: Reference) -> None:
    compare(data, ort)


WINDOWS = st.fixed_dictionaries({
    "kernel": st.integers(1, 5),
    "stride": st.integers(1, 4),
    "dilation": st.integers(1, 2),
    "padding": st.sampled_from(["same", "valid", 1]),
    "groups": st.integers(1, 2),
    "bias": st.just(value=False),
})  # fmt: skip


@settings(max_examples=100)
@given(size=st.integers(1, 6), window=WINDOWS)
def test_it_is_the_convolution_with_its_arguments_turned_round(size: int, window: dict[str, Any]) -> None:
    """The gradient of a convolution with respect to its input, which is how TensorFlow defines it, ``same`` included.

    For any x and y: what the convolution makes of y, times x, is y times what the transposed one makes of x.
    """
    groups, kernel = window["groups"], window["kernel"]
    up = ConvTranspose.model_validate({**window, "filters": 2 * groups})
    down = Conv.model_validate({**window, "filters": 3 * groups})
    small = Volume((size,), 3 * groups)
    large = up.infer([small])
    if large is None:
        assert window["padding"] == 1
        return
    assert window["padding"] != "same" or large.spatial == (size * window["stride"],)
    assert down.infer([large]) == small
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((1, *small.shape)), rng.standard_normal((1, *large.shape))
    weight = rng.standard_normal(up.weights([small])[0].shape)
    # (kernel, C / groups, filters) with the two sides of every group changed places
    turned = weight.reshape(kernel, 3, groups, 2).transpose(0, 3, 2, 1).reshape(kernel, 2, 3 * groups)
    one = (down.forward([y], {"weight": turned}) * x).sum()
    other = (up.forward([x], {"weight": weight}) * y).sum()
    assert one == pytest.approx(other, rel=1e-9, abs=1e-9)


def test_sizes_of_published_layers() -> None:
    def size(number: int, **arguments: Any) -> int:
        output = ConvTranspose.model_validate({"filters": 1, **arguments}).infer([Volume((number, number), 1)])
        assert output is not None
        return output.spatial[0]

    assert size(28, kernel=2, stride=2) == 56  # U-Net, figure 1: "up-conv 2x2"
    assert size(1, kernel=4) == 4  # DCGAN's generator in PyTorch's tutorial, with ...
    assert size(4, kernel=4, stride=2, padding=1) == 8  # ... its doublings
    assert size(4, kernel=5, stride=2, padding="same") == 8  # DCGAN, figure 1, in TensorFlow
    assert size(16, kernel=64, stride=32) == 544  # FCN-32s: 16x16 scores of a 500x500 image, cropped afterwards
    assert size(112, kernel=7, stride=2, padding=3) == 223  # a ResNet stem turned round, ...
    assert size(112, kernel=7, stride=2, padding=3, output_padding=1) == 224  # ... to the size it came from


def test_its_weight_is_that_of_a_convolution() -> None:
    volume = Volume((4, 4), 6)
    arguments = {"filters": 9, "kernel": (3, 2), "groups": 3}
    weight, bias = ConvTranspose.model_validate(arguments).weights([volume])
    assert weight.shape == Conv.model_validate(arguments).weights([volume])[0].shape == (3, 2, 2, 9)
    assert (bias.shape, bias.role, bias.initial) == ((9,), "bias", "zeros")
    assert len(ConvTranspose(filters=9, kernel=3, bias=False).weights([volume])) == 1


def test_what_must_divide_and_what_is_claimed() -> None:
    layer = ConvTranspose(filters=6, kernel=2, groups=4, in_channels=4)
    volume = Volume((4, 4), 3)
    assert layer.divisions([volume]) == (
        Division("groups", 4, "input channels", 3),
        Division("groups", 4, "filters", 6),
    )
    assert layer.infer([volume]) is None
    assert layer.claims([volume]) == (Claim("in_channels", 4, 3),)
    assert ConvTranspose(filters=6, kernel=2).claims([volume]) == ()


def test_something_must_be_left() -> None:
    layer = ConvTranspose(filters=1, kernel=3, padding=2)
    assert layer.infer([Volume((3, 2), 1)]) is None
    assert layer.infer([Volume((3, 3), 1)]) == Volume((1, 1), 1)
    assert layer.limits([Volume((3, 2), 1)])[:2] == (
        Limit("padding", "total padding of the height", 4, 4),
        Limit("padding", "total padding of the width", 4, 3),
    )


def test_output_padding_stays_below_stride_or_dilation() -> None:
    layer = ConvTranspose(filters=1, kernel=3, stride=(2, 1), dilation=(1, 3), output_padding=2)
    assert layer.limits([Volume((5, 5), 1)])[2:] == (
        Limit("output_padding", "output padding of the height", 2, 1),
        Limit("output_padding", "output padding of the width", 2, 2),
    )
    assert layer.infer([Volume((5, 5), 1)]) == Volume((13, 13), 1)  # known all the same
    same = ConvTranspose(filters=1, kernel=1, stride=3, padding="same")
    assert [limit.argument for limit in same.limits([Volume((5, 5), 1)])] == ["padding", "padding"]


@pytest.mark.parametrize("argument", ["kernel", "stride", "padding", "output_padding", "dilation"])
def test_arguments_that_do_not_suit_the_axes_give_no_output(argument: str) -> None:
    layer = ConvTranspose.model_validate({"filters": 1, "kernel": 1, argument: [1, 1, 1]})
    volume = Volume((9, 9), 1)
    assert (layer.infer([volume]), layer.dependence([volume])[0]) == (None, None)
    assert layer.limits([volume]) == ()
    assert layer.infer([Volume((9, 9, 9), 1)]) is not None


def test_same_takes_no_output_padding() -> None:
    with pytest.raises(ValidationError) as caught:
        ConvTranspose(filters=1, kernel=3, stride=2, padding="same", output_padding=1)
    (details,) = caught.value.errors()
    assert details["loc"] == ("output_padding",)
    assert str(details["ctx"]["error"]) == "padding same fixes the output size"
    ConvTranspose(filters=1, kernel=3, stride=2, padding="same", output_padding=0)
