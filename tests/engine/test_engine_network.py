import copy
import pickle
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest

import archspec
from archspec.engine.network import CompileError, Network, compile_graph
from archspec.engine.plan import PlanStep
from archspec.graph.model import Graph
from archspec.ops._base import Operator
from archspec.ops.convolution import Conv
from archspec.ops.dense import FC, Linear
from archspec.ops.normalization import BatchNorm
from archspec.ops.pooling import AvgPool, MaxPool
from archspec.ops.rectifiers import ReLU
from archspec.ops.regularization import Dropout
from archspec.ops.shape import Flatten
from archspec.volume import Volume
from tests.memory import most_allocated

Array = np.ndarray[Any, np.dtype[Any]]
Make = Callable[..., Network]
MakeGraph = Callable[..., Graph]


class Sum(Operator):
    """Adds any number of equal volumes."""

    def forward(self, inputs: Sequence[Array], *_: Any) -> Array:
        total: Array = sum(inputs)  # type: ignore[assignment] # at least one
        return total


class Stopped(Operator):
    """Runs until Ctrl-C."""

    def forward(self, *_: Any) -> Array:
        raise KeyboardInterrupt


class Liar(Operator):
    """Gives one channel less than it says."""

    def forward(self, inputs: Sequence[Array], *_: Any) -> Array:
        return inputs[0][..., 1:]


def noise(*shape: int, dtype: str = "float32") -> Array:
    return np.random.default_rng(1).normal(size=shape).astype(dtype)


def small(network_of: Make, **options: Any) -> Network:
    """The layers of CS231n's example network, smaller and with a stride."""
    return network_of(
        Volume((7, 9), 3),
        ("conv1", Conv(filters=4, kernel=3, stride=2, padding=1)),
        ("relu1", ReLU()),
        ("pool1", MaxPool(kernel=2)),
        ("fc1", FC(units=5)),
        **options,
    )


def by_loops(image: Array, parameters: Mapping[str, Array]) -> list[float]:
    """What ``small`` is to give for one image, number by number, in Python's own floats."""
    kernel, bias = parameters["conv1.weight"], parameters["conv1.bias"]
    hidden = [[[0.0] * 4 for _ in range(5)] for _ in range(4)]
    for row in range(4):
        for column in range(5):
            for f in range(4):
                total = float(bias[f])
                for i in range(3):
                    for j in range(3):
                        y, x = 2 * row - 1 + i, 2 * column - 1 + j
                        if 0 <= y < 7 and 0 <= x < 9:
                            total += sum(float(image[y, x, c]) * float(kernel[i, j, c, f]) for c in range(3))
                hidden[row][column][f] = max(total, 0)
    pooled = [
        max(hidden[2 * row + i][2 * column + j][f] for i in (0, 1) for j in (0, 1))
        for row in range(2)
        for column in range(2)
        for f in range(4)
    ]
    weight, bias = parameters["fc1.weight"], parameters["fc1.bias"]
    return [float(bias[k]) + sum(v * float(weight[n, k]) for n, v in enumerate(pooled)) for k in range(5)]


def test_values_are_those_of_plain_loops(network_of: Make) -> None:
    network = small(network_of, dtype="float64")
    shifted = {name: array + 0.1 for name, array in network.parameters.items()}  # so that biases count
    network.load(shifted)
    x = noise(2, 7, 9, 3, dtype="float64")
    y = network(x)
    assert isinstance(y, np.ndarray)
    assert y.shape == (2, 1, 1, 5)
    for n in range(2):
        assert y[n, 0, 0] == pytest.approx(by_loops(x[n], shifted), rel=1e-12)


def test_a_written_filter_is_used_on_every_channel_and_filter(network_of: Make) -> None:
    conv = Conv.model_validate({"filters": 2, "kernel": 2, "bias": False, "weights": [[1, 0], [0, -2]]})
    network = network_of(Volume((3, 3), 2), ("conv1", conv))
    x = np.arange(18, dtype=np.float32).reshape(1, 3, 3, 2)
    # at the first window: channel 0 has 0 and 8 on the diagonal, channel 1 has 1 and 9
    assert network(x)[0, 0, 0].tolist() == [0 + 1 - 2 * (8 + 9)] * 2  # type: ignore[index] # one output
    assert network.parameters["conv1.weight"].shape == (2, 2, 2, 2)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("batch", [0, 1, 3])
def test_every_batch_and_dtype(network_of: Make, dtype: str, batch: int) -> None:
    y = small(network_of, dtype=dtype)(noise(batch, 7, 9, 3))
    assert isinstance(y, np.ndarray)
    assert (y.shape, y.dtype) == ((batch, 1, 1, 5), np.dtype(dtype))


def test_bfloat16_is_computed_as_float32(network_of: Make) -> None:
    network = small(network_of, dtype="bfloat16")
    assert network.dtype == np.float32
    assert "bfloat16 computed as float32" in repr(network)


def test_a_residual_block_and_two_results(network_of: Make) -> None:
    network = network_of(
        Volume((4, 4), 2),
        ("relu1", ReLU()),
        ("sum1", Sum(), ("relu1", "input")),
        ("pool1", AvgPool(kernel=4)),
        outputs=("pool1", "relu1"),
    )
    x = noise(1, 4, 4, 2)
    y = network(x)
    assert isinstance(y, dict)
    assert list(y) == ["pool1", "relu1"]
    np.testing.assert_array_equal(y["relu1"], np.maximum(x, 0))
    np.testing.assert_allclose(y["pool1"][0, 0, 0], (np.maximum(x, 0) + x).mean((0, 1, 2)), rtol=1e-5)


def test_several_inputs_come_as_a_dict(network_of: Make) -> None:
    network = network_of({"left": Volume((), 3), "right": Volume((), 3)}, ("sum1", Sum(), ("left", "right")))
    left, right = noise(2, 3), np.ones((2, 3))
    np.testing.assert_array_equal(network({"right": right, "left": left}), left + np.float32(1))


def test_trace_has_every_layer_in_order(network_of: Make) -> None:
    network = small(network_of)
    x = noise(2, 7, 9, 3)
    traced = network.trace(x)
    assert {name: y.shape for name, y in traced.items()} == {
        "conv1": (2, 4, 5, 4),
        "relu1": (2, 4, 5, 4),
        "pool1": (2, 2, 2, 4),
        "fc1": (2, 1, 1, 5),
    }
    assert list(traced) == ["conv1", "relu1", "pool1", "fc1"]
    np.testing.assert_array_equal(traced["fc1"], network(x))
    np.testing.assert_array_equal(traced["relu1"], np.maximum(traced["conv1"], 0))


def test_a_hook_is_called_after_every_step(network_of: Make) -> None:
    seen: list[tuple[str, tuple[int, ...], bool]] = []

    def hook(step: PlanStep, y: Array, seconds: float) -> None:
        seen.append((step.group.kind, y.shape, 0 <= seconds < 10))

    small(network_of).run(noise(1, 7, 9, 3), hook)
    assert seen == [
        ("conv + relu", (1, 4, 5, 4), True),
        ("pool", (1, 2, 2, 4), True),
        ("fc", (1, 1, 1, 5), True),
    ]


def test_results_are_never_views_of_the_input(network_of: Make) -> None:
    network = network_of(Volume((2, 2), 1), ("dropout1", Dropout()), ("flatten1", Flatten()))
    x = np.ones((1, 2, 2, 1), np.float32)
    y, traced = network(x), network.trace(x)
    x[:] = 7
    assert isinstance(y, np.ndarray)
    assert y.max() == traced["dropout1"].max() == traced["flatten1"].max() == 1
    y[:] = 5  # and may be written to


def test_volumes_go_when_nothing_needs_them(network_of: Make) -> None:
    layers = [(f"linear{i}", Linear(units=64)) for i in range(20)]
    network = network_of(Volume((64, 64), 64), *layers)  # 20 volumes of 1 MiB
    x = noise(1, 64, 64, 64)
    assert most_allocated(lambda: network(x)) < 4.5 * 2**20  # of 20: one that enters, a product, its sum with the bias
    assert most_allocated(lambda: network.trace(x)) > 20 * 2**20


def test_an_activation_replaces_what_it_read(network_of: Make) -> None:
    network = network_of(Volume((64, 64), 64), *((f"relu{i}", ReLU()) for i in range(9)))
    x = noise(1, 64, 64, 64)
    assert most_allocated(lambda: network(x)) < 3.2 * 2**20  # what enters, what each gives, and the result


def test_a_volume_lives_until_its_last_reader(network_of: Make) -> None:
    layers = [("linear0", Linear(units=64)), ("linear1", Linear(units=64)), ("linear2", Linear(units=64))]
    network = network_of(Volume((), 64), *layers, ("sum1", Sum(), ("linear2", "linear0", "linear0")))
    x = noise(3, 64)
    traced = network.trace(x)
    np.testing.assert_array_equal(network(x), traced["linear2"] + traced["linear0"] + traced["linear0"])


def test_one_network_runs_in_many_threads(network_of: Make) -> None:
    network = small(network_of)
    inputs = [noise(n, 7, 9, 3) for n in range(1, 9)]
    results: dict[int, object] = {}
    threads = [threading.Thread(target=lambda x=x: results.update({len(x): network(x)})) for x in inputs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for x in inputs:
        np.testing.assert_array_equal(results[len(x)], network(x))


def test_ctrl_c_tells_the_layer(network_of: Make) -> None:
    network = network_of(Volume((2, 2), 1), ("relu1", ReLU()), ("stopped1", Stopped()))
    with pytest.raises(KeyboardInterrupt) as caught:
        network(noise(1, 2, 2, 1))
    assert caught.value.__notes__ == ["in layer `stopped1` (stopped), 2x2x1 -> 2x2x1"]


def test_an_operator_that_breaks_its_promise_is_found_out(network_of: Make) -> None:
    network = network_of(Volume((2, 2), 4), ("liar1", Liar()))
    wrong = r"liar returned \(1, 2, 2, 3\) float32, but its shape inference says \(1, 2, 2, 4\) float32"
    with pytest.raises(AssertionError, match=wrong):
        network(noise(1, 2, 2, 4))


def test_parameters_and_buffers_are_apart_and_read_only(network_of: Make) -> None:
    network = network_of(Volume((2, 2), 3), ("batch_norm1", BatchNorm()))
    assert list(network.parameters) == ["batch_norm1.gamma", "batch_norm1.beta"]
    assert list(network.buffers) == ["batch_norm1.mean", "batch_norm1.variance"]
    with pytest.raises(ValueError, match="read-only"):
        network.parameters["batch_norm1.gamma"][0] = 2
    with pytest.raises(TypeError):
        network.parameters["batch_norm1.gamma"] = np.zeros(3)  # type: ignore[index] # that is what is shown


def test_a_network_tells_what_it_is(network_of: Make) -> None:
    network = small(network_of)
    assert len(network) == 4
    # 3*3*3*4 + 4 = 112 and 16*5 + 5 = 85
    assert repr(network) == "Network(net: 4 layers, 197 parameters, 7x9x3 -> 1x1x5, float32)"
    two = network_of({"a": Volume((), 3), "b": Volume((), 3)}, ("sum1", Sum(), ("a", "b")))
    assert repr(two) == "Network(net: 1 layer, 0 parameters, a 3, b 3 -> 3, float32)"


def test_a_notebook_shows_an_escaped_table(network_of: Make) -> None:
    network = network_of(Volume((2, 2), 1), ("<b>", ReLU()), ("fc1", FC(units=1000)))
    html = network._repr_html_()
    assert "<tr><td>&lt;b&gt;</td><td>&lt;b&gt;</td><td>2x2x1</td><td></td></tr>" in html
    assert "<tr><td>fc1</td><td>fc</td><td>1x1x1000</td><td>5,000</td></tr>" in html
    many = network_of(Volume((2, 2), 1), *((f"relu{i}", ReLU()) for i in range(1234)))
    assert many._repr_html_().count("<tr>") == 1 + 200 + 1
    assert "and 1,034 more layers" in many._repr_html_()


def test_a_graph_with_a_failed_layer_is_refused(graph_of: MakeGraph) -> None:
    graph = graph_of(Volume((4, 4), 1), ("conv1", Conv(filters=1, kernel=9)), ("relu1", ReLU()))
    with pytest.raises(CompileError) as caught:
        compile_graph(graph)
    assert str(caught.value) == (
        "network `net` cannot be compiled: layer `conv1` (conv) has no output. `archspec check` shows why."
    )
    with pytest.raises(CompileError, match="it has no layers"):
        compile_graph(graph_of(Volume((4, 4), 1)))


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda network: pickle.loads(pickle.dumps(network))])  # noqa: S301
def test_a_copy_of_a_network_that_has_run_runs_in_memory_of_its_own(network_of: Make, copied: Any) -> None:
    network = small(network_of)
    one, other = noise(2, 7, 9, 3), np.ones((2, 7, 9, 3), np.float32)
    wanted = network(one)
    twin = copied(network)
    np.testing.assert_array_equal(twin(other), network(other))
    np.testing.assert_array_equal(twin(one), wanted)
    assert not any(array.flags.writeable for array in twin.parameters.values())


def test_an_output_may_be_an_input() -> None:
    network = archspec.compile(
        "name: a\ninput: 4x4x3\noutputs: [input, conv1]\nlayers:\n  - conv: {filters: 2, kernel: 1}\n"
    )
    x = np.ones((1, 4, 4, 3), np.float32)
    results = network(x)
    assert isinstance(results, dict)
    np.testing.assert_array_equal(results["input"], x)


def test_stated_weights_beyond_the_dtype_are_infinite() -> None:
    layer = "conv: {filters: 1, kernel: 1, weights: [[9.0e+9]]}"
    network = archspec.compile(f"name: a\ninput: 4x4x3\ndtype: float16\nlayers:\n  - {layer}\n")
    y = network(np.ones((1, 4, 4, 3), np.float16))
    assert isinstance(y, np.ndarray)
    assert np.isposinf(y).all()
