from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from archspec.ops._base import Claim
from archspec.ops.convolution import Conv
from archspec.ops.dense import FC, Linear
from archspec.volume import Volume

if TYPE_CHECKING:
    from tests.ops.conftest import Reference


spatial_axes = pytest.mark.parametrize("spatial", [(), (1,), (6,), (3, 4), (2, 3, 4)])


@spatial_axes
@pytest.mark.parametrize("bias", [False, True])
def test_fc_sees_the_whole_volume(spatial: tuple[int, ...], bias: bool, ort: Reference) -> None:
    volume = Volume(spatial, 5)
    layer = FC(units=7, bias=bias)
    rng = np.random.default_rng(0)
    weights = {w.name: rng.standard_normal(w.shape).astype("float32") for w in layer.weights([volume])}
    x = rng.standard_normal((3, *volume.shape)).astype("float32")
    y = layer.forward([x], weights)
    output = layer.infer([volume])
    assert y.shape == (3, *output.shape) == (3, *(1 for _ in spatial), 7)
    ort.agree(y.reshape(3, 7), ort.run("Gemm", x.reshape(3, -1), *weights.values()))
    assert layer.macs([volume], output) == volume.size * 7
    assert layer.flops([volume], output) == 7 * (2 * volume.size + bias)
    windows = layer.windows([volume])
    assert tuple(window.extent for window in windows) == spatial


def test_fc_is_a_convolution_with_a_kernel_as_large_as_the_input(ort: Reference) -> None:
    volume = Volume((7, 7), 6)
    layer, same = FC(units=8), Conv(filters=8, kernel=7)
    rng = np.random.default_rng(0)
    weights = {w.name: rng.standard_normal(w.shape).astype("float32") for w in layer.weights([volume])}
    x = rng.standard_normal((2, *volume.shape)).astype("float32")
    filters = weights["weight"].reshape(7, 7, 6, 8)
    y = layer.forward([x], weights)
    ort.agree(y, same.forward([x], {**weights, "weight": filters}))
    ort.agree(y, ort.run("Conv", x, filters.transpose(3, 2, 0, 1), weights["bias"]))
    output = layer.infer([volume])
    assert same.infer([volume]) == output
    assert same.macs([volume], output) == layer.macs([volume], output)


@spatial_axes
def test_linear_acts_on_the_channels_at_each_position(spatial: tuple[int, ...], ort: Reference) -> None:
    volume = Volume(spatial, 5)
    layer = Linear(units=7)
    rng = np.random.default_rng(0)
    weights = {w.name: rng.standard_normal(w.shape).astype("float32") for w in layer.weights([volume])}
    assert {name: weight.shape for name, weight in weights.items()} == {"weight": (5, 7), "bias": (7,)}
    x = rng.standard_normal((2, *volume.shape)).astype("float32")
    y = layer.forward([x], weights)
    rows = np.stack([row @ weights["weight"] + weights["bias"] for row in x.reshape(-1, 5)])
    ort.agree(y, rows.reshape(2, *spatial, 7))
    output = layer.infer([volume])
    assert output.shape == y.shape[1:]
    assert layer.macs([volume], output) == volume.positions * 35
    assert layer.flops([volume], output) == volume.positions * (70 + 7)
    assert layer.unshared_params([volume], output) == volume.positions * 42


def test_linear_agrees_with_onnx_runtime(ort: Reference) -> None:
    layer = Linear(units=4)
    rng = np.random.default_rng(0)
    weight, bias = rng.standard_normal((3, 4)).astype("float32"), rng.standard_normal(4).astype("float32")
    x = rng.standard_normal((2, 5, 6, 3)).astype("float32")
    ort.agree(
        layer.forward([x], {"weight": weight, "bias": bias}), ort.run("Conv", x, weight.T[:, :, None, None], bias)
    )


def test_claimed_features_are_facts_to_check() -> None:
    volume = Volume((4, 4), 3)
    assert FC(units=2, in_features=3).claims([volume]) == (Claim("in_features", 3, 48),)
    assert Linear(units=2, in_features=4).claims([volume]) == (Claim("in_features", 4, 3),)
    assert FC(units=2).claims([volume]) == Linear(units=2).claims([volume]) == ()
