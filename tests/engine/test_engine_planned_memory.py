"""Estimates of memory against what compiling and running take: over all operators, drawn settings and the zoo."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from archspec.engine.grades import Grade
from archspec.engine.memory_estimate import estimate_memory, size_text
from archspec.engine.network import CompileError, compile_graph
from archspec.examination import examine
from archspec.ops import OPERATORS, operator
from archspec.ops._padding import is_allowed
from archspec.volume import Volume
from tests.engine.conftest import make_graph
from tests.memory import most_allocated

if TYPE_CHECKING:
    from archspec.graph.model import Graph

MIB = 2**20
WINDOW = {"kernel": 3, "padding": 1}
ARGUMENTS: dict[str, tuple[dict[str, Any], ...]] = {
    "adaptive_avg_pool": ({"size": [20, 30]}, {"size": [7, 5]}),
    "adaptive_max_pool": ({"size": [20, 30]},),
    "attention": ({"heads": 2}, {"heads": 2, "bias": False}),
    "avg_pool": ({"kernel": 2}, {**WINDOW, "stride": 1}),
    "batch_norm": ({}, {"affine": False}),
    "channel_shuffle": ({"groups": 4},),
    "conv": (
        {"filters": 16, **WINDOW},
        {"filters": 16, **WINDOW, "groups": 4},
        {"filters": 16, "kernel": 1, "bias": False},
        {"filters": 16, "kernel": 3, "stride": 2, "fit": "pad"},
    ),
    "conv_transpose": ({"filters": 8, "kernel": 3}, {"filters": 8, **WINDOW, "stride": 2, "groups": 2}),
    "crop": ({"size": [20, 20]},),
    "depthwise_conv": (WINDOW, {**WINDOW, "multiplier": 2}),
    "drop_path": ({"rate": 0.1},),
    "fc": ({"units": 30},),
    "gelu": ({}, {"approximate": "tanh"}),
    "group_norm": ({"groups": 3}, {"groups": 3, "affine": False}),
    "instance_norm": ({}, {"affine": True}),
    "l2_pool": ({"kernel": 2}, {**WINDOW, "stride": 1}),
    "layer_norm": ({}, {"affine": False}),
    "linear": ({"units": 50}, {"units": 50, "bias": False}),
    "local_conv": ({"filters": 4, "kernel": 3}, {"filters": 2, **WINDOW, "bias": False}),
    "lrn": ({}, {"size": 1_000_000}),
    "max_pool": ({"kernel": 2}, {**WINDOW, "stride": 1}),
    "pad": ({"padding": 2}, {"padding": 2, "padding_mode": "reflect"}),
    "pixel_shuffle": ({"factor": 2},),
    "pixel_unshuffle": ({"factor": 2},),
    "select": ({"index": 0},),
    "slice": ({"stop": 9},),
    "upsample": ({"factor": 2}, {"factor": [2, 1], "mode": "bilinear"}),
}
"""Of those operators that need some, or that are computed in several ways."""
SETTINGS = ((1, "float32", 1), (3, "float64", 2))
"""Batch, dtype and threads."""
ZOO = ("lenet", "squeezenet1_1", "mobilenet_v2")
MORE = ("densenet121", "efficientnet_b0", "googlenet", "resnet18", "shufflenet_v2_x1_0", "unet", "vit_b_16")


def layer_graph(kind: str, arguments: dict[str, Any], batch: int, dtype: Any, *, large: int = 1) -> Graph:
    """A layer with a norm and an activation behind it, on a map whose first axis is ``large`` times as long."""
    layer = operator(kind).model_validate(arguments)
    volume = Volume((40 * large, 30), 24)
    if 2 not in layer.ranks:
        volume = Volume((600 * large,), 24)
    if kind == "attention":
        volume = Volume((12, 30), 24 * large)
    behind = [(f"{name}2", operator(name).model_validate({})) for name in ("batch_norm", "silu")]
    inputs = {"one": volume, "other": volume} if layer.merge else {"one": volume}
    return make_graph(inputs, ("layer", layer, tuple(inputs)), *behind, batch=batch, dtype=dtype)


def check_both_ways(graph: Graph, grade: Grade, threads: int) -> int:
    """What compiling and the first run take is estimated: never less, and hardly more; the estimate."""
    x = {name: np.ones((graph.header.batch, *volume.shape), graph.header.dtype) for name, volume in inputs_of(graph)}

    def compile_and_run() -> None:
        compile_graph(graph, grade=grade, threads=threads)(x)

    compile_and_run()  # modules are imported and constants made
    gc.collect()
    measured = most_allocated(compile_and_run)
    network = compile_graph(graph, grade=grade, threads=threads)
    estimate = estimate_memory(network.plan, min(network._runner._chunk, graph.header.batch)).total
    assert measured <= estimate <= 1.1 * measured + MIB
    return estimate


def inputs_of(graph: Graph) -> list[tuple[str, Volume]]:
    return [(name, volume) for name, volume in graph.inputs.items() if volume]


def check_refusal(graph: Graph, grade: Grade, threads: int, limit: int) -> None:
    """One byte less is refused, by a message with a layer and both numbers, before anything of size is allocated."""

    def compile_all() -> None:
        with pytest.raises(CompileError) as caught:
            compile_graph(graph, memory_limit=limit, grade=grade, threads=threads)
        text = str(caught.value)
        assert f"The limit is {size_text(limit)}, as given." in text
        assert any(f"`{node.name}" in text for node in graph.nodes)

    assert most_allocated(compile_all) < MIB


CALLS = [(kind, arguments) for kind in OPERATORS for arguments in ARGUMENTS.get(kind, ({},))]
FIRST = [(kind, ARGUMENTS.get(kind, ({},))[0]) for kind in OPERATORS]


@pytest.mark.parametrize(("kind", "arguments"), FIRST, ids=str)
def test_every_operator_takes_what_is_estimated(kind: str, arguments: dict[str, Any]) -> None:
    check_both_ways(layer_graph(kind, arguments, 1, "float32"), Grade.EXACT, 2)


@pytest.mark.slow
@pytest.mark.parametrize("grade", list(Grade))
@pytest.mark.parametrize(("kind", "arguments"), CALLS, ids=str)
def test_every_operator_takes_it_in_all_ways(kind: str, arguments: dict[str, Any], grade: Grade) -> None:
    for batch, dtype, threads in SETTINGS:
        check_both_ways(layer_graph(kind, arguments, batch, dtype), grade, threads)


@pytest.mark.parametrize("grade", [Grade.REFERENCE, pytest.param(Grade.EXACT, marks=pytest.mark.slow)])
@pytest.mark.parametrize(("kind", "arguments"), CALLS, ids=str)
def test_every_operator_is_refused_before_anything_is_allocated(
    kind: str, arguments: dict[str, Any], grade: Grade
) -> None:
    graph = layer_graph(kind, arguments, 1, "float32", large=20)
    compile_graph(layer_graph(kind, arguments, 1, "float32"), grade=grade, threads=1)  # modules are imported
    with pytest.raises(CompileError) as caught:
        compile_graph(graph, memory_limit=1, grade=grade, threads=1)
    assert "`layer" in str(caught.value) or "`batch_norm2" in str(caught.value) or "`silu2" in str(caught.value)
    network = compile_graph(graph, grade=grade, threads=1)
    check_refusal(graph, grade, 1, estimate_memory(network.plan).total - 1)


def test_a_window_far_larger_than_the_channels_takes_no_more_than_they_do() -> None:
    graph = make_graph(Volume((100, 100), 8), ("lrn1", operator("lrn").model_validate({"size": 1_000_000})))
    assert check_both_ways(graph, Grade.EXACT, 1) < 4 * MIB
    assert check_both_ways(graph, Grade.REFERENCE, 1) < 4 * MIB


@pytest.mark.parametrize("kind", ["conv", "depthwise_conv", "local_conv", "max_pool", "avg_pool", "l2_pool"])
@pytest.mark.parametrize("grade", list(Grade))
def test_a_stride_far_beyond_the_map_takes_what_its_one_position_does(kind: str, grade: Grade) -> None:
    counts = {"filters": 4} if "filters" in operator(kind).model_fields else {}
    layer = operator(kind).model_validate({"kernel": 3, "stride": 2_147_483_647, "fit": "crop", **counts})
    graph = make_graph(Volume((9, 9), 3), ("layer1", layer))
    assert check_both_ways(graph, grade, 2) < MIB


def test_padding_beyond_all_memory_is_refused() -> None:
    """One position of output, from windows that span terabytes of padding."""
    far = 2**42
    layer = operator("conv").model_validate({"filters": 2, "kernel": 3, "dilation": far, "padding": far})
    graph = make_graph(Volume((1,), 3), ("conv1", layer))
    for grade in (Grade.REFERENCE, Grade.EXACT):
        check_refusal(graph, grade, 1, 10**9)


@st.composite
def sliding(draw: st.DrawFn) -> tuple[str, dict[str, Any], Volume]:
    """Windows, strides, dilations and paddings of any size, larger than the map too."""
    kind = draw(st.sampled_from(["conv", "depthwise_conv", "conv_transpose", "local_conv", "max_pool", "avg_pool"]))
    rank = draw(st.integers(1, 3))
    longest = (3000, 60, 16)[rank - 1]
    sizes = tuple(draw(st.integers(1, longest)) for _ in range(rank))
    groups = draw(st.sampled_from([1, 1, 2, 4]))
    volume = Volume(sizes, groups * draw(st.integers(1, 24)))

    def axes(most: int, least: int = 1) -> list[int]:
        return [draw(st.integers(least, most)) for _ in sizes]

    arguments: dict[str, Any] = {"kernel": axes(5), "stride": axes(draw(st.sampled_from([1, 3, 90])))}
    arguments |= {"dilation": axes(draw(st.sampled_from([1, 30]))), "padding": axes(draw(st.sampled_from([2, 40])), 0)}
    if kind != "conv_transpose":
        arguments["fit"] = draw(st.sampled_from(["crop", "pad"]))
    if kind in ("conv", "conv_transpose"):
        arguments |= {"groups": groups, "filters": groups * draw(st.integers(1, 24))}
    if kind == "local_conv":
        arguments["filters"] = draw(st.integers(1, 3))
    return kind, arguments, volume


def check_drawn(call: tuple[str, dict[str, Any], Volume], grade: Grade, batch: int, dtype: Any, threads: int) -> None:
    kind, arguments, volume = call
    layer = operator(kind).model_validate(arguments)
    output = layer.infer([volume])
    assume(output is not None and output.size < 200_000)
    assume(sum(weight.size for weight in layer.weights([volume])) < 1_000_000)
    assume(all(is_allowed(layer, window) for window in layer.windows([volume]) or ()))
    graph = make_graph(
        volume, ("layer", layer), ("relu2", operator("relu").model_validate({})), batch=batch, dtype=dtype
    )
    check_both_ways(graph, grade, threads)


DRAWN = {
    "call": sliding(),
    "grade": st.sampled_from(Grade),
    "batch": st.integers(1, 3),
    "dtype": st.sampled_from(["float32", "float64"]),
    "threads": st.integers(1, 2),
}


@settings(max_examples=15)
@given(**DRAWN)
def test_drawn_layers_take_what_is_estimated(**drawn: Any) -> None:
    check_drawn(**drawn)


@pytest.mark.slow
@settings(max_examples=150)
@given(**DRAWN)
def test_many_drawn_layers_take_what_is_estimated(**drawn: Any) -> None:
    check_drawn(**drawn)


@pytest.mark.parametrize("name", [*ZOO, *(pytest.param(name, marks=pytest.mark.slow) for name in MORE)])
@pytest.mark.parametrize("grade", [Grade.EXACT, Grade.FAST])
def test_networks_of_the_zoo_take_what_is_estimated(name: str, grade: Grade) -> None:
    graph = examine(f"zoo:{name}").graph
    assert graph is not None
    check_both_ways(graph, grade, 2)
