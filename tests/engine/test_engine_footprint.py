import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archspec.engine import machine
from archspec.engine.footprint import footprint, said
from archspec.engine.network import CompileError, compile_graph
from archspec.graph.model import Graph
from archspec.ops._base import Operator
from archspec.ops.convolution import Conv, DepthwiseConv
from archspec.ops.dense import FC, Linear
from archspec.ops.global_pooling import GlobalAvgPool
from archspec.ops.local import LocalConv
from archspec.ops.normalization import LRN, BatchNorm
from archspec.ops.pooling import AvgPool, L2Pool, MaxPool
from archspec.ops.rectifiers import PReLU, ReLU
from archspec.ops.softmax import Softmax
from archspec.volume import Volume

MakeGraph = Callable[..., Graph]


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
    # working: twice the input, three times the output, one window: 6 * 10**6
    assert str(caught.value) == (
        "network `net` needs about 4.0 TB of memory at batch 1: 4.0 TB of parameters and buffers, 12.0 MB of "
        "volumes and 24.0 MB of working space. The limit is 1.0 GB, as given. The largest are weights "
        "`fc1.weight` (4.0 TB), working space of `fc1` (24.0 MB), weights `fc1.bias` (4.0 MB). To compile it all "
        "the same, pass memory_limit=4000040000000, in bytes; a smaller batch or input needs less."
    )


def test_the_default_limit_is_half_of_the_memory(graph_of: MakeGraph) -> None:
    with pytest.raises(CompileError, match="half of this machine's memory"):
        compile_graph(graph_of(Volume((1, 1), 10**40), ("fc1", FC(units=10**40))))


@pytest.mark.parametrize(("dtype", "size"), [("float16", 2), ("bfloat16", 4), ("float32", 4), ("float64", 8)])
def test_the_limit_holds_to_the_byte(graph_of: MakeGraph, dtype: str, size: int) -> None:
    graph = graph_of(Volume((2, 2), 3), ("relu1", ReLU()), dtype=dtype, batch=5)
    # the input, a volume and the result are alive; working: twice the input, three times the output
    needed = (3 * 12 + 5 * 12) * 5 * size
    assert footprint(graph, size).total == needed
    compile_graph(graph, memory_limit=needed)
    with pytest.raises(CompileError, match=f"memory_limit={needed},"):
        compile_graph(graph, memory_limit=needed - 1)


@pytest.mark.parametrize(
    "operator",
    [
        Conv(filters=32, kernel=3, padding="same"),
        Conv(filters=32, kernel=5, stride=2, padding=2, groups=4),
        Conv(filters=32, kernel=1),
        DepthwiseConv(kernel=3, padding=1),
        LocalConv(filters=2, kernel=3, stride=2),
        MaxPool(kernel=3, stride=2),
        AvgPool(kernel=2),
        L2Pool(kernel=2),
        GlobalAvgPool(),
        FC(units=100),
        Linear(units=100),
        BatchNorm(),
        LRN(),
        PReLU(),
        Softmax(),
    ],
    ids=lambda operator: type(operator).__name__,
)
@pytest.mark.parametrize("batch", [1, 3])
def test_no_forward_takes_more_than_is_reckoned(graph_of: MakeGraph, operator: Operator, batch: int) -> None:
    graph = graph_of(Volume((96, 96), 32), ("layer1", operator), batch=batch)
    x = np.ones((batch, 96, 96, 32), np.float32)
    tracemalloc.start()
    try:
        compile_graph(graph)(x)
        used = tracemalloc.get_traced_memory()[1] + x.nbytes
    finally:
        tracemalloc.stop()
    needed = footprint(graph, 4).total
    assert used < needed + 1_000_000  # Python's own objects, and what draws the weights
    assert used > needed / 4


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
    assert said(size) == text


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
    graph: Any = graph_of(Volume((4, 4), 2), ("conv1", Conv(filters=3, kernel=3, padding=1)), ("relu1", ReLU()))
    found = footprint(graph, 1)
    assert found.weights == {"conv1.weight": 54, "conv1.bias": 3}
    assert found.outputs == {"conv1": 48, "relu1": 48}
    # padded twice 6 * 6 * 2, three times the output, 16 windows of 18, filters in another order
    assert found.working == {"conv1": 144 + 144 + 288 + 54, "relu1": 96 + 144}
    assert found.volumes == 32 + 48 + 48  # the relu takes the convolution's place; the result is the caller's
