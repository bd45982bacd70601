"""What is reckoned before anything is allocated, against what plans and kernels really take."""

import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import archspec
from archspec.engine import machine
from archspec.engine.grades import Grade
from archspec.engine.memory_estimate import chunk_within, estimate_memory, size_text
from archspec.engine.network import CompileError, Network, compile_graph, plan_graph
from archspec.engine.planned_memory import arrays_in, scratch_bytes
from archspec.graph.model import Graph
from archspec.ops._base import Operator
from archspec.ops.adaptive import AdaptiveAvgPool
from archspec.ops.attention import Attention
from archspec.ops.convolution import Conv, DepthwiseConv
from archspec.ops.dense import FC, Linear
from archspec.ops.global_pooling import GlobalAvgPool
from archspec.ops.local import LocalConv
from archspec.ops.normalization import LRN, BatchNorm
from archspec.ops.pooling import AvgPool, L2Pool, MaxPool
from archspec.ops.rectifiers import PReLU, ReLU
from archspec.ops.resampling import Upsample
from archspec.ops.sample_norms import GroupNorm, LayerNorm
from archspec.ops.softmax import LogSoftmax, Softmax
from archspec.ops.transposed import ConvTranspose
from archspec.volume import Volume
from tests.memory import most_allocated

Array = np.ndarray[Any, np.dtype[Any]]
MakeGraph = Callable[..., Graph]
NETWORKS = ("alexnet", "convnext_tiny", "densenet121", "efficientnet_b0", "fpn", "googlenet", "inception_v3")
MORE = ("c3d", "resnet50", "resnext50_32x4d", "shufflenet_v2_x1_0", "squeezenet1_0", "unet", "vgg11", "vit_b_16")
WIDE = Volume((3, 4000), 16)


def test_a_network_of_a_trillion_parameters_is_refused_at_once(graph_of: MakeGraph) -> None:
    graph = graph_of(Volume((1, 1), 10**6), ("fc1", FC(units=10**6)))
    tracemalloc.start()
    try:
        with pytest.raises(CompileError) as caught:
            compile_graph(graph, memory_limit=10**9)
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()
    # weights: 10**12 + 10**6; volumes: 10**6 each, and the result
    assert str(caught.value) == (
        "network `net` needs more than 4.0 TB of memory at batch 1: 4.0 TB of parameters and buffers and 12.0 MB of "
        "volumes. The limit is 1.0 GB, as given. The largest are weights `fc1.weight` (4.0 TB), weights `fc1.bias` "
        "(4.0 MB), the output of `fc1` (4.0 MB). A smaller batch or input needs less."
    )


def test_the_default_limit_is_half_of_the_memory(graph_of: MakeGraph) -> None:
    with pytest.raises(CompileError, match="half of this machine's memory"):
        compile_graph(graph_of(Volume((1, 1), 10**40), ("fc1", FC(units=10**40))))


def test_the_working_space_of_kernels_is_reported(graph_of: MakeGraph) -> None:
    graph = graph_of(Volume((64, 64), 64), ("conv1", Conv(filters=64, kernel=3, padding=1)), batch=2)
    needed = estimate_memory(plan_graph(graph, threads=1))
    with pytest.raises(CompileError) as caught:
        compile_graph(graph, memory_limit=6_000_000, threads=1)
    # 3 * 3 * 64 * 64 + 64 weights, 4 * 4 * 64 * 64 in tiles and 4096 biases; a sample enters and leaves, and two
    # results are kept
    assert size_text(needed.working["conv1"]) == "1.5 MB"
    assert str(caught.value) == (
        f"network `net` needs about {size_text(needed.total)} of memory at batch 2: "
        "147.7 kB of parameters and buffers, "
        "278.5 kB of weights in another order, 4.1 MB of volumes and 1.7 MB of working space. The limit is 6.0 MB, as "
        "given. The largest are working space of `conv1` (1.5 MB), the output of `conv1` (1.0 MB), weights of `conv1` "
        f"in another order (278.5 kB). To compile it anyway, pass memory_limit={needed.total}, in bytes; a "
        "smaller batch or input needs less."
    )


@pytest.mark.parametrize(("dtype", "size"), [("float16", 2), ("bfloat16", 4), ("float32", 4), ("float64", 8)])
def test_the_limit_holds_to_the_byte(graph_of: MakeGraph, dtype: str, size: int) -> None:
    graph = graph_of(Volume((4, 4), 3), ("relu1", ReLU()), dtype=dtype, batch=5)
    needed = estimate_memory(plan_graph(graph, threads=2))
    assert (needed.volumes, needed.results) == (2 * 48 * size, 5 * 48 * size)
    assert compile_graph(graph, memory_limit=needed.total, threads=2)._runner._chunk == 1
    with pytest.raises(CompileError, match=f"memory_limit={needed.total},"):
        compile_graph(graph, memory_limit=needed.total - 1, threads=2)


LAYERS = [
    (Volume((96, 96), 32), Conv(filters=32, kernel=3, padding="same")),
    (Volume((96, 96), 32), Conv(filters=32, kernel=5, stride=2, padding=2, groups=4)),
    (Volume((96, 96), 32), Conv(filters=32, kernel=1)),
    (Volume((30, 30), 16), Conv(filters=1024, kernel=3, padding=1)),
    (Volume((30, 30), 512), Conv(filters=16, kernel=3, padding=1)),
    (WIDE, Conv(filters=100, kernel=3, padding=1)),
    (WIDE, Conv(filters=10, kernel=(3, 20), padding=((1, 1), (30, 9)), stride=(1, 7), fit="crop")),
    (WIDE, Conv(filters=4, kernel=3, padding=1, padding_mode="reflect")),
    (WIDE, DepthwiseConv(kernel=3, padding=1)),
    (WIDE, MaxPool(kernel=3, stride=1, padding=1)),
    (WIDE, L2Pool(kernel=(2, 30), stride=1)),
    (WIDE, LayerNorm()),
    (WIDE, GroupNorm(groups=4)),
    (WIDE, LRN()),
    (WIDE, Upsample(factor=3, mode="bilinear")),
    (WIDE, AdaptiveAvgPool(size=(2, 7))),
    (WIDE, ConvTranspose(filters=50, kernel=(4, 3), stride=2)),
    (Volume((12_000,), 16), Conv(filters=4, kernel=999, padding=500, stride=9, fit="crop")),
    (Volume((40, 400, 4), 3), Conv(filters=6, kernel=3, padding=1)),
    (Volume((900,), 64), Attention(heads=2)),
    (Volume((30, 30), 4000), Linear(units=900)),
    (Volume((30, 30), 4000), LogSoftmax()),
    (Volume((30, 30), 400), Softmax()),
    (Volume((30, 30), 40), FC(units=500)),
    (Volume((40, 96), 32), LocalConv(filters=2, kernel=3, stride=2)),
    (Volume((96, 96), 32), DepthwiseConv(kernel=3, padding=1)),
    (Volume((96, 96), 32), AvgPool(kernel=2)),
    (Volume((96, 96), 32), GlobalAvgPool()),
    (Volume((96, 96), 32), BatchNorm()),
    (Volume((96, 96), 32), PReLU()),
]


@pytest.mark.parametrize(("volume", "operator"), LAYERS, ids=lambda each: f"{type(each).__name__}-{each}"[:24])
@pytest.mark.parametrize("grade", list(Grade))
@pytest.mark.parametrize("batch", [1, 3])
def test_no_kernel_takes_more_than_is_reckoned(
    graph_of: MakeGraph, volume: Volume, operator: Operator, grade: Grade, batch: int
) -> None:
    graph = graph_of(volume, ("layer1", operator), batch=batch)
    network = compile_graph(graph, grade=grade, threads=2)
    check_steps(network, batch)
    if grade is not Grade.REFERENCE:
        return
    x = np.ones((batch, *volume.shape), np.float32)
    assert (
        most_allocated(lambda: network(x)) < estimate_memory(network.plan, batch).total + 2**20
    )  # Python's own objects


@pytest.mark.parametrize("name", [*NETWORKS, *(pytest.param(name, marks=pytest.mark.slow) for name in MORE)])
@pytest.mark.parametrize("grade", ["exact", "fast"])
def test_no_kernel_of_the_zoo_takes_more_than_is_reckoned(name: str, grade: Any) -> None:
    network = archspec.compile(f"zoo:{name}", grade=grade, threads=2)
    check_steps(network, 1)
    needed = estimate_memory(network.plan)
    assert needed.volumes == network.plan.arena_bytes
    assert max(needed.working.values()) < 80 * 2**20  # two threads, and it is no bound if it is beyond all bounds


def check_steps(network: Network, batch: int) -> None:
    """Every kernel's packed weights and scratch are what was counted for them, to the byte."""
    plan, needed = network.plan, estimate_memory(network.plan, batch)
    runner = network._runner
    runner.run({name: np.zeros((batch, *volume.shape), network.dtype) for name, volume in network._inputs.items()})
    for step in plan.steps:
        name = step.group.name
        packed = {id(owner(array)): owner(array) for array in arrays_in(runner._packed[name])}.values()
        own = [
            array for array in packed if not any(np.may_share_memory(array, old) for old in network._arrays.values())
        ]
        assert sum(array.nbytes for array in own) == needed.packed[name], name
    assert runner._memory is not None
    assert [scratch.most for scratch in runner._memory.scratches] == scratch_bytes(plan, batch)


def owner(array: Array) -> Array:
    """The array whose memory another one is a view of."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


CHAIN = (("conv1", Conv(filters=16, kernel=3, padding=1)), ("relu1", ReLU()), ("fc1", FC(units=10)))


def test_a_batch_is_run_in_chunks_where_memory_is_short(graph_of: MakeGraph) -> None:
    graph = graph_of(Volume((32, 32), 16), *CHAIN, batch=7)
    x = np.random.default_rng(0).standard_normal((7, 32, 32, 16)).astype(np.float32)
    wide = compile_graph(graph, threads=1)
    tight = compile_graph(graph, memory_limit=estimate_memory(wide.plan, 3).total, threads=1)
    assert wide._runner._chunk > 7
    assert 1 < tight._runner._chunk <= 3
    single = np.concatenate([np.asarray(tight(x[n : n + 1])) for n in range(7)])
    np.testing.assert_allclose(np.asarray(tight(x)), single, rtol=0, atol=1e-5)
    np.testing.assert_allclose(np.asarray(wide(x)), single, rtol=0, atol=1e-5)
    for name, y in tight.trace(x).items():
        np.testing.assert_allclose(y, wide.trace(x)[name], rtol=0, atol=1e-5)


def test_a_larger_batch_than_the_specs_stays_below_the_budget(graph_of: MakeGraph) -> None:
    network = compile_graph(graph_of(Volume((32, 32), 16), *CHAIN), threads=1)
    network._runner._chunk = 2
    x = np.ones((9, 32, 32, 16), np.float32)
    network(x)
    assert network._runner._memory is not None
    assert len(network._runner._memory.arena) == 2 * network.plan.arena_bytes


def test_nothing_but_the_result_is_allocated_again(graph_of: MakeGraph) -> None:
    """Whatever the size of the batch, of those that came before."""
    network = compile_graph(graph_of(Volume((32, 32), 16), *CHAIN), threads=2)
    x = np.ones((5, 32, 32, 16), np.float32)
    network(x)
    network(x[:3])
    for batch in (5, 3, 5, 3):
        most = most_allocated(lambda batch=batch: network(x[:batch]))  # type: ignore[misc]
        assert most < 150_000  # of a volume's 300,000: NumPy's own buffers, and Python's objects


def test_a_batch_beyond_all_memory_is_refused_by_numpy(graph_of: MakeGraph) -> None:
    network = compile_graph(graph_of(Volume((), 1), ("linear1", Linear(units=10**6))))
    with pytest.raises(MemoryError, match=r"Unable to allocate .* for an array with shape \(1000000000000, 1000000\)"):
        network(np.broadcast_to(np.float32(1), (10**12, 1)))
    assert np.asarray(network(np.ones((1, 1)))).shape == (1, 10**6)


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (61_990_000, "61.9 MB"),
        (10**12, "1.0 TB"),
        (10**25, "10,000,000.0 EB"),
    ],
)
def test_bytes_in_words(size: int, text: str) -> None:
    assert size_text(size) == text


@pytest.mark.parametrize(("content", "expected"), [("max\n", 8 * 2**30), ("1073741824\n", 2**30), (None, 8 * 2**30)])
def test_a_container_has_less_memory_than_its_machine(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str | None, expected: int
) -> None:
    def unknown(_: str) -> int:
        raise ValueError("unrecognized configuration name")

    file = tmp_path / "memory.max"
    if content:
        file.write_text(content)
    monkeypatch.setattr(machine, "_CONTAINER_LIMITS", (file,))
    monkeypatch.setattr("os.sysconf", unknown)
    assert machine.default_limit() == expected // 2


def test_every_layer_has_its_share(graph_of: MakeGraph) -> None:
    graph = graph_of(Volume((4, 4), 2), ("conv1", Conv(filters=3, kernel=3, padding=1)), ("relu1", ReLU()), batch=2)
    found = estimate_memory(plan_graph(graph, threads=1), chunk=2)
    assert found.weights == {"conv1.weight": 4 * 54, "conv1.bias": 4 * 3}
    assert found.packed == {"relu1": 4 * 3 * 1366}  # biases, repeated to about 4096 numbers
    assert found.outputs == {"conv1": 4 * 2 * 48, "relu1": 4 * 2 * 48}
    assert found.volumes == 4 * 2 * (32 + 48)  # the relu is done in the convolution's pass
    assert found.results == 4 * 2 * 48
    assert chunk_within(plan_graph(graph), None) > 1000
