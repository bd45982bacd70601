from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from archspec.ops import operator
from archspec.ops._base import Division
from archspec.ops._dependence import InputDependence
from archspec.ops.normalization import LRN, BatchNorm
from archspec.ops.sample_norms import GroupNorm, InstanceNorm, LayerNorm
from archspec.volume import Volume

if TYPE_CHECKING:
    from tests.ops.conftest import Reference


spatial_axes = pytest.mark.parametrize("spatial", [(5,), (4, 3), (2, 3, 4)])


@spatial_axes
@pytest.mark.parametrize("eps", [1e-5, 1e-3])
def test_batch_norm_agrees_with_onnx_runtime(spatial: tuple[int, ...], eps: float, ort: Reference) -> None:
    layer = BatchNorm(eps=eps)
    rng = np.random.default_rng(0)
    x = rng.standard_normal((3, *spatial, 6)).astype("float32")
    weights = {w.name: rng.uniform(0.5, 2, w.shape).astype("float32") for w in layer.weights([Volume(spatial, 6)])}
    ort.agree(layer.forward([x], weights), ort.run("BatchNormalization", x, *weights.values(), epsilon=eps))


def test_batch_norm_learns_two_numbers_a_channel_and_keeps_two() -> None:
    volume = Volume((4, 4), 6)
    learned, kept = BatchNorm().weights([volume])[:2], BatchNorm().weights([volume])[2:]
    assert [(w.name, w.role, w.initial, w.shape) for w in learned] == [
        ("gamma", "weight", "ones", (6,)),
        ("beta", "bias", "zeros", (6,)),
    ]
    assert [(w.name, w.role, w.initial, w.shape) for w in kept] == [
        ("mean", "buffer", "zeros", (6,)),
        ("variance", "buffer", "ones", (6,)),
    ]
    assert BatchNorm(affine=False).weights([volume]) == kept
    assert BatchNorm().flops([volume], volume) == 2 * volume.size


def test_batch_norm_without_affine_only_normalizes() -> None:
    x = np.array([[1.0], [3.0]])
    y = BatchNorm(affine=False, eps=1e-12).forward([x], {"mean": np.array([2.0]), "variance": np.array([4.0])})
    np.testing.assert_allclose(y, [[-0.5], [0.5]])


@pytest.mark.parametrize("size", [1, 3, 5, 7])
@pytest.mark.parametrize("channels", [1, 4, 9])
def test_lrn_agrees_with_onnx_runtime_whose_alpha_is_divided_by_size(size: int, channels: int, ort: Reference) -> None:
    layer = LRN(size=size, alpha=0.3, beta=0.6, k=1.5)
    x = np.random.default_rng(0).standard_normal((2, 3, 4, channels)).astype("float32")
    ort.agree(layer.forward([x], {}), ort.run("LRN", x, size=size, alpha=0.3 * size, beta=0.6, bias=1.5))


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_lrn_is_the_formula_of_the_paper(size: int) -> None:
    layer = LRN(size=size, alpha=0.1, beta=0.5, k=2)
    x = np.random.default_rng(0).standard_normal((1, 6))
    before, after = (size - 1) // 2, size // 2  # an even size takes the odd channel after, as ONNX says
    for i in range(6):
        squares = sum(x[0, j] ** 2 for j in range(max(0, i - before), min(5, i + after) + 1))
        assert layer.forward([x], {})[0, i] == pytest.approx(x[0, i] / (2 + 0.1 * squares) ** 0.5)


def test_lrn_has_the_constants_of_alexnet() -> None:
    assert LRN() == LRN(size=5, alpha=1e-4, beta=0.75, k=2)
    assert LRN().flops([Volume((2, 2), 3)], Volume((2, 2), 3)) == 12 * 9


@spatial_axes
@pytest.mark.parametrize("eps", [1e-5, 1e-1])
def test_layer_norm_agrees_with_onnx_runtime(spatial: tuple[int, ...], eps: float, ort: Reference) -> None:
    layer = LayerNorm(eps=eps)
    x, weights = ort.drawn(layer, Volume(spatial, 6))
    ort.agree(layer.forward([x], weights), ort.node("LayerNormalization", x, *weights.values(), axis=-1, epsilon=eps))


@spatial_axes
@pytest.mark.parametrize("groups", [1, 2, 6])
def test_group_norm_agrees_with_onnx_runtime(spatial: tuple[int, ...], groups: int, ort: Reference) -> None:
    layer = GroupNorm(groups=groups, eps=1e-2)
    x, weights = ort.drawn(layer, Volume(spatial, 6))
    theirs = ort.run("GroupNormalization", x, *weights.values(), num_groups=groups, epsilon=1e-2)
    ort.agree(layer.forward([x], weights), theirs)


@spatial_axes
@pytest.mark.parametrize("affine", [False, True])
def test_instance_norm_agrees_with_onnx_runtime(spatial: tuple[int, ...], affine: bool, ort: Reference) -> None:
    layer = InstanceNorm(affine=affine, eps=1e-2)
    x, weights = ort.drawn(layer, Volume(spatial, 6))
    learned = weights or {"gamma": np.ones(6, "float32"), "beta": np.zeros(6, "float32")}
    theirs = ort.run("InstanceNormalization", x, *learned.values(), epsilon=1e-2)
    ort.agree(layer.forward([x], weights), theirs)


def test_group_norm_lies_between_instance_norm_and_all_channels_together() -> None:
    volume = Volume((4, 5), 6)
    x = np.random.default_rng(0).standard_normal((3, *volume.shape))
    each = GroupNorm(groups=6, affine=False).forward([x], {})
    np.testing.assert_allclose(each, InstanceNorm().forward([x], {}), rtol=1e-12)
    whole = GroupNorm(groups=1, affine=False).forward([x], {})
    np.testing.assert_allclose(whole.mean(axis=(1, 2, 3)), 0, atol=1e-12)
    np.testing.assert_allclose(whole.std(axis=(1, 2, 3)), 1, rtol=1e-4)


@pytest.mark.parametrize(("name", "affine"), [("layer_norm", True), ("group_norm", True), ("instance_norm", False)])
def test_norms_of_a_sample_learn_two_numbers_a_channel_and_keep_none(name: str, affine: bool) -> None:
    given = {"groups": 3} if name == "group_norm" else {}
    volume = Volume((4, 5), 6)
    by_default = operator(name).model_validate(given)
    assert bool(by_default.weights([volume])) == affine
    for chosen in (False, True):
        layer = operator(name).model_validate({**given, "affine": chosen})
        learned = [(w.name, w.shape, w.role, w.initial) for w in layer.weights([volume])]
        both = [("gamma", (6,), "weight", "ones"), ("beta", (6,), "bias", "zeros")]
        assert learned == (both if chosen else [])
        assert layer.flops([volume], volume) == (7 if chosen else 5) * volume.size
        assert not layer.in_place


def test_what_norms_of_a_sample_see() -> None:
    volume = Volume((4, 5), 6)
    assert LayerNorm().dependence([volume])[0] == (InputDependence(), InputDependence())
    for layer in (GroupNorm(groups=2), InstanceNorm()):
        assert layer.dependence([volume])[0] == (InputDependence(0, 0, 3), InputDependence(0, 0, 4))


def test_groups_of_channels_must_divide() -> None:
    layer = GroupNorm(groups=4)
    assert layer.main == "groups"
    assert layer.divisions([Volume((2, 2), 6)]) == (Division("groups", 4, "input channels", 6),)
    assert layer.infer([Volume((2, 2), 6)]) is None
    assert layer.infer([Volume((2, 2), 8)]) == Volume((2, 2), 8)
