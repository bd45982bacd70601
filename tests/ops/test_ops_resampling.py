from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from archspec.ops.resampling import Upsample
from archspec.volume import Volume

if TYPE_CHECKING:
    from tests.ops.conftest import Reference

ONNX = {
    ("nearest", False): {"coordinate_transformation_mode": "asymmetric", "mode": "nearest", "nearest_mode": "floor"},
    ("bilinear", False): {"coordinate_transformation_mode": "half_pixel", "mode": "linear"},
    ("bilinear", True): {"coordinate_transformation_mode": "align_corners", "mode": "linear"},
}


def compare(data: st.DataObject, mode: str, align_corners: bool, ort: Reference) -> None:
    volume = ort.draw_volume(data)
    if mode == "nearest":  # to a size that is no multiple, ORT's float32 positions are rounded
        given_by = {"factor": [data.draw(st.integers(1, 4)) for _ in volume.spatial]}
    else:
        given_by = {"size": [data.draw(st.integers(1, 12)) for _ in volume.spatial]}
    layer = Upsample.model_validate({**given_by, "mode": mode, "align_corners": align_corners})
    x = np.random.default_rng(0).standard_normal((2, *volume.shape)).astype("float32")
    output = layer.infer([volume])
    assert output is not None
    sizes = np.array([2, volume.channels, *output.spatial])
    y = layer.forward([x], {})
    assert y.shape == (2, *output.shape)
    ort.agree(y, ort.run("Resize", x, None, None, sizes, **ONNX[mode, align_corners]))


@pytest.mark.parametrize(("mode", "align_corners"), ONNX)
@given(data=st.data())
def test_upsample_agrees_with_onnx_runtime(data: st.DataObject, mode: str, align_corners: bool, ort: Reference) -> None:
    compare(data, mode, align_corners, ort)


@pytest.mark.slow
@pytest.mark.parametrize(("mode", "align_corners"), ONNX)
@settings(max_examples=1500)
@given(data=st.data())
def test_upsample_agrees_with_onnx_runtime_everywhere(
    data: st.DataObject, mode: str, align_corners: bool, ort: Reference
) -> None:
    compare(data, mode, align_corners, ort)


@given(size=st.integers(1, 40), output=st.integers(1, 40))
def test_nearest_takes_the_position_before(size: int, output: int) -> None:
    x = np.arange(size).reshape(1, size, 1)
    y = Upsample(size=output).forward([x], {})
    assert y.ravel().tolist() == [o * size // output for o in range(output)]


def test_bilinear_by_hand() -> None:
    """Doubled, each output lies a quarter beside a pixel's middle; the border is repeated."""
    x = np.array([0.0, 4, 8]).reshape(1, 3, 1)
    assert Upsample(factor=2, mode="bilinear").forward([x], {}).ravel().tolist() == [0, 1, 3, 5, 7, 8]
    corners = Upsample(size=5, mode="bilinear", align_corners=True)
    assert corners.forward([x], {}).ravel().tolist() == [0, 2, 4, 6, 8]


def test_the_axes_are_interpolated_one_after_the_other() -> None:
    x = np.random.default_rng(0).standard_normal((1, 3, 4, 2))
    whole = Upsample(size=(5, 9), mode="bilinear").forward([x], {})
    rows = Upsample(size=(5, 4), mode="bilinear").forward([x], {})
    np.testing.assert_allclose(whole, Upsample(size=(5, 9), mode="bilinear").forward([rows], {}), rtol=1e-12)


@pytest.mark.parametrize("arguments", [{"factor": (2, 3)}, {"size": (8, 15)}, {"like": (8, 15)}])
def test_three_ways_to_say_how_large(arguments: dict[str, Any]) -> None:
    layer = Upsample.model_validate(arguments)
    assert layer.infer([Volume((4, 5), 3)]) == Volume((8, 15), 3)
    assert (layer.infer([Volume((4,), 3)]), layer.dependence([Volume((4,), 3)])[0]) == (None, None)
    assert Upsample.size_arguments == {"like"}


@pytest.mark.parametrize(
    "arguments", [{}, {"factor": 2, "size": 4}, {"factor": 2, "like": (4, 4)}, {"size": 3, "like": (4, 4)}]
)
def test_one_of_them_is_needed_and_no_more(arguments: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        Upsample.model_validate(arguments)
    (details,) = caught.value.errors()
    assert details["loc"] == ("factor",)
    assert str(details["ctx"]["error"]) == "give one of `factor`, `size` and `like`"


def test_a_faulty_size_is_one_fault() -> None:
    with pytest.raises(ValidationError) as caught:
        Upsample.model_validate({"size": 0})
    assert {details["loc"][0] for details in caught.value.errors()} == {"size"}


def test_like_names_a_volume() -> None:
    with pytest.raises(ValidationError) as caught:
        Upsample.model_validate({"like": 4})
    (details,) = caught.value.errors()
    assert details["loc"] == ("like",)
    assert str(details["ctx"]["error"]) == "it names a volume, such as `like: stem`"


def test_corners_are_aligned_between_pixels_only() -> None:
    with pytest.raises(ValidationError) as caught:
        Upsample(factor=2, align_corners=True)
    (details,) = caught.value.errors()
    assert details["loc"] == ("align_corners",)
    assert str(details["ctx"]["error"]) == "it needs `mode: bilinear`"
    Upsample(factor=2, align_corners=False)


@pytest.mark.parametrize(("spatial", "each"), [((4,), 3), ((4, 4), 7), ((4, 4, 4), 15)])
def test_a_mean_of_the_corners_is_what_bilinear_costs(spatial: tuple[int, ...], each: int) -> None:
    volume = Volume(spatial, 2)
    layer = Upsample(factor=2, mode="bilinear")
    output = layer.infer([volume])
    assert output is not None
    assert layer.flops([volume], output) == each * output.size
    assert Upsample(factor=2).flops([volume], output) == 0
