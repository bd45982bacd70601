"""Channels chosen, reordered, and traded for positions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from archspec.ops import operator
from archspec.ops._base import Division, Limit
from archspec.ops.channels import ChannelShuffle, Slice
from archspec.ops.pixels import PixelShuffle, PixelUnshuffle
from archspec.volume import Volume

if TYPE_CHECKING:
    from tests.ops.conftest import Reference


@given(data=st.data())
def test_slice_agrees_with_onnx_runtime(data: st.DataObject, ort: Reference) -> None:
    volume = ort.draw_volume(data, channels=9)
    start = data.draw(st.integers(0, volume.channels - 1))
    stop = data.draw(st.none() | st.integers(start + 1, volume.channels))
    layer = Slice(start=start, stop=stop)
    x, _ = ort.drawn(layer, volume)
    bounds = (np.array([n]) for n in (start, volume.channels if stop is None else stop, 1))
    ort.agree(layer.forward([x], {}), ort.run("Slice", x, *bounds))
    output = layer.infer([volume])
    assert output is not None
    assert output.shape == layer.forward([x], {}).shape[1:]


def test_two_slices_split_the_channels() -> None:
    x = np.arange(6).reshape(1, 1, 6)
    assert Slice(stop=2).forward([x], {}).ravel().tolist() == [0, 1]
    assert Slice(start=2).forward([x], {}).ravel().tolist() == [2, 3, 4, 5]
    assert Slice().infer([Volume((1,), 6)]) == Volume((1,), 6)


def test_channels_must_be_there() -> None:
    volume = Volume((2, 2), 6)
    assert Slice(start=6).limits([volume]) == (Limit("start", "first channel", 6, 5),)
    assert Slice(start=1, stop=7).limits([volume]) == (Limit("stop", "end of the channels", 7, 6),)
    assert Slice(start=6).infer([volume]) is Slice(start=1, stop=7).infer([volume]) is None
    assert Slice(start=5).infer([volume]) == Volume((2, 2), 1)


@pytest.mark.parametrize(("start", "stop"), [(2, 2), (3, 1)])
def test_something_lies_between_start_and_stop(start: int, stop: int) -> None:
    with pytest.raises(ValidationError) as caught:
        Slice(start=start, stop=stop)
    (details,) = caught.value.errors()
    assert details["loc"] == ("stop",)
    assert str(details["ctx"]["error"]) == f"it is not above `start`, {start}: no channels are left"


def test_channel_shuffle_is_the_figure_of_the_paper() -> None:
    """Zhang et al. 2018, figure 1c: of three groups of three, each gives one channel to every group behind."""
    x = np.array(["r1", "r2", "r3", "g1", "g2", "g3", "b1", "b2", "b3"]).reshape(1, 1, 9)
    y = ChannelShuffle(groups=3).forward([x], {})
    assert y.ravel().tolist() == ["r1", "g1", "b1", "r2", "g2", "b2", "r3", "g3", "b3"]


@given(groups=st.integers(1, 5), each=st.integers(1, 5))
def test_shuffling_with_as_many_groups_as_were_in_one_undoes_it(groups: int, each: int) -> None:
    x = np.arange(2 * 3 * groups * each).reshape(2, 3, groups * each)
    y = ChannelShuffle(groups=groups).forward([x], {})
    assert (ChannelShuffle(groups=each).forward([y], {}) == x).all()


@pytest.mark.parametrize("factor", [1, 2, 3])
@pytest.mark.parametrize("channels", [1, 2])
def test_pixel_shuffle_agrees_with_onnx_runtime(factor: int, channels: int, ort: Reference) -> None:
    layer, volume = PixelShuffle(factor=factor), Volume((3, 4), channels * factor**2)
    x, _ = ort.drawn(layer, volume)
    ort.agree(layer.forward([x], {}), ort.run("DepthToSpace", x, blocksize=factor, mode="CRD"))
    assert layer.infer([volume]) == Volume((3 * factor, 4 * factor), channels)


@pytest.mark.parametrize("spatial", [(3,), (3, 2), (2, 3, 2)])
def test_pixel_shuffle_places_channels_by_rows_and_columns(spatial: tuple[int, ...]) -> None:
    factor, channels = 2, 3
    volume = Volume(spatial, channels * factor ** len(spatial))
    x = np.random.default_rng(0).standard_normal((1, *volume.shape))
    y = PixelShuffle(factor=factor).forward([x], {})
    for place in np.ndindex(*y.shape[1:-1]):
        square, inside = zip(*(divmod(p, factor) for p in place), strict=True)
        number = np.ravel_multi_index(inside, (factor,) * len(spatial))
        for channel in range(channels):
            assert y[0, *place, channel] == x[0, *square, channel * factor ** len(spatial) + number]


@given(data=st.data(), factor=st.integers(1, 3))
def test_pixel_unshuffle_undoes_it(data: st.DataObject, factor: int, ort: Reference) -> None:
    small = ort.draw_volume(data, longest=(4, 3, 2), channels=2)
    large = Volume(tuple(factor * size for size in small.spatial), small.channels)
    deep = Volume(small.spatial, small.channels * factor ** len(small.spatial))
    shuffle, unshuffle = PixelShuffle(factor=factor), PixelUnshuffle(factor=factor)
    assert (unshuffle.infer([large]), shuffle.infer([deep])) == (deep, large)
    x, y = ort.drawn(unshuffle, large)[0], ort.drawn(shuffle, deep)[0]
    assert (shuffle.forward([unshuffle.forward([x], {})], {}) == x).all()
    assert (unshuffle.forward([shuffle.forward([y], {})], {}) == y).all()


@pytest.mark.parametrize(
    ("name", "argument", "volume", "divisions"),
    [
        ("channel_shuffle", "groups", Volume((2, 2), 9), (Division("groups", 2, "input channels", 9),)),
        ("pixel_shuffle", "factor", Volume((2, 2), 6), (Division("factor", 4, "input channels", 6),)),
        ("pixel_shuffle", "factor", Volume((2, 2, 2), 4), (Division("factor", 8, "input channels", 4),)),
        (
            "pixel_unshuffle",
            "factor",
            Volume((4, 5), 3),
            (Division("factor", 2, "height", 4), Division("factor", 2, "width", 5)),
        ),
    ],
)
def test_what_must_divide(name: str, argument: str, volume: Volume, divisions: Any) -> None:
    layer = operator(name).model_validate({argument: 2})
    assert layer.main == argument
    assert layer.divisions([volume]) == divisions
    assert layer.infer([volume]) is None
