from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archspec.ops._dependence import InputDependence
from archspec.ops.merging import Add, Concat, Multiply
from archspec.volume import Volume

if TYPE_CHECKING:
    from archspec.ops._base import Operator
    from archspec.ops._numpy import Array
    from tests.ops.conftest import Reference

IMAGE, GATE, VECTOR = Volume((4, 5), 3), Volume((1, 1), 3), Volume((1, 1), 7)


def drawn(*volumes: Volume) -> list[Array]:
    rng = np.random.default_rng(0)
    return [rng.standard_normal((2, *volume.shape)).astype("float32") for volume in volumes]


@given(data=st.data(), count=st.integers(1, 4))
def test_merges_agree_with_onnx_runtime(data: st.DataObject, count: int, ort: Reference) -> None:
    volume = ort.draw_volume(data)
    arrays = drawn(*[volume] * count)
    inputs = [np.moveaxis(x, -1, 1) for x in arrays]
    ort.agree(Add().forward(arrays, {}), np.moveaxis(ort.node("Sum", *inputs), 1, -1))
    wide = Volume(volume.spatial, volume.channels + 2)
    joined = drawn(*[volume] * count, wide)
    theirs = ort.node("Concat", *(np.moveaxis(x, -1, 1) for x in joined), axis=1)
    ort.agree(Concat().forward(joined, {}), np.moveaxis(theirs, 1, -1))
    assert Concat().infer([*[volume] * count, wide]) == Volume(volume.spatial, (count + 1) * volume.channels + 2)


@pytest.mark.parametrize("volumes", [(IMAGE, IMAGE), (IMAGE, GATE), (GATE, IMAGE), (GATE, GATE), (GATE, IMAGE, IMAGE)])
def test_multiply_agrees_with_onnx_runtime(volumes: tuple[Volume, ...], ort: Reference) -> None:
    arrays = drawn(*volumes)
    product = arrays[0]
    for x in arrays[1:]:
        product = np.moveaxis(ort.node("Mul", np.moveaxis(product, -1, 1), np.moveaxis(x, -1, 1)), 1, -1)
    ort.agree(Multiply().forward(arrays, {}), product)
    output = Multiply().infer(volumes)
    assert output == (GATE if set(volumes) == {GATE} else IMAGE)
    assert Multiply().flops(volumes, output) == (len(volumes) - 1) * output.size


@pytest.mark.parametrize(
    ("merge", "volumes", "output"),
    [
        (Add(), (IMAGE, IMAGE), IMAGE),
        (Add(), (IMAGE, GATE), None),
        (Add(), (IMAGE, Volume((4, 5), 4)), None),
        (Add(), (IMAGE, IMAGE, Volume((5, 4), 3)), None),
        (Concat(), (GATE, VECTOR), Volume((1, 1), 10)),
        (Concat(), (IMAGE, GATE), None),
        (Concat(), (Volume((4,), 3), IMAGE), None),
        (Multiply(), (IMAGE, VECTOR), None),
        (Multiply(), (IMAGE, Volume((1,), 3)), None),
        (Multiply(), (IMAGE, Volume((4, 1), 3)), None),
        (Multiply(), (IMAGE, Volume((4, 5), 1)), None),
        (Multiply(), (GATE, VECTOR), None),
    ],
)
def test_what_fits_together(merge: Operator, volumes: tuple[Volume, ...], output: Volume | None) -> None:
    assert merge.infer(volumes) == output
    assert merge.infer(volumes[::-1]) == output


def test_costs() -> None:
    assert Add().flops((IMAGE,) * 3, IMAGE) == 2 * IMAGE.size
    assert Concat().flops((IMAGE,) * 3, Volume((4, 5), 9)) == 0
    assert Multiply().flops((IMAGE, GATE), IMAGE) == IMAGE.size


def test_inputs_stay_as_they_are() -> None:
    for merge in (Add(), Concat(), Multiply()):
        arrays = drawn(IMAGE, IMAGE, IMAGE)
        before = [x.copy() for x in arrays]
        merge.forward(arrays, {})
        assert all((x == y).all() for x, y in zip(arrays, before, strict=True))
        assert not merge.in_place


def test_every_output_of_a_product_sees_its_gate() -> None:
    assert Multiply().dependence((IMAGE, GATE)) == (
        (InputDependence(), InputDependence()),
        (InputDependence(0), InputDependence(0)),
    )
    assert Multiply().dependence((GATE, GATE)) == ((InputDependence(), InputDependence()),) * 2
    assert Add().dependence((IMAGE, IMAGE)) == ((InputDependence(), InputDependence()),) * 2
