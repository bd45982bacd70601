"""The forward pass in training: batch norm by the batch, dropout that drops; all others as at inference."""

from __future__ import annotations

import math

import numpy as np
import pytest

from archspec.ops import OPERATORS
from archspec.ops.normalization import BatchNorm
from archspec.ops.regularization import Dropout, DropPath
from tests.ops.test_ops_table import largest, made, weights

X = np.random.default_rng(3).normal(2, 3, (4, 5, 6, 3))
KEPT = {"gamma": np.array([1.0, 2, 3]), "beta": np.array([0.0, -1, 5]), "mean": np.full(3, 9.0), "variance": np.ones(3)}


def test_batch_norm_goes_by_the_batch_in_training() -> None:
    y = BatchNorm(eps=1e-3).forward([X], KEPT, training=True)
    for channel in range(3):
        values = X[..., channel].ravel().tolist()
        mean = math.fsum(values) / len(values)
        variance = math.fsum((value - mean) ** 2 for value in values) / len(values)  # biased, as in algorithm 1
        wanted = (X[..., channel] - mean) / math.sqrt(variance + 1e-3) * KEPT["gamma"][channel] + KEPT["beta"][channel]
        np.testing.assert_allclose(y[..., channel], wanted, rtol=1e-12)


def test_batch_norm_keeps_its_statistics_for_inference() -> None:
    before = {name: array.copy() for name, array in KEPT.items()}
    BatchNorm().forward([X], KEPT, training=True)
    assert all((KEPT[name] == before[name]).all() for name in KEPT)
    np.testing.assert_allclose(BatchNorm(eps=1e-9, affine=False).forward([X], KEPT), X - 9, rtol=1e-8)


def test_batch_norm_of_one_value_a_channel_gives_beta() -> None:
    assert BatchNorm().forward([np.full((1, 1, 1, 3), 7.0)], KEPT, training=True).ravel().tolist() == [0, -1, 5]


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_dropout_drops_elements_and_scales_the_others(rate: float) -> None:
    x = np.ones((50, 10, 10, 4))
    y = Dropout(rate=rate).forward([x], {}, training=True, rng=np.random.default_rng(1))
    assert np.unique(y).tolist() == pytest.approx([0, 1 / (1 - rate)])
    deviation = math.sqrt(rate * (1 - rate) / x.size)
    assert abs((y == 0).mean() - rate) < 5 * deviation
    assert (x == 1).all()


def test_drop_path_drops_whole_samples() -> None:
    y = DropPath(rate=0.25).forward([np.ones((2000, 3, 2))], {}, training=True, rng=np.random.default_rng(1))
    kinds = {tuple(np.unique(sample)) for sample in y}
    assert kinds == {(0.0,), (1 / 0.75,)}
    assert abs((y[:, 0, 0] == 0).mean() - 0.25) < 5 * math.sqrt(0.25 * 0.75 / 2000)


@pytest.mark.parametrize("layer", [Dropout(rate=0.5), DropPath(rate=0.5)])
def test_the_generator_alone_decides(layer: Dropout | DropPath) -> None:
    first, second, other = (
        layer.forward([X], {}, training=True, rng=np.random.default_rng(seed)) for seed in (7, 7, 8)
    )
    assert first.tobytes() == second.tobytes() != other.tobytes()
    with pytest.raises(ValueError, match=r"is random in training: pass rng=numpy\.random\.default_rng\(seed\)"):
        layer.forward([X], {}, training=True)
    assert layer.forward([X], {}) is X
    assert layer.model_copy(update={"rate": 0.0}).forward([X], {}, training=True) is X


def test_infinities_are_dropped_like_anything_else() -> None:
    y = Dropout(rate=0.5).forward([np.full((1, 100), np.inf)], {}, training=True, rng=np.random.default_rng(0))
    assert set(y.ravel().tolist()) == {0, math.inf}


@pytest.mark.parametrize("name", OPERATORS)
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_training_keeps_shape_and_dtype_and_changes_what_its_traits_say(name: str, dtype: str) -> None:
    layer, volume = made(name), largest(name)
    x = np.random.default_rng(1).standard_normal((2, *volume.shape)).astype(dtype)
    arrays, before = weights(layer, volume, dtype), x.copy()
    y = layer.forward([x], arrays)
    trained = layer.forward([x], arrays, training=True, rng=np.random.default_rng(2))
    assert (trained.shape, trained.dtype) == (y.shape, y.dtype)
    assert (x == before).all()
    acts = bool(layer.drops) or layer.has_batch_statistics
    assert acts != np.array_equal(y, trained)


@pytest.mark.torch
def test_batch_norm_in_training_agrees_with_pytorch() -> None:
    import torch  # noqa: PLC0415 - where it is installed

    gamma, beta = torch.from_numpy(KEPT["gamma"]), torch.from_numpy(KEPT["beta"])
    x = torch.from_numpy(X.transpose(0, 3, 1, 2))
    theirs = torch.nn.functional.batch_norm(x, None, None, gamma, beta, training=True, eps=1e-3)
    ours = BatchNorm(eps=1e-3).forward([X], KEPT, training=True)
    np.testing.assert_allclose(ours, theirs.numpy().transpose(0, 2, 3, 1), rtol=1e-10)
