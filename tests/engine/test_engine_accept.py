from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from archspec.engine.network import InputError, Network
from archspec.ops.rectifiers import ReLU
from archspec.ops.regularization import Dropout
from archspec.volume import Volume

Make = Callable[..., Network]
WANTED = "input `input` takes a NumPy array (N, 4, 5, 3) of floats, got "
RIGHT = np.zeros((2, 4, 5, 3), np.float32)


@pytest.fixture
def network(network_of: Make) -> Network:
    return network_of(Volume((4, 5), 3), ("relu1", ReLU()))


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (RIGHT[0], "(4, 5, 3), which is one sample without the batch axis; write x[None]"),
        (np.zeros((2, 3, 4, 5)), "(2, 3, 4, 5), which has the channels first; write np.moveaxis(x, 1, -1)"),
        (np.zeros((2, 5, 4, 3)), "(2, 5, 4, 3)"),
        (np.zeros((4, 5, 3, 1)), "(4, 5, 3, 1)"),
        (np.zeros((1, 1, 4, 5, 3)), "(1, 1, 4, 5, 3)"),
        (np.zeros(60), "(60,)"),
        (np.float32(1), "float32; write np.asarray(x, np.float32)"),
        (RIGHT.tolist(), "list; write np.asarray(x, np.float32)"),
        (None, "NoneType; write np.asarray(x, np.float32)"),
        (np.ma.array(RIGHT, mask=True), "MaskedArray; fill masked elements: x.filled(0)"),
        (RIGHT.astype(np.uint8), "dtype uint8; for an image write x.astype(np.float32) / 255"),
        (RIGHT.astype(np.int64), "dtype int64; write x.astype(np.float32)"),
        (RIGHT.astype(bool), "dtype bool; write x.astype(np.float32)"),
        (RIGHT.astype(complex), "dtype complex128; take its real part, x.real, or its magnitude, abs(x)"),
        (RIGHT.astype(object), "dtype object; give numbers"),
        (RIGHT.astype(str), "dtype <U32; give numbers"),
    ],
)
def test_the_message_about_a_wrong_input_says_what_to_write(network: Network, x: Any, message: str) -> None:
    for call in (network, network.trace, network.run):
        with pytest.raises(InputError) as caught:
            call(x)
        assert str(caught.value) == WANTED + message


@pytest.mark.parametrize("dtype", ["<f2", ">f4", "<f8", np.longdouble])
@pytest.mark.parametrize("order", ["C", "F"])
def test_every_float_is_cast(network: Network, dtype: Any, order: Any) -> None:
    x = np.asarray(np.arange(60).reshape(1, 4, 5, 3), dtype, order=order)
    y = network(x)
    assert isinstance(y, np.ndarray)
    assert y.dtype == np.float32
    assert y.ravel().tolist() == list(range(60))


def test_strange_strides_and_a_mapped_file_are_taken(network: Network, tmp_path: Any) -> None:
    np.save(tmp_path / "x.npy", RIGHT)
    for x in (
        np.load(tmp_path / "x.npy", mmap_mode="r"),
        np.zeros((4, 4, 5, 3))[::-2],
        np.broadcast_to(1.0, (1, 4, 5, 3)),
    ):
        assert len(network(x)) == len(x)


def test_nan_and_infinity_are_accepted(network: Network) -> None:
    x = np.full((1, 4, 5, 3), np.nan, np.float32)
    assert np.isnan(network(x)).all()  # type: ignore[arg-type] # one output


def test_the_callers_array_stays_as_it_was(network: Network) -> None:
    x = -np.ones((1, 4, 5, 3), np.float32)
    network(x)
    assert x.flags.writeable
    assert (x == -1).all()


def test_several_inputs_are_taken_by_name(network_of: Make) -> None:
    network = network_of({"left": Volume((), 2), "right": Volume((), 3)}, ("dropout1", Dropout(), ("left",)))
    left, right = np.zeros((2, 2)), np.zeros((2, 3))
    assert isinstance(network({"left": left, "right": right}), np.ndarray)
    wrong: list[tuple[Any, str]] = [
        (left, 'the network has 2 inputs, got one ndarray; give a dict: {"left": ..., "right": ...}'),
        ({"left": left}, "the network takes `left`, `right`, got `left`"),
        ({}, "the network takes `left`, `right`, got none"),
        ({"left": left, "right": right, "x": 1}, "the network takes `left`, `right`, got `left`, `right`, `x`"),
        ({"left": left, "right": right[:1]}, "all inputs need the same batch, got 2 of `left`, 1 of `right`"),
        ({"left": right, "right": left}, "input `left` takes a NumPy array (N, 2) of floats, got (2, 3)"),
    ]
    for given, message in wrong:
        with pytest.raises(InputError) as caught:
            network(given)
        assert str(caught.value) == message


def test_one_input_may_be_given_by_name(network: Network) -> None:
    np.testing.assert_array_equal(network({"input": RIGHT}), network(RIGHT))
