"""What makes a transformer: tokens, their positions, attention; and what goes with it in residual branches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archspec.ops._base import Division, Limit
from archspec.ops._dependence import InputDependence
from archspec.ops.attention import Attention
from archspec.ops.regularization import DropPath
from archspec.ops.scaling import Scale
from archspec.ops.sequence import ClassToken, PositionEmbedding, Select, Tokens
from archspec.volume import Volume

if TYPE_CHECKING:
    from archspec.ops._numpy import Array
    from tests.ops.conftest import Reference


@pytest.mark.parametrize("spatial", [(6,), (2, 3), (2, 3, 4)])
def test_tokens_go_row_by_row(spatial: tuple[int, ...]) -> None:
    volume = Volume(spatial, 2)
    x = np.arange(volume.size).reshape(1, *volume.shape)
    y = Tokens().forward([x], {})
    assert Tokens().infer([volume]) == Volume((volume.positions,), 2)
    assert y.tolist() == [[[2 * i, 2 * i + 1] for i in range(volume.positions)]]
    assert np.shares_memory(x, y)
    assert Tokens().in_place


def test_a_class_token_comes_first() -> None:
    volume = Volume((3,), 2)
    (token,) = ClassToken().weights([volume])
    assert (token.name, token.shape, token.initial, token.trainable) == ("token", (2,), "zeros", True)
    x = np.arange(12.0).reshape(2, 3, 2)
    y = ClassToken().forward([x], {"token": np.array([7.0, 8])})
    assert y[0].tolist() == [[7, 8], [0, 1], [2, 3], [4, 5]]
    assert (y[1, 0] == [7, 8]).all()
    output = ClassToken().infer([volume])
    assert output == Volume((4,), 2)
    assert ClassToken().unshared_params([volume], output) == 2
    assert ClassToken().flops([volume], output) == 0


@pytest.mark.parametrize("spatial", [(6,), (2, 3)])
def test_every_position_has_an_embedding(spatial: tuple[int, ...]) -> None:
    volume, layer = Volume(spatial, 4), PositionEmbedding()
    (position,) = layer.weights([volume])
    assert (position.name, position.shape, position.role) == ("position", volume.shape, "bias")
    x, added = np.random.default_rng(0).standard_normal((2, 3, *volume.shape))
    assert (layer.forward([x], {"position": added[0]}) == x + added[:1]).all()
    assert layer.flops([volume], volume) == layer.unshared_params([volume], volume) == volume.size


def test_select_keeps_one_position() -> None:
    volume = Volume((5,), 3)
    x = np.random.default_rng(0).standard_normal((2, *volume.shape))
    for index in range(5):
        layer = Select(index=index)
        assert layer.infer([volume]) == Volume((1,), 3)
        assert (layer.forward([x], {})[:, 0] == x[:, index]).all()
        assert layer.dependence([volume])[0] == (InputDependence(1, index, index),)
    assert Select.main == "index"
    assert Select(index=5).infer([volume]) is None
    assert Select(index=5).limits([volume]) == (Limit("index", "index", 5, 4),)


def by_onnx(layer: Attention, x: Array, weights: dict[str, Array], ort: Reference) -> Array:
    """Attention one head at a time, of ONNX nodes: (N, length, C)."""
    channels = x.shape[-1]
    size = channels // layer.heads
    qkv = ort.node("MatMul", x, weights["qkv_weight"])
    if "qkv_bias" in weights:
        qkv = ort.node("Add", qkv, weights["qkv_bias"])
    queries, keys, values = np.split(qkv, 3, axis=-1)
    gathered = []
    for head in range(layer.heads):
        part = slice(head * size, (head + 1) * size)
        scores = ort.node("MatMul", queries[..., part], keys[..., part].swapaxes(1, 2))
        shares = ort.node("Softmax", ort.node("Div", scores, np.sqrt(np.float32(size))), axis=-1)
        gathered.append(ort.node("MatMul", shares, values[..., part]))
    y = ort.node("MatMul", np.concatenate(gathered, axis=-1), weights["weight"])
    return ort.node("Add", y, weights["bias"]) if "bias" in weights else y


@given(
    length=st.integers(1, 6), heads=st.integers(1, 3), size=st.integers(1, 4), biases=st.tuples(*[st.booleans()] * 2)
)
def test_attention_agrees_with_onnx_runtime(
    length: int, heads: int, size: int, biases: tuple[bool, bool], ort: Reference
) -> None:
    qkv_bias, bias = biases
    layer, volume = Attention(heads=heads, qkv_bias=qkv_bias, bias=bias), Volume((length,), heads * size)
    x, weights = ort.drawn(layer, volume)
    assert ("qkv_bias" in weights) == (qkv_bias and bias)
    assert ("bias" in weights) == bias
    ort.agree(layer.forward([x], weights), by_onnx(layer, x, weights, ort))


def test_the_positions_of_a_map_are_a_sequence() -> None:
    layer = Attention(heads=2)
    rng = np.random.default_rng(0)
    weights = {w.name: rng.standard_normal(w.shape) for w in layer.weights([Volume((12,), 6)])}
    x = rng.standard_normal((2, 3, 4, 6))
    flat = layer.forward([x.reshape(2, 12, 6)], weights)
    np.testing.assert_allclose(layer.forward([x], weights), flat.reshape(x.shape), rtol=1e-12)
    assert layer.macs([Volume((3, 4), 6)], Volume((3, 4), 6)) == layer.macs([Volume((12,), 6)], Volume((12,), 6))


def test_attention_of_a_vision_transformer() -> None:
    """ViT-B: torchvision's ``nn.MultiheadAttention(768, 12)`` on 197 positions."""
    layer, volume = Attention(heads=12), Volume((197,), 768)
    params = {w.name: w.size for w in layer.weights([volume])}
    assert params == {"qkv_weight": 1_769_472, "qkv_bias": 2_304, "weight": 589_824, "bias": 768}
    macs = 197 * (1_769_472 + 589_824) + 2 * 197 * 197 * 768
    assert layer.macs([volume], volume) == macs
    assert layer.flops([volume], volume) == 2 * macs + 197 * (2_304 + 768) + 12 * 197 * 197 * 6
    assert Attention(heads=1).macs([volume], volume) == macs  # heads make no difference


def test_the_published_macs_of_vit_b_16() -> None:
    """torchvision's 17,563,828,224 for one 224x224 image, added up by hand around what attention counts."""
    length, width = 197, 768
    attention = Attention(heads=12).macs([Volume((length,), width)], Volume((length,), width))
    patches, mlp, head = 196 * 16 * 16 * 3 * width, 2 * length * width * 4 * width, width * 1000
    assert patches + 12 * (attention + mlp) + head == 17_563_828_224


def test_fans_of_attention() -> None:
    qkv, _, weight, _ = Attention(heads=1).weights([Volume((5,), 6)])
    assert (qkv.fan_in, qkv.fan_out, weight.fan_in, weight.fan_out) == (6, 18, 6, 6)


def test_heads_must_divide_the_channels() -> None:
    layer = Attention(heads=4)
    assert layer.main == "heads"
    assert layer.divisions([Volume((5,), 6)]) == (Division("heads", 4, "input channels", 6),)
    assert layer.infer([Volume((5,), 6)]) is None
    assert layer.dependence([Volume((5, 3), 8)])[0] == (InputDependence(0, 0, 4), InputDependence(0, 0, 2))


def test_scale_is_a_number_a_channel_that_starts_small() -> None:
    volume = Volume((3, 4), 5)
    (gamma,) = Scale().weights([volume])
    assert (gamma.name, gamma.shape, gamma.role, gamma.initial) == ("gamma", (5,), "weight", 1e-6)
    assert Scale(initial=0.1).weights([volume])[0].initial == 0.1
    x = np.random.default_rng(0).standard_normal((2, *volume.shape))
    assert (Scale().forward([x], {"gamma": np.arange(5.0)}) == x * np.arange(5)).all()
    assert Scale().flops([volume], volume) == volume.size
    assert Scale.main == "initial"


def test_drop_path_leaves_everything_as_it_is_at_inference() -> None:
    x = np.random.default_rng(0).standard_normal((2, 3, 4))
    assert (DropPath(rate=0.3).forward([x], {}) == x).all()
    assert DropPath(rate=0).in_place
    assert DropPath.main == "rate"
