from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import special

from archspec.ops import OPERATORS, operator
from archspec.ops._pointwise import Pointwise
from archspec.volume import Volume

if TYPE_CHECKING:
    from archspec.ops._numpy import Array
    from tests.ops.conftest import Reference


SIXTH = 1 / 6
IN_ONNX: list[tuple[tuple[str, dict[str, Any]], tuple[str, dict[str, Any]]]] = [
    (("relu", {}), ("Relu", {})),
    (("leaky_relu", {}), ("LeakyRelu", {})),
    (("leaky_relu", {"slope": 0.2}), ("LeakyRelu", {"alpha": 0.2})),
    (("leaky_relu", {"slope": 2}), ("LeakyRelu", {"alpha": 2.0})),
    (("elu", {}), ("Elu", {})),
    (("elu", {"alpha": 0.5}), ("Elu", {"alpha": 0.5})),
    (("selu", {}), ("Selu", {})),
    (("gelu", {}), ("Gelu", {})),
    (("gelu", {"approximate": "tanh"}), ("Gelu", {"approximate": "tanh"})),
    (("mish", {}), ("Mish", {})),
    (("softplus", {}), ("Softplus", {})),
    (("sigmoid", {}), ("Sigmoid", {})),
    (("tanh", {}), ("Tanh", {})),
    (("hard_sigmoid", {}), ("HardSigmoid", {"alpha": SIXTH, "beta": 0.5})),
    (("hard_swish", {}), ("HardSwish", {})),
    (("softmax", {}), ("Softmax", {"axis": 1})),
    (("log_softmax", {}), ("LogSoftmax", {"axis": 1})),
]
x64 = np.concatenate([np.linspace(-40, 40, 4001), [-1e4, -700, -100, 100, 700, 1e4]])


@pytest.mark.parametrize(("ours", "theirs"), IN_ONNX)
def test_activations_agree_with_onnx_runtime(
    ours: tuple[str, dict[str, Any]], theirs: tuple[str, dict[str, Any]], ort: Reference
) -> None:
    (name, arguments), (kind, attributes) = ours, theirs
    x = np.random.default_rng(0).normal(0, 4, (2, 6, 5, 7)).astype("float32")
    ort.agree(operator(name).model_validate(arguments).forward([x], {}), ort.run(kind, x, **attributes))


def test_relu6_agrees_with_onnx_runtime(ort: Reference) -> None:
    x = np.random.default_rng(0).normal(0, 6, (2, 6, 5, 7)).astype("float32")
    ort.agree(operator("relu6")().forward([x], {}), ort.run("Clip", x, np.array(0, "float32"), np.array(6, "float32")))


def test_prelu_has_a_slope_a_channel(ort: Reference) -> None:
    rng = np.random.default_rng(0)
    x, slope = rng.standard_normal((2, 4, 5, 3)).astype("float32"), rng.random(3).astype("float32")
    layer = operator("prelu")()
    ort.agree(layer.forward([x], {"slope": slope}), ort.run("PRelu", x, slope.reshape(3, 1, 1)))
    (weight,) = layer.weights([Volume((4, 5), 3)])
    assert (weight.name, weight.shape, weight.initial, weight.trainable) == ("slope", (3,), 0.25, True)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sigmoid", special.expit(x64)),
        ("silu", x64 * special.expit(x64)),
        ("gelu", x64 * special.ndtr(x64)),
        ("mish", x64 * np.tanh(special.log1p(np.exp(np.minimum(x64, 30))) + np.maximum(x64 - 30, 0))),
        ("log_softmax", special.log_softmax(x64[:, None] * [1, 2, 3], axis=-1)),
        ("softmax", special.softmax(x64[:, None] * [1, 2, 3], axis=-1)),
    ],
)
def test_activations_keep_their_digits_in_float64(name: str, expected: Array) -> None:
    x = x64 if expected.ndim == 1 else x64[:, None] * [1, 2, 3]
    np.testing.assert_allclose(operator(name)().forward([x], {}), expected, rtol=1e-12, atol=1e-300)


def test_fixed_values() -> None:
    x = np.array([-4.0, -3.0, -1.5, 0.0, 1.5, 3.0, 7.0])
    assert operator("hard_sigmoid")().forward([x], {}).tolist() == [0, 0, 0.25, 0.5, 0.75, 1, 1]
    assert operator("hard_swish")().forward([x], {}).tolist() == [0, 0, -0.375, 0, 1.125, 3, 7]
    assert operator("relu6")().forward([x], {}).tolist() == [0, 0, 0, 0, 1.5, 3, 6]
    assert operator("softplus")().forward([np.zeros(1)], {}).item() == np.log(2)


@pytest.mark.parametrize("name", [name for name in OPERATORS if issubclass(operator(name), Pointwise)])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_activations_do_not_overflow(name: str, dtype: str) -> None:
    x = np.array([[-1, 1]], dtype) * np.finfo(dtype).max ** 0.3  # the cube is finite: gelu's polynomial
    y = operator(name)().forward([x.astype(dtype)], {"slope": np.full(2, 0.25, dtype)})
    assert y.dtype == dtype
    assert np.isfinite(y).all()


def test_kinds_of_non_linearity() -> None:
    kinds: dict[str | None, set[str]] = {}
    for name in OPERATORS:
        if issubclass(operator(name), Pointwise):
            kinds.setdefault(operator(name).activation, set()).add(name)
    assert kinds["saturating"] == {"sigmoid", "tanh", "hard_sigmoid"}
    assert kinds[None] == {"softmax", "log_softmax"}


def test_activations_work_in_place() -> None:
    in_place = {name for name in OPERATORS if operator(name).in_place}
    pointwise = {name for name in OPERATORS if issubclass(operator(name), Pointwise)}
    assert pointwise <= in_place
    assert {"dropout", "flatten"} <= in_place
    assert not in_place & {"conv", "fc", "max_pool", "batch_norm", "lrn", "pad"}
