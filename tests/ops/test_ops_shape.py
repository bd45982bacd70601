from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from archspec.ops._base import Limit
from archspec.ops.border import Crop, Pad
from archspec.ops.regularization import Dropout
from archspec.ops.shape import Flatten
from archspec.volume import Volume

if TYPE_CHECKING:
    from tests.ops.conftest import Reference


def test_flatten_goes_row_by_row_with_channels_fastest() -> None:
    x = np.arange(24).reshape(1, 2, 3, 4)
    y = Flatten().forward([x], {})
    assert y.shape == (1, 1, 1, 24)
    assert y.ravel().tolist() == list(range(24))
    assert np.shares_memory(x, y)
    assert Flatten().infer([Volume((2, 3), 4)]) == Volume((1, 1), 24)
    assert Flatten().infer([Volume((), 4)]) == Volume((), 4)
    assert [window.extent for window in Flatten().windows([Volume((2, 3), 4)])] == [2, 3]


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
    y = layer.forward([x], {})
    pads = np.array([0, 0, *(near for near, _ in sides), 0, 0, *(far for _, far in sides)])
    ort.agree(y, ort.run("Pad", x, pads, np.array(value, "float32"), mode=theirs))
    assert layer.infer([volume]) == Volume(y.shape[1:-1], 2)


@pytest.mark.parametrize(
    ("padding", "spatial"),
    [(3, (11, 12)), ([1, 0], (7, 6)), ([[0, 1], [2, 3]], (6, 11)), ([1, 1, 1], None), ([1], None)],
)
def test_forms_of_padding(padding: Any, spatial: tuple[int, ...] | None) -> None:
    expected = None if spatial is None else Volume(spatial, 2)
    assert Pad.model_validate({"padding": padding}).infer([Volume((5, 6), 2)]) == expected


@given(data=st.data())
def test_crop_undoes_pad(data: st.DataObject, ort: Reference) -> None:
    volume = ort.draw_volume(data)
    sides = [[data.draw(st.integers(0, 3)), data.draw(st.integers(0, 3))] for _ in volume.spatial]
    pad, crop = Pad.model_validate({"padding": sides}), Crop.model_validate({"margin": sides})
    x, _ = ort.drawn(pad, volume)
    larger = pad.infer([volume])
    assert larger is not None
    assert crop.infer([larger]) == volume
    assert (crop.forward([pad.forward([x], {})], {}) == x).all()


@pytest.mark.parametrize(
    ("arguments", "kept"),
    [
        ({"margin": 2}, [2, 3]),
        ({"margin": [2]}, [2, 3]),
        ({"margin": [[0, 5]]}, [0]),
        ({"size": 2}, [2, 3]),
        ({"size": 3}, [1, 2, 3]),  # the far side loses the extra one
        ({"like": [4]}, [1, 2, 3, 4]),
        ({"like": [6]}, [0, 1, 2, 3, 4, 5]),
    ],
)
def test_what_a_crop_keeps(arguments: dict[str, Any], kept: list[int]) -> None:
    layer = Crop.model_validate(arguments)
    x = np.arange(6).reshape(1, 6, 1)
    assert layer.infer([Volume((6,), 1)]) == Volume((len(kept),), 1)
    assert layer.forward([x], {}).ravel().tolist() == kept


def test_the_crops_of_u_net() -> None:
    """Ronneberger et al. 2015, figure 1: what is copied is cropped from 64 to 56, and so on."""
    for before, after in ((64, 56), (136, 104), (280, 200), (568, 392)):
        crop = Crop.model_validate({"like": [after, after]})
        assert crop.infer([Volume((before, before), 64)]) == Volume((after, after), 64)
        assert crop.cuts(Volume((before, before), 64)) == (((before - after) // 2,) * 2,) * 2


def test_a_crop_takes_away_less_than_there_is() -> None:
    volume = Volume((4, 5), 1)
    margin, size = Crop(margin=2), Crop.model_validate({"size": [4, 6]})
    assert margin.infer([volume]) is size.infer([volume]) is None
    assert margin.limits([volume]) == (
        Limit("margin", "total margin of the height", 4, 3),
        Limit("margin", "total margin of the width", 4, 4),
    )
    assert size.limits([volume]) == (Limit("size", "height", 4, 4), Limit("size", "width", 6, 5))
    like = Crop.model_validate({"like": [5, 5]})
    assert like.limits([volume])[0] == Limit("like", "height", 5, 4)


@pytest.mark.parametrize("arguments", [{"margin": [1, 1, 1]}, {"size": [1, 1, 1]}, {"like": [1]}])
def test_a_crop_that_does_not_suit_the_axes(arguments: dict[str, Any]) -> None:
    layer, volume = Crop.model_validate(arguments), Volume((4, 5), 1)
    assert (layer.infer([volume]), layer.cuts(volume), layer.dependence([volume])[0]) == (None, None, None)
    assert layer.limits([volume]) == ()


@pytest.mark.parametrize("arguments", [{}, {"margin": 1, "size": 3}, {"margin": 1, "like": [3, 3]}])
def test_a_crop_is_said_in_one_way(arguments: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        Crop.model_validate(arguments)
    (details,) = caught.value.errors()
    assert details["loc"] == ("margin",)
    assert str(details["ctx"]["error"]) == "give one of `margin`, `size` and `like`"


def test_dropout_leaves_everything_as_it_is_at_inference() -> None:
    x = np.random.default_rng(0).standard_normal((2, 3, 4))
    assert (Dropout(rate=0.3).forward([x], {}) == x).all()
    assert Dropout().rate == 0.5
    assert Dropout().flops([Volume((3,), 4)], Volume((3,), 4)) == 0
