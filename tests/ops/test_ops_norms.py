from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from archspec.ops.normalization import LRN, BatchNorm
from archspec.volume import Volume

if TYPE_CHECKING:
    from tests.ops.conftest import Reference


@pytest.mark.parametrize("spatial", [(5,), (4, 3), (2, 3, 4)])
@pytest.mark.parametrize("eps", [1e-5, 1e-3])
def test_batch_norm_agrees_with_onnx_runtime(spatial: tuple[int, ...], eps: float, ort: Reference) -> None:
    layer = BatchNorm(eps=eps)
    rng = np.random.default_rng(0)
    x = rng.standard_normal((3, *spatial, 6)).astype("float32")
    weights = {w.name: rng.uniform(0.5, 2, w.shape).astype("float32") for w in layer.weights(Volume(spatial, 6))}
    ort.agree(layer.forward(x, weights), ort.run("BatchNormalization", x, *weights.values(), epsilon=eps))


def test_batch_norm_learns_two_numbers_a_channel_and_keeps_two() -> None:
    volume = Volume((4, 4), 6)
    learned, kept = BatchNorm().weights(volume)[:2], BatchNorm().weights(volume)[2:]
    assert [(w.name, w.role, w.initial, w.shape) for w in learned] == [
        ("gamma", "weight", "ones", (6,)),
        ("beta", "bias", "zeros", (6,)),
    ]
    assert [(w.name, w.role, w.initial, w.shape) for w in kept] == [
        ("mean", "buffer", "zeros", (6,)),
        ("variance", "buffer", "ones", (6,)),
    ]
    assert BatchNorm(affine=False).weights(volume) == kept
    assert BatchNorm().flops(volume, volume) == 2 * volume.size


def test_batch_norm_without_affine_only_normalizes() -> None:
    x = np.array([[1.0], [3.0]])
    y = BatchNorm(affine=False, eps=1e-12).forward(x, {"mean": np.array([2.0]), "variance": np.array([4.0])})
    np.testing.assert_allclose(y, [[-0.5], [0.5]])


@pytest.mark.parametrize("size", [1, 3, 5, 7])
@pytest.mark.parametrize("channels", [1, 4, 9])
def test_lrn_agrees_with_onnx_runtime_whose_alpha_is_divided_by_size(size: int, channels: int, ort: Reference) -> None:
    layer = LRN(size=size, alpha=0.3, beta=0.6, k=1.5)
    x = np.random.default_rng(0).standard_normal((2, 3, 4, channels)).astype("float32")
    ort.agree(layer.forward(x, {}), ort.run("LRN", x, size=size, alpha=0.3 * size, beta=0.6, bias=1.5))


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_lrn_is_the_formula_of_the_paper(size: int) -> None:
    layer = LRN(size=size, alpha=0.1, beta=0.5, k=2)
    x = np.random.default_rng(0).standard_normal((1, 6))
    before, after = (size - 1) // 2, size // 2  # an even size takes the odd channel after, as ONNX says
    for i in range(6):
        squares = sum(x[0, j] ** 2 for j in range(max(0, i - before), min(5, i + after) + 1))
        assert layer.forward(x, {})[0, i] == pytest.approx(x[0, i] / (2 + 0.1 * squares) ** 0.5)


def test_lrn_has_the_constants_of_alexnet() -> None:
    assert LRN() == LRN(size=5, alpha=1e-4, beta=0.75, k=2)
    assert LRN().flops(Volume((2, 2), 3), Volume((2, 2), 3)) == 12 * 9
