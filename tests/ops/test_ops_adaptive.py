from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archspec.ops import operator
from archspec.ops._window import Window
from archspec.ops.adaptive import AdaptiveAvgPool, AdaptiveMaxPool
from archspec.ops.pooling import AvgPool, MaxPool
from archspec.volume import Volume

if TYPE_CHECKING:
    from archspec.ops._numpy import Array
    from tests.ops.conftest import Reference

both = pytest.mark.parametrize("name", ["adaptive_avg_pool", "adaptive_max_pool"])


def windows(x: Array, outputs: tuple[int, ...]) -> dict[tuple[int, ...], Array]:
    """The numbers of each output, cut out one by one; the rule of PyTorch's documentation of ``AdaptiveAvgPool2d``."""
    found = {}
    for place in product(*map(range, outputs)):
        part = x
        for axis, (o, size, n) in enumerate(zip(place, x.shape[1:-1], outputs, strict=True), start=1):
            part = part.take(range(math.floor(o * size / n), math.ceil((o + 1) * size / n)), axis)
        found[place] = part
    return found


@both
@given(data=st.data())
def test_each_output_is_the_mean_or_maximum_of_its_part(data: st.DataObject, name: str, ort: Reference) -> None:
    volume = ort.draw_volume(data)
    outputs = data.draw(st.tuples(*(st.integers(1, 9) for _ in volume.spatial)))
    layer = operator(name).model_validate({"size": list(outputs)})
    x = np.random.default_rng(0).standard_normal((2, *volume.shape)).astype("float32")
    y = layer.forward([x], {})
    output = layer.infer([volume])
    assert output == Volume(outputs, volume.channels)
    assert y.shape == (2, *output.shape)
    axes = tuple(range(1, x.ndim - 1))
    read = 0
    for place, part in windows(x, outputs).items():
        expected = part.mean(axis=axes) if name == "adaptive_avg_pool" else part.max(axis=axes)
        ort.agree(np.moveaxis(y, 0, -2)[place], expected)
        read += part[0].size
    assert layer.flops([volume], output) == read - (output.size if name == "adaptive_max_pool" else 0)


@pytest.mark.parametrize(
    ("name", "same"), [("adaptive_avg_pool", AvgPool(kernel=(3, 2))), ("adaptive_max_pool", MaxPool(kernel=(3, 2)))]
)
def test_where_it_divides_it_is_a_plain_pool(name: str, same: Any) -> None:
    layer, volume = operator(name).model_validate({"size": 4}), Volume((12, 8), 3)
    x = np.random.default_rng(0).standard_normal((2, *volume.shape))
    output = layer.infer([volume])
    assert output is not None
    assert same.infer([volume]) == output
    assert layer.flops([volume], output) == same.flops([volume], output)
    assert layer.windows([volume]) == (Window(12, 3, 3), Window(8, 2, 2)) == same.windows([volume])
    np.testing.assert_allclose(layer.forward([x], {}), same.forward([x], {}), rtol=1e-12)


@both
def test_size_one_is_a_global_pool(name: str) -> None:
    layer, volume = operator(name).model_validate({"size": 1}), Volume((5, 7), 3)
    whole = operator(name.replace("adaptive", "global"))()
    x = np.random.default_rng(0).standard_normal((2, *volume.shape))
    assert layer.infer([volume]) == whole.infer([volume]) == Volume((1, 1), 3)
    np.testing.assert_allclose(layer.forward([x], {}), whole.forward([x], {}), rtol=1e-12)


def test_parts_of_a_size_that_does_not_divide() -> None:
    """Five positions for three outputs: 0 and 1, 1 to 3, 3 and 4."""
    x = np.array([0.0, 1, 10, 100, 1000]).reshape(1, 5, 1)
    assert AdaptiveMaxPool(size=3).forward([x], {}).ravel().tolist() == [1, 100, 1000]
    assert AdaptiveAvgPool(size=3).forward([x], {}).ravel().tolist() == [0.5, 37, 550]
    assert AdaptiveAvgPool(size=3).windows([Volume((5,), 1)]) is None


def test_more_outputs_than_positions_repeat_them() -> None:
    x = np.array([1.0, 2]).reshape(1, 2, 1)
    assert AdaptiveAvgPool(size=4).forward([x], {}).ravel().tolist() == [1, 1, 2, 2]


@both
def test_one_size_for_each_axis(name: str) -> None:
    layer = operator(name).model_validate({"size": [3, 2]})
    assert layer.main == "size"
    assert layer.infer([Volume((7, 7), 4)]) == Volume((3, 2), 4)
    volume = Volume((7,), 4)
    assert (layer.infer([volume]), layer.windows([volume]), layer.dependence([volume])[0]) == (None, None, None)


@both
def test_a_size_of_any_magnitude_is_counted_at_once(name: str) -> None:
    layer, volume = operator(name).model_validate({"size": 10**12}), Volume((7,), 4)
    output = layer.infer([volume])
    assert output is not None
    assert layer.flops([volume], output) > 0
    assert layer.dependence([volume])[0] is not None
