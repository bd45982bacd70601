"""The first layer that makes a NaN or an infinity: found wherever it is, with what NumPy counts, keeping no volume."""

import tracemalloc
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from archspec.engine.finite import not_finite
from archspec.engine.network import Network, compile_graph
from archspec.graph.model import Graph
from archspec.ops._base import Operator
from archspec.ops.convolution import Conv
from archspec.ops.dense import FC, Linear
from archspec.ops.merging import Add
from archspec.ops.normalization import BatchNorm
from archspec.ops.rectifiers import ReLU
from archspec.volume import Volume

Array = np.ndarray[Any, np.dtype[Any]]
Make = Callable[..., Network]


class Reciprocal(Operator):
    """1 / x."""

    def forward(self, inputs: Sequence[Array], *_: Any) -> Array:
        y: Array = 1 / inputs[0]
        return y


class Root(Operator):
    """The square root."""

    def forward(self, inputs: Sequence[Array], *_: Any) -> Array:
        y: Array = np.sqrt(inputs[0])
        return y


def chain(network_of: Make) -> Network:
    return network_of(
        Volume((4, 5), 2),
        ("conv1", Conv(filters=4, kernel=3, padding="same")),
        ("batch_norm1", BatchNorm()),
        ("relu1", ReLU()),
        ("fc1", FC(units=3)),
    )


def arrays(network: Network, **changed: Array) -> dict[str, Array]:
    return {**network.parameters, **network.buffers, **{name.replace("__", "."): x for name, x in changed.items()}}


def noise(*shape: int) -> Array:
    return np.random.default_rng(1).normal(size=shape).astype(np.float32)


def test_a_finite_network_is_finite(network_of: Make) -> None:
    found = chain(network_of).check_finite(noise(3, 4, 5, 2))
    assert found.is_finite
    assert found == ((), (), None, None)


def test_the_layer_is_found_inside_of_a_fused_step(network_of: Make) -> None:
    network = chain(network_of)
    assert [step.group.kind for step in network.plan.steps] == ["conv + batch_norm + relu", "fc"]
    variance = np.array([1, 1, -1, 1], np.float32)
    network.load(arrays(network, batch_norm1__variance=variance))
    x = noise(3, 4, 5, 2)
    found = network.check_finite(x)
    assert (found.is_finite, found.inputs, found.weights) == (False, (), ())
    assert found.layer
    assert found.layer[:5] == ("batch_norm1", 240, 60, 0, (0, 0, 0, 2))
    assert found.node is network.graph.by_name["batch_norm1"]
    bad = ~np.isfinite(network.trace(x)["batch_norm1"])
    assert (found.layer.nans, found.layer.first) == (bad.sum(), tuple(np.argwhere(bad)[0]))


def test_inputs_and_weights_are_named_and_not_blamed_on_layers(network_of: Make) -> None:
    network = chain(network_of)
    x = noise(3, 4, 5, 2)
    x[1, 2, 3, 0], x[2, 0, 0, 1] = np.nan, -np.inf
    found = network.check_finite(x)
    assert found.inputs[0][:5] == ("input", 120, 1, 1, (1, 2, 3, 0))
    assert np.isnan(found.inputs[0].value)
    assert (found.weights, found.layer, found.is_finite) == ((), None, False)
    network.load(arrays(network, fc1__bias=np.array([0, np.inf, 0], np.float32)))
    found = network.check_finite(noise(1, 4, 5, 2))
    assert found.weights == (("fc1.bias", 3, 0, 1, (1,), np.inf),)
    assert (found.inputs, found.layer, found.is_finite) == ((), None, False)


def test_a_layer_beside_a_bad_input_is_found(network_of: Make) -> None:
    network = network_of(
        {"left": Volume((), 2), "right": Volume((), 2)},
        ("relu1", ReLU(), ("left",)),
        ("reciprocal1", Reciprocal(), ("right",)),
        ("root1", Root(), ("right",)),
        ("add1", Add(), ("relu1", "reciprocal1")),
        ("add2", Add(), ("add1", "root1")),
    )
    found = network.check_finite({"left": np.array([[np.nan, 1]]), "right": np.array([[-1.0, 0.0]])})
    assert [each.name for each in found.inputs] == ["left"]
    assert found.layer == ("reciprocal1", 2, 0, 1, (0, 1), np.inf)


def test_the_first_layer_of_all_chunks_is_reported_with_its_sample(graph_of: Callable[..., Graph]) -> None:
    """Sample 1 fails at the second layer, sample 4, in a later chunk, at the first."""
    layers = [("root1", Root()), ("reciprocal1", Reciprocal())]
    network = compile_graph(graph_of(Volume((), 2), *layers))
    network._runner_of = lambda plan: _chunked(network, plan)  # type: ignore[method-assign]
    x = np.ones((6, 2), np.float32)
    x[1, 0], x[4, 1] = 0, -4
    found = network.check_finite(x)
    assert found.layer
    assert found.layer[:5] == ("root1", 4, 1, 0, (4, 1))  # a chunk has 4 numbers
    assert network.check_finite(x[:4]).layer == ("reciprocal1", 4, 0, 1, (1, 0), np.inf)


def _chunked(network: Network, plan: Any) -> Any:
    runner = type(network)._runner_of(network, plan)
    runner._chunk = 2
    return runner


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("shape", [(1, 1), (3, 2, 5), (2, 70_000)])
def test_what_is_counted_is_what_numpy_counts(shape: tuple[int, ...], dtype: str) -> None:
    generator = np.random.default_rng(2)
    for bad in ([np.nan], [np.inf], [-np.inf], [np.nan, np.inf, -np.inf]):
        x = generator.normal(size=shape).astype(dtype)
        assert not_finite("x", x) is None
        where = generator.random(shape) < 0.2
        where.flat[-1] = True
        x[where] = generator.choice(bad, where.sum()).astype(dtype)
        found = not_finite("x", x, 10)
        assert found
        first = tuple(np.argwhere(~np.isfinite(x))[0])
        assert (found.size, found.nans, found.infinities) == (x.size, np.isnan(x).sum(), np.isinf(x).sum())
        assert found.first == (first[0] + 10, *first[1:])
        np.testing.assert_array_equal(found.value, x[first])
    assert not_finite("x", np.empty((0, 3), dtype)) is None


def test_large_values_are_finite() -> None:
    largest = np.full((2, 3), np.finfo(np.float32).max, np.float32)
    assert not_finite("x", largest) is None
    assert not_finite("x", -largest) is None


def test_no_volume_is_stored_weights(network_of: Make) -> None:
    network = network_of(Volume((64, 64), 64), *[(f"linear{i}", Linear(units=64)) for i in range(20)])
    x = noise(1, 64, 64, 64)
    network.check_finite(x)
    tracemalloc.start()
    try:
        network.check_finite(x)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 6 * 2**20  # of 20: an arena of two volumes, the result, the weights in another order


@pytest.mark.parametrize("threads", [1, 2])
def test_numpy_warns_of_nothing(network_of: Make, threads: int) -> None:
    network = compile_graph(chain(network_of).graph, threads=threads)
    x = noise(2, 4, 5, 2)
    x[:, :, 2] = np.inf
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isnan(network(x)).any()  # type: ignore[arg-type] # one output
        assert not network.check_finite(x).is_finite
