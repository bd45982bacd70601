"""Operators against PyTorch: with its rules for sizes that do not fit, and where ONNX Runtime has no such operator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from archspec.ops import operator
from archspec.volume import Volume

if TYPE_CHECKING:
    from archspec.ops._base import Operator
    from archspec.ops._numpy import Array
    from tests.ops.conftest import Reference

pytestmark = pytest.mark.torch

MODES = {"zeros": "constant", "reflect": "reflect", "replicate": "replicate", "circular": "circular"}


class Compared:
    """An operator of ours on drawn numbers, and the same numbers for PyTorch."""

    def __init__(self, layer: Operator, volume: Volume, peer: Peer) -> None:
        x, weights = peer.ort.drawn(layer, volume)
        self.agree = peer.ort.agree
        self.functional = peer.torch.nn.functional
        self.rank = len(volume.spatial)
        self.ours = layer.forward([x], weights)
        self.x = peer.tensor(np.moveaxis(x, -1, 1))
        self.weights = {name: peer.tensor(array) for name, array in weights.items()}
        output = layer.infer([volume])
        assert output is not None
        assert self.ours.shape == (2, *output.shape)

    def function(self, name: str) -> Any:
        """``conv2d`` for ``conv``, by the number of axes."""
        return getattr(self.functional, f"{name}{self.rank}d")

    @property
    def filters(self) -> Any:
        """The weight as PyTorch has it: filters and channels first."""
        return self.weights["weight"].movedim((-1, -2), (0, 1))

    def agrees(self, theirs: Any) -> None:
        self.agree(self.ours, np.moveaxis(theirs.detach().numpy(), 1, -1))


class Peer:
    """PyTorch, and what draws the numbers."""

    def __init__(self, ort: Reference) -> None:
        self.ort = ort
        self.torch = pytest.importorskip("torch")
        self.torch.set_num_threads(1)

    def tensor(self, array: Array) -> Any:
        return self.torch.from_numpy(np.ascontiguousarray(array))

    def run(self, name: str, arguments: dict[str, Any], volume: Volume) -> Compared:
        return Compared(operator(name).model_validate(arguments), volume, self)


@pytest.fixture(scope="module")
def peer(ort: Reference) -> Peer:
    return Peer(ort)


def lists(arguments: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: arguments[name] for name in names}


def symmetric(data: st.DataObject, arguments: dict[str, Any], half: bool = False) -> None:
    """Put in one padding for both sides of each axis, which is all that PyTorch knows.

    Of pools that is at most half of the kernel; convolutions crash on some paddings as wide as the kernel.
    """
    axes = zip(arguments["kernel"], arguments["dilation"], strict=True)
    most = [kernel // 2 if half else (kernel - 1) * dilation for kernel, dilation in axes]
    arguments["padding"] = [data.draw(st.integers(0, size)) for size in most]


def goes_in(arguments: dict[str, Any], volume: Volume) -> bool:
    """Whether the window is no larger than the padded volume."""
    return operator("max_pool").model_validate(arguments).infer([volume]) is not None


@settings(max_examples=150)
@given(data=st.data(), groups=st.integers(1, 3), bias=st.booleans())
def test_conv(data: st.DataObject, groups: int, bias: bool, peer: Peer) -> None:
    volume, arguments = peer.ort.draw_sliding(data)
    symmetric(data, arguments)
    volume = Volume(volume.spatial, volume.channels * groups)
    assume(goes_in(arguments, volume))
    both = peer.run("conv", {**arguments, "filters": 2 * groups, "groups": groups, "bias": bias}, volume)
    conv = both.function("conv")
    theirs = conv(
        both.x,
        both.filters,
        both.weights.get("bias"),
        groups=groups,
        **lists(arguments, "stride", "padding", "dilation"),
    )
    both.agrees(theirs)


@given(data=st.data(), multiplier=st.integers(1, 3))
def test_depthwise_conv(data: st.DataObject, multiplier: int, peer: Peer) -> None:
    volume, arguments = peer.ort.draw_sliding(data)
    symmetric(data, arguments)
    assume(goes_in(arguments, volume))
    both = peer.run("depthwise_conv", {**arguments, "multiplier": multiplier}, volume)
    given_ = lists(arguments, "stride", "padding", "dilation")
    both.agrees(both.function("conv")(both.x, both.filters, both.weights["bias"], groups=volume.channels, **given_))


@pytest.mark.parametrize("mode", MODES)
@given(data=st.data())
def test_padding_modes(data: st.DataObject, mode: str, peer: Peer) -> None:
    rank = data.draw(st.integers(1, 3))
    volume = Volume(tuple(data.draw(st.integers(3, 6)) for _ in range(rank)), 2)
    sides = [[data.draw(st.integers(0, 2)), data.draw(st.integers(0, 2))] for _ in range(rank)]
    both = peer.run("pad", {"padding": sides, "padding_mode": mode}, volume)
    last_first = [side for pair in reversed(sides) for side in pair]
    both.agrees(peer.torch.nn.functional.pad(both.x, last_first, mode=MODES[mode]))


@settings(max_examples=150)
@given(data=st.data(), ceil=st.booleans())
def test_max_pool_and_its_ceil_mode(data: st.DataObject, ceil: bool, peer: Peer) -> None:
    volume, arguments = peer.ort.draw_sliding(data)
    symmetric(data, arguments, half=True)
    assume(goes_in(arguments, volume))
    both = peer.run("max_pool", {**arguments, "fit": "pad" if ceil else "crop"}, volume)
    given_ = lists(arguments, "stride", "padding", "dilation")
    both.agrees(both.function("max_pool")(both.x, arguments["kernel"], ceil_mode=ceil, **given_))


@settings(max_examples=150)
@given(data=st.data(), ceil=st.booleans(), count_padding=st.booleans())
def test_avg_pool_its_ceil_mode_and_count_include_pad(
    data: st.DataObject, ceil: bool, count_padding: bool, peer: Peer
) -> None:
    volume, arguments = peer.ort.draw_sliding(data)
    symmetric(data, arguments, half=True)
    del arguments["dilation"]  # PyTorch's has none
    assume(goes_in(arguments, volume))
    if len(volume.spatial) == 3:  # here PyTorch wants the window to go in without padding
        assume(all(kernel <= size for kernel, size in zip(arguments["kernel"], volume.spatial, strict=True)))
    fit = {"fit": "pad" if ceil else "crop", "count_padding": count_padding}
    both = peer.run("avg_pool", {**arguments, **fit}, volume)
    given_ = lists(arguments, "stride", "padding")
    pool = both.function("avg_pool")
    both.agrees(pool(both.x, arguments["kernel"], ceil_mode=ceil, count_include_pad=count_padding, **given_))


@given(data=st.data())
def test_l2_pool(data: st.DataObject, peer: Peer) -> None:
    volume, arguments = peer.ort.draw_sliding(data)
    del arguments["padding"], arguments["dilation"]
    assume(goes_in(arguments, volume))
    both = peer.run("l2_pool", {**arguments, "fit": "crop"}, volume)
    # PyTorch takes the root of the mean times the kernel's size.
    kernel, stride = (arguments[name] if both.rank > 1 else arguments[name][0] for name in ("kernel", "stride"))
    both.agrees(both.function("lp_pool")(both.x, 2.0, kernel, stride))


@given(data=st.data(), bias=st.booleans())
def test_local_conv_is_unfold_and_a_product_at_every_position(data: st.DataObject, bias: bool, peer: Peer) -> None:
    volume, arguments = peer.ort.draw_sliding(data)
    assume(len(volume.spatial) == 2)  # all that PyTorch's unfold knows
    symmetric(data, arguments)
    assume(goes_in(arguments, volume))
    both = peer.run("local_conv", {**arguments, "filters": 3, "bias": bias, "fit": "crop"}, volume)
    given_ = lists(arguments, "stride", "padding", "dilation")
    columns = peer.torch.nn.functional.unfold(both.x, arguments["kernel"], **given_)  # N, C * taps, positions
    rows, width = both.ours.shape[1:3]
    weight = both.weights["weight"].movedim(-2, 2).reshape(rows * width, -1, 3)
    theirs = peer.torch.einsum("nip,pif->nfp", columns, weight).reshape(2, 3, rows, width)
    if bias:
        theirs = theirs + both.weights["bias"].movedim(-1, 0)
    both.agrees(theirs)


@settings(max_examples=150)
@given(data=st.data())
def test_conv_transpose(data: st.DataObject, peer: Peer) -> None:
    volume, arguments = peer.ort.draw_transposed(data)
    for axis, (near, far) in enumerate(arguments["padding"]):
        arguments["padding"][axis] = min(near, far)
        most = max(arguments["stride"][axis], arguments["dilation"][axis]) - 1
        arguments["output_padding"][axis] = data.draw(st.integers(0, most))
    groups = arguments["groups"]
    assume(operator("conv_transpose").model_validate(arguments).infer([volume]) is not None)
    both = peer.run("conv_transpose", arguments, volume)
    weight = both.weights["weight"]
    *kernel, channels, filters = weight.shape
    split = weight.reshape(*kernel, channels, groups, filters // groups).movedim((-2, -3, -1), (0, 1, 2))
    theirs = both.function("conv_transpose")(
        both.x,
        split.reshape(volume.channels, filters // groups, *kernel),
        both.weights.get("bias"),
        groups=groups,
        **lists(arguments, "stride", "padding", "output_padding", "dilation"),
    )
    both.agrees(theirs)


@pytest.mark.parametrize("kind", ["avg", "max"])
@given(data=st.data())
def test_adaptive_pools(data: st.DataObject, kind: str, peer: Peer) -> None:
    volume = peer.ort.draw_volume(data)
    size = [data.draw(st.integers(1, 9)) for _ in volume.spatial]
    both = peer.run(f"adaptive_{kind}_pool", {"size": size}, volume)
    both.agrees(both.function(f"adaptive_{kind}_pool")(both.x, size))


LINEAR = {1: "linear", 2: "bilinear", 3: "trilinear"}


@pytest.mark.parametrize("align_corners", [False, True])
@given(data=st.data())
def test_bilinear(data: st.DataObject, align_corners: bool, peer: Peer) -> None:
    volume = peer.ort.draw_volume(data)
    size = [data.draw(st.integers(1, 12)) for _ in volume.spatial]
    arguments = {"size": size, "mode": "bilinear", "align_corners": align_corners}
    both = peer.run("upsample", arguments, volume)
    given_ = {"mode": LINEAR[both.rank], "align_corners": align_corners}
    both.agrees(peer.torch.nn.functional.interpolate(both.x, size=size, **given_))


@given(data=st.data())
def test_nearest(data: st.DataObject, peer: Peer) -> None:
    volume = peer.ort.draw_volume(data)
    factor = [data.draw(st.integers(1, 4)) for _ in volume.spatial]
    both = peer.run("upsample", {"factor": factor}, volume)
    both.agrees(peer.torch.nn.functional.interpolate(both.x, scale_factor=factor, mode="nearest"))


@given(factor=st.integers(1, 4), channels=st.integers(1, 3), spatial=st.tuples(*[st.integers(1, 4)] * 2))
def test_pixels(factor: int, channels: int, spatial: tuple[int, int], peer: Peer) -> None:
    deep = Volume(spatial, channels * factor**2)
    large = Volume((spatial[0] * factor, spatial[1] * factor), channels)
    both = peer.run("pixel_shuffle", {"factor": factor}, deep)
    both.agrees(peer.torch.nn.functional.pixel_shuffle(both.x, factor))
    both = peer.run("pixel_unshuffle", {"factor": factor}, large)
    both.agrees(peer.torch.nn.functional.pixel_unshuffle(both.x, factor))


@pytest.mark.parametrize("groups", [1, 2, 3, 6])
def test_channel_shuffle(groups: int, peer: Peer) -> None:
    both = peer.run("channel_shuffle", {"groups": groups}, Volume((3, 4), 6))
    both.agrees(peer.torch.nn.ChannelShuffle(groups)(both.x))


@given(data=st.data(), groups=st.sampled_from([1, 2, 3, 6]), affine=st.booleans())
def test_norms(data: st.DataObject, groups: int, affine: bool, peer: Peer) -> None:
    volume = Volume(peer.ort.draw_volume(data).spatial, 6)
    functional = peer.torch.nn.functional

    def learned(both: Compared) -> list[Any]:
        return [both.weights.get(name) for name in ("gamma", "beta")]

    both = peer.run("group_norm", {"groups": groups, "affine": affine}, volume)
    both.agrees(functional.group_norm(both.x, groups, *learned(both)))
    both = peer.run("layer_norm", {"affine": affine}, volume)
    both.agrees(functional.layer_norm(both.x.movedim(1, -1), (6,), *learned(both)).movedim(-1, 1))
    if volume.positions > 1:  # of one PyTorch refuses it
        both = peer.run("instance_norm", {"affine": affine}, volume)
        gamma, beta = learned(both)
        both.agrees(functional.instance_norm(both.x, weight=gamma, bias=beta))


@given(length=st.integers(1, 6), heads=st.integers(1, 3), size=st.integers(1, 4), bias=st.booleans())
def test_attention(length: int, heads: int, size: int, bias: bool, peer: Peer) -> None:
    both = peer.run("attention", {"heads": heads, "bias": bias}, Volume((length,), heads * size))
    theirs = peer.torch.nn.MultiheadAttention(heads * size, heads, bias=bias, batch_first=True)
    names = {
        "qkv_weight": "in_proj_weight",
        "weight": "out_proj.weight",
        "qkv_bias": "in_proj_bias",
        "bias": "out_proj.bias",
    }
    theirs.load_state_dict(
        {names[name]: array.mT if array.ndim == 2 else array for name, array in both.weights.items()}
    )
    assert sum(p.numel() for p in theirs.parameters()) == sum(array.numel() for array in both.weights.values())
    tokens = both.x.movedim(1, -1)
    both.agrees(theirs(tokens, tokens, tokens, need_weights=False)[0].movedim(-1, 1))


ACTIVATIONS = [
    ("relu", {}, "ReLU", {}),
    ("relu6", {}, "ReLU6", {}),
    ("leaky_relu", {"slope": 0.2}, "LeakyReLU", {"negative_slope": 0.2}),
    ("elu", {"alpha": 0.5}, "ELU", {"alpha": 0.5}),
    ("selu", {}, "SELU", {}),
    ("gelu", {}, "GELU", {}),
    ("gelu", {"approximate": "tanh"}, "GELU", {"approximate": "tanh"}),
    ("silu", {}, "SiLU", {}),
    ("mish", {}, "Mish", {}),
    ("softplus", {}, "Softplus", {}),
    ("hard_swish", {}, "Hardswish", {}),
    ("hard_sigmoid", {}, "Hardsigmoid", {}),
    ("sigmoid", {}, "Sigmoid", {}),
    ("tanh", {}, "Tanh", {}),
    ("softmax", {}, "Softmax", {"dim": 1}),
    ("log_softmax", {}, "LogSoftmax", {"dim": 1}),
]


@pytest.mark.parametrize(("name", "arguments", "kind", "theirs"), ACTIVATIONS)
def test_activations(name: str, arguments: dict[str, Any], kind: str, theirs: dict[str, Any], peer: Peer) -> None:
    both = peer.run(name, arguments, Volume((7, 9), 5))
    both.agrees(getattr(peer.torch.nn, kind)(**theirs)(both.x))


def test_lrn_whose_alpha_is_divided_by_size(peer: Peer) -> None:
    both = peer.run("lrn", {"size": 5, "alpha": 0.3, "beta": 0.6, "k": 1.5}, Volume((3, 4), 9))
    both.agrees(peer.torch.nn.functional.local_response_norm(both.x, 5, alpha=1.5, beta=0.6, k=1.5))


def test_class_token_scale_and_stochastic_depth_are_what_their_names_say(peer: Peer) -> None:
    both = peer.run("class_token", {}, Volume((4,), 3))
    token = both.weights["token"].reshape(1, 3, 1).expand(2, -1, -1)
    both.agrees(peer.torch.cat([token, both.x], dim=2))
    both = peer.run("scale", {}, Volume((4, 4), 3))
    both.agrees(both.x * both.weights["gamma"].reshape(1, 3, 1, 1))
    both = peer.run("drop_path", {"rate": 0.5}, Volume((4, 4), 3))
    both.agrees(peer.torch.nn.Identity()(both.x))
