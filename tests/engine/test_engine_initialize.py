import math
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from archspec.engine.initialize import before_rectifiers, initialize
from archspec.engine.network import Network
from archspec.graph.model import Graph
from archspec.ops._base import Operator
from archspec.ops.convolution import Conv, DepthwiseConv
from archspec.ops.dense import FC
from archspec.ops.normalization import BatchNorm
from archspec.ops.pooling import MaxPool
from archspec.ops.rectifiers import PReLU, ReLU
from archspec.ops.regularization import Dropout
from archspec.ops.shape import Flatten
from archspec.ops.sigmoids import Sigmoid, Tanh
from archspec.ops.softmax import Softmax
from archspec.volume import Volume

Array = np.ndarray[Any, np.dtype[Any]]
Make = Callable[..., Network]
MakeGraph = Callable[..., Graph]
CONV = Conv(filters=4, kernel=3)


class Sum(Operator):
    """Adds two equal volumes."""

    def run(self, arrays: Sequence[Array], _: Mapping[str, Array]) -> Array:
        return arrays[0] + arrays[1]


def drawn(name: str, shape: tuple[int, ...], limit: float, seed: int) -> Array:
    """The rule as documented, in one line of NumPy."""
    stream = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, zlib.crc32(name.encode())])))
    return (stream.random(shape, dtype=np.float32) * 2 - 1) * np.float32(limit)


@pytest.mark.parametrize("seed", [0, 1, 2**40])
def test_weights_follow_he_and_glorot(network_of: Make, seed: int) -> None:
    network = network_of(Volume((8, 8), 3), ("conv1", CONV), ("relu1", ReLU()), ("fc1", FC(units=10)), seed=seed)
    # a filter sees 3 * 3 * 3 = 27 numbers; a group sees 6 * 6 * 4 = 144 and there are 10
    conv = drawn("conv1.weight", (3, 3, 3, 4), math.sqrt(6 / 27), seed)
    fc = drawn("fc1.weight", (144, 10), math.sqrt(6 / 154), seed)
    np.testing.assert_array_equal(network.parameters["conv1.weight"], conv)
    np.testing.assert_array_equal(network.parameters["fc1.weight"], fc)
    assert not network.parameters["conv1.bias"].any()


def test_the_same_bits_on_every_machine(network_of: Make) -> None:
    network = network_of(Volume((8, 8), 3), ("conv1", CONV), ("relu1", ReLU()), ("fc1", FC(units=10)))
    sums = {name: zlib.crc32(array.astype("<f4").tobytes()) for name, array in network.parameters.items()}
    # taken from the rule in `drawn`, not from the engine
    assert sums == {
        "conv1.weight": 0x5CABF148,
        "conv1.bias": zlib.crc32(bytes(16)),
        "fc1.weight": 0x95765DB2,
        "fc1.bias": zlib.crc32(bytes(40)),
    }


def test_an_array_depends_on_seed_and_name_alone(network_of: Make) -> None:
    alone = network_of(Volume((8, 8), 3), ("conv1", CONV), ("relu1", ReLU()))
    among = network_of(
        Volume((8, 8), 3),
        ("conv0", Conv(filters=3, kernel=1)),
        ("conv1", CONV),
        ("conv2", CONV),
        outputs=("conv1",),
        seed=0,
    )
    limits = math.sqrt(6 / 27), math.sqrt(6 / (27 + 36))
    scaled = alone.parameters["conv1.weight"] / limits[0] * limits[1]
    np.testing.assert_allclose(among.parameters["conv1.weight"], scaled, rtol=1e-6)
    other = network_of(Volume((8, 8), 3), ("conv1", CONV), ("relu1", ReLU()), seed=1)
    assert (other.parameters["conv1.weight"] != alone.parameters["conv1.weight"]).mean() > 0.99


def test_large_arrays_are_drawn_as_one(network_of: Make) -> None:
    network = network_of(Volume((1, 1), 1001), ("fc1", FC(units=333)))  # several chunks, the last one odd
    expected = drawn("fc1.weight", (1001, 333), math.sqrt(6 / 1334), 0)
    np.testing.assert_array_equal(network.parameters["fc1.weight"], expected)
    assert expected.var() == pytest.approx(2 / 1334, rel=0.01)  # Glorot and Bengio 2010, equation 12


@pytest.mark.parametrize("dtype", ["float16", "float64"])
def test_other_dtypes_get_the_same_values_rounded(graph_of: MakeGraph, dtype: str) -> None:
    graph = graph_of(Volume((8, 8), 3), ("conv1", CONV), ("relu1", ReLU()))
    array = initialize(graph, 0, dtype)["conv1.weight"]
    assert array.dtype == np.dtype(dtype)
    np.testing.assert_array_equal(array, drawn("conv1.weight", (3, 3, 3, 4), math.sqrt(6 / 27), 0).astype(dtype))


def test_norms_and_slopes_start_at_their_own_values(network_of: Make) -> None:
    network = network_of(Volume((2, 2), 2), ("batch_norm1", BatchNorm()), ("prelu1", PReLU()))
    assert {name: array.tolist() for name, array in {**network.parameters, **network.buffers}.items()} == {
        "batch_norm1.gamma": [1, 1],
        "batch_norm1.beta": [0, 0],
        "batch_norm1.mean": [0, 0],
        "batch_norm1.variance": [1, 1],
        "prelu1.slope": [0.25, 0.25],
    }


@pytest.mark.parametrize(
    ("following", "is_he"),
    [
        ([ReLU()], True),
        ([PReLU()], True),
        ([BatchNorm(), ReLU()], True),
        ([MaxPool(kernel=2), Dropout(), Flatten(), ReLU()], True),
        ([], False),
        ([Softmax()], False),
        ([Tanh()], False),
        ([Sigmoid(), ReLU()], False),
        ([CONV, ReLU()], False),
        ([BatchNorm(), DepthwiseConv(kernel=3), ReLU()], False),
    ],
)
def test_what_follows_chooses_the_rule(graph_of: MakeGraph, following: list[Operator], is_he: bool) -> None:
    layers = [(f"layer{i}", operator) for i, operator in enumerate(following)]
    graph = graph_of(Volume((8, 8), 3), ("conv1", CONV), *layers)
    assert ("conv1" in before_rectifiers(graph)) is is_he


def test_a_rectifier_on_any_path_counts(graph_of: MakeGraph) -> None:
    one = Conv(filters=3, kernel=1)
    graph = graph_of(
        Volume((8, 8), 3),
        ("conv1", one),
        ("conv2", one),
        ("sigmoid1", Sigmoid(), ("conv1",)),
        ("sum1", Sum(), ("conv2", "sigmoid1")),
        ("relu1", ReLU()),
        ("conv3", one),
    )
    # conv1 meets conv2 and a sigmoid; conv2 meets the relu behind the sum
    assert before_rectifiers(graph) == {"conv2", "sigmoid1", "sum1"}


def test_the_search_is_linear(graph_of: MakeGraph) -> None:
    graph = graph_of(Volume((1, 1), 1), *((f"flatten{i}", Flatten()) for i in range(5000)), ("relu1", ReLU()))
    assert len(before_rectifiers(graph)) == 5000


def test_a_negative_seed_is_refused(network_of: Make) -> None:
    with pytest.raises(ValueError, match="a seed is a whole number from 0, got -1"):
        network_of(Volume((2, 2), 1), ("relu1", ReLU()), seed=-1)
