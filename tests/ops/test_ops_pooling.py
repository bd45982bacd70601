from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archspec.ops import operator
from archspec.ops.pooling import AvgPool, L2Pool, MaxPool
from archspec.volume import Volume

if TYPE_CHECKING:
    from archspec.ops._numpy import Array
    from tests.ops.conftest import Reference


class Pool(NamedTuple):
    """A pool of ours, and the same in ONNX."""

    name: str
    arguments: dict[str, Any]
    kind: str
    attributes: dict[str, Any]


POOLS = [
    Pool("max_pool", {}, "MaxPool", {}),
    Pool("avg_pool", {}, "AveragePool", {"count_include_pad": 1}),
    Pool("avg_pool", {"count_padding": False}, "AveragePool", {"count_include_pad": 0}),
    Pool("l2_pool", {}, "LpPool", {"p": 2}),
]
every_pool = pytest.mark.parametrize("pool", POOLS)


def check(ours: Array, theirs: Array, ort: Reference) -> None:
    """Where a window sees padding alone, its maximum is minus infinity; ORT gives the lowest float32 instead."""
    assert ours.shape == theirs.shape
    assert (np.isneginf(ours) == (theirs == np.finfo("float32").min)).all()
    seen = np.isfinite(ours)
    ort.agree(ours[seen], theirs[seen])


def compare(data: st.DataObject, pool: Pool, ort: Reference) -> None:
    volume, arguments = ort.draw_sliding(data)
    fit = data.draw(st.sampled_from(["crop", "pad"]))
    layer = operator(pool.name).model_validate({**arguments, **pool.arguments, "fit": fit})
    x = np.random.default_rng(0).standard_normal((2, *volume.shape)).astype("float32")
    y = layer.forward([x], {})
    sides = arguments["padding"]
    theirs = ort.run(
        pool.kind,
        x,
        kernel_shape=arguments["kernel"],
        strides=arguments["stride"],
        dilations=arguments["dilation"],
        pads=[near for near, _ in sides] + [far for _, far in sides],
        ceil_mode=int(fit == "pad"),
        **pool.attributes,
    )
    check(y, theirs, ort)
    assert layer.infer([volume]) == Volume(y.shape[1:-1], y.shape[-1])


@every_pool
@settings(derandomize=True, deadline=None, max_examples=100)
@given(data=st.data())
def test_pools_agree_with_onnx_runtime(data: st.DataObject, pool: Pool, ort: Reference) -> None:
    compare(data, pool, ort)


@pytest.mark.slow
@every_pool
@settings(derandomize=True, deadline=None, max_examples=3000)
@given(data=st.data())
def test_pools_agree_with_onnx_runtime_everywhere(data: st.DataObject, pool: Pool, ort: Reference) -> None:
    compare(data, pool, ort)


@every_pool
@settings(derandomize=True, deadline=None, max_examples=30)
@given(data=st.data())
def test_same_padding_agrees_with_onnx_runtime(data: st.DataObject, pool: Pool, ort: Reference) -> None:
    volume, arguments = ort.draw_same(data)
    layer = operator(pool.name).model_validate({**arguments, **pool.arguments, "padding": "same"})
    x = np.random.default_rng(0).standard_normal((2, *volume.shape)).astype("float32")
    slide = {"kernel_shape": arguments["kernel"], "strides": arguments["stride"]}
    theirs = ort.run(pool.kind, x, **slide, auto_pad="SAME_UPPER", **pool.attributes)
    check(layer.forward([x], {}), theirs, ort)


@pytest.mark.parametrize(
    ("name", "kind"), [("global_avg_pool", "GlobalAveragePool"), ("global_max_pool", "GlobalMaxPool")]
)
@pytest.mark.parametrize("spatial", [(5,), (4, 7), (3, 4, 2)])
def test_global_pools_agree_with_onnx_runtime(name: str, kind: str, spatial: tuple[int, ...], ort: Reference) -> None:
    layer = operator(name)()
    x = np.random.default_rng(0).standard_normal((2, *spatial, 3)).astype("float32")
    y = layer.forward([x], {})
    ort.agree(y, ort.run(kind, x))
    assert layer.infer([Volume(spatial, 3)]) == Volume(y.shape[1:-1], 3) == Volume((1,) * len(spatial), 3)
    windows = layer.windows([Volume(spatial, 3)])
    assert windows is not None
    assert [(window.extent, window.output) for window in windows] == [(size, 1) for size in spatial]


def test_the_stride_of_a_pool_is_its_kernel_unless_given() -> None:
    volume = Volume((12, 12), 1)
    assert MaxPool(kernel=3).infer([volume]) == Volume((4, 4), 1)
    assert MaxPool(kernel=(3, 2)).infer([volume]) == Volume((4, 6), 1)
    assert MaxPool(kernel=3, stride=1).infer([volume]) == Volume((10, 10), 1)


def test_an_average_counts_padding_unless_told_not_to_and_never_what_fit_adds() -> None:
    x = np.ones((1, 3, 1))
    arguments = {"kernel": 2, "stride": 2, "fit": "pad"}
    assert AvgPool.model_validate(arguments).forward([x], {}).ravel().tolist() == [1, 1]
    padded = {**arguments, "padding": [[1, 0]]}
    assert AvgPool.model_validate(padded).forward([x], {}).ravel().tolist() == [0.5, 1]
    assert AvgPool.model_validate({**padded, "count_padding": False}).forward([x], {}).ravel().tolist() == [1, 1]


def test_an_average_of_padding_alone_is_zero() -> None:
    layer = AvgPool(kernel=2, stride=1, dilation=2, padding=1, count_padding=False)
    assert layer.forward([np.ones((1, 1, 1))], {}).ravel().tolist() == [0]


def test_l2_pool_is_the_root_of_the_sum_of_squares() -> None:
    assert L2Pool(kernel=2).forward([np.array([[[3.0], [4.0]]])], {}).item() == 5


def test_max_pool_of_negative_numbers_does_not_see_its_padding() -> None:
    x = np.full((1, 2, 2, 1), -5.0)
    assert MaxPool(kernel=3, stride=1, padding=1).forward([x], {}).max() == -5


@pytest.mark.parametrize(
    ("name", "each"), [("max_pool", 8), ("avg_pool", 9), ("l2_pool", 18)]
)  # comparisons; additions and a division; squares, additions and a root
def test_costs_of_pools(name: str, each: int) -> None:
    layer = operator(name).model_validate({"kernel": 3, "stride": 2})
    volume, output = Volume((9, 9), 5), Volume((4, 4), 5)
    assert layer.infer([volume]) == output
    assert layer.flops([volume], output) == each * output.size
    assert layer.macs([volume], output) == 0


def test_costs_of_global_pools() -> None:
    volume, output = Volume((7, 7), 10), Volume((1, 1), 10)
    assert operator("global_avg_pool")().flops([volume], output) == 490
    assert operator("global_max_pool")().flops([volume], output) == 480
