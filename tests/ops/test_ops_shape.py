from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archspec.ops.border import Pad
from archspec.ops.regularization import Dropout
from archspec.ops.shape import Flatten
from archspec.volume import Volume

if TYPE_CHECKING:
    from tests.ops.conftest import Reference


def test_flatten_goes_row_by_row_with_channels_fastest() -> None:
    x = np.arange(24).reshape(1, 2, 3, 4)
    y = Flatten().forward(x, {})
    assert y.shape == (1, 1, 1, 24)
    assert y.ravel().tolist() == list(range(24))
    assert np.shares_memory(x, y)
    assert Flatten().output(Volume((2, 3), 4)) == Volume((1, 1), 24)
    assert Flatten().output(Volume((), 4)) == Volume((), 4)
    assert [window.extent for window in Flatten().windows(Volume((2, 3), 4))] == [2, 3]


@pytest.mark.parametrize(
    ("mode", "theirs"), [("zeros", "constant"), ("reflect", "reflect"), ("replicate", "edge"), ("circular", "wrap")]
)
@settings(derandomize=True, deadline=None, max_examples=25)
@given(data=st.data())
def test_pad_agrees_with_onnx_runtime(data: st.DataObject, mode: str, theirs: str, ort: Reference) -> None:
    rank = data.draw(st.integers(1, 3))
    volume = Volume(tuple(data.draw(st.integers(4, 6)) for _ in range(rank)), 2)
    sides = [[data.draw(st.integers(0, 3)), data.draw(st.integers(0, 3))] for _ in range(rank)]
    value = data.draw(st.sampled_from([0, 1.5, -2])) if mode == "zeros" else 0
    layer = Pad.model_validate({"padding": sides, "padding_mode": mode, "value": value})
    x = np.random.default_rng(0).standard_normal((2, *volume.shape)).astype("float32")
    y = layer.forward(x, {})
    pads = np.array([0, 0, *(near for near, _ in sides), 0, 0, *(far for _, far in sides)])
    ort.agree(y, ort.run("Pad", x, pads, np.array(value, "float32"), mode=theirs))
    assert layer.output(volume) == Volume(y.shape[1:-1], 2)


@pytest.mark.parametrize(
    ("padding", "spatial"),
    [(3, (11, 12)), ([1, 0], (7, 6)), ([[0, 1], [2, 3]], (6, 11)), ([1, 1, 1], None), ([1], None)],
)
def test_forms_of_padding(padding: Any, spatial: tuple[int, ...] | None) -> None:
    expected = None if spatial is None else Volume(spatial, 2)
    assert Pad.model_validate({"padding": padding}).output(Volume((5, 6), 2)) == expected


def test_dropout_leaves_everything_as_it_is_at_inference() -> None:
    x = np.random.default_rng(0).standard_normal((2, 3, 4))
    assert (Dropout(rate=0.3).forward(x, {}) == x).all()
    assert Dropout().rate == 0.5
    assert Dropout().flops(Volume((3,), 4), Volume((3,), 4)) == 0
