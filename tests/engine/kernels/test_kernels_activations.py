"""Activations in place: the numbers of the operators' forward in float64, to the last digits of their own dtype."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from archspec.engine.kernels._activations import Piece, activation
from archspec.ops import OPERATORS, operator
from archspec.ops._pointwise import Pointwise
from archspec.ops.rectifiers import PReLU, ReLU, ReLU6
from archspec.ops.softmax import LogSoftmax, Softmax

Array = np.ndarray[Any, np.dtype[Any]]

SETTINGS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("elu", {}),
    ("elu", {"alpha": 0.3}),
    ("gelu", {}),
    ("gelu", {"approximate": "tanh"}),
    ("hard_sigmoid", {}),
    ("hard_swish", {}),
    ("leaky_relu", {}),
    ("leaky_relu", {"slope": 0}),
    ("leaky_relu", {"slope": 3}),
    ("mish", {}),
    ("selu", {}),
    ("sigmoid", {}),
    ("silu", {}),
    ("softplus", {}),
    ("tanh", {}),
)
ELSEWHERE = {ReLU, ReLU6, PReLU, Softmax, LogSoftmax}
"""Those that a line of numbers, a clip or whole rows do."""


def done(name: str, arguments: dict[str, Any], x: Array, target: Array) -> Array:
    steps = activation(operator(name).model_validate(arguments))
    assert steps is not None
    t, u, v, w = (np.full_like(x, np.nan) for _ in range(4))
    for call in steps(Piece(x, target, t, u, v, w)):
        call()
    return target


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("name", "arguments"), SETTINGS)
def test_values_of_all_sizes_to_the_last_digits(name: str, arguments: dict[str, Any], dtype: str) -> None:
    sizes = np.concatenate([np.linspace(0, 110, 20_011), np.logspace(-38, 12, 501)])  # exp(110) is no float32
    x = np.concatenate([sizes, -sizes]).astype(dtype)
    wanted = operator(name).model_validate(arguments).forward([x.astype(np.float64)], {})
    apart = done(name, arguments, x, np.empty_like(x))
    least = 2 * float(np.finfo(dtype).eps)
    np.testing.assert_allclose(apart, wanted, rtol=least, atol=least)
    np.testing.assert_array_equal(done(name, arguments, x, x), apart)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("name", "arguments"), SETTINGS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_nan_and_infinity_give_what_they_give_in_the_forward(name: str, arguments: dict[str, Any], dtype: str) -> None:
    x = np.array([np.nan, np.inf, -np.inf], dtype)
    np.testing.assert_array_equal(
        done(name, arguments, x, np.empty_like(x)), operator(name).model_validate(arguments).forward([x], {})
    )


@pytest.mark.parametrize("name", ["sigmoid", "silu", "elu"])
def test_small_results_keep_their_digits(name: str) -> None:
    x = np.linspace(-80, -1, 1001, dtype=np.float32)
    wanted = operator(name)().forward([x.astype(np.float64)], {})
    np.testing.assert_allclose(done(name, {}, x, np.empty_like(x)), wanted, rtol=5e-7)


def test_every_activation_is_tried() -> None:
    known = {operator(name) for name in OPERATORS if issubclass(operator(name), Pointwise)}
    assert known - ELSEWHERE == {operator(name) for name, _ in SETTINGS}
