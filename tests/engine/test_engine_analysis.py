"""What the analysis says of a network, against the network that runs: shapes, parameters, memory, MACs, fields."""

from __future__ import annotations

import math
import tracemalloc
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import archspec
from archspec.analysis.memory import peak
from archspec.engine.arena import GRAIN
from archspec.engine.loops import einsum
from archspec.engine.memory_estimate import estimate_memory
from archspec.engine.network import plan_graph
from archspec.files.zoo import entries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.analysis.report import Report
    from archspec.engine.network import Network
    from archspec.engine.plan import PlanStep

Array = np.ndarray[Any, np.dtype[Any]]
COUNTED = ("alexnet", "googlenet", "mobilenet_v2", "resnet50", "shufflenet_v2_x1_0")
LONG = ("efficientnet_b4", "vit_b_16")


# Every network of the zoo


@pytest.mark.parametrize("name", entries())
def test_the_arena_of_the_zoo_is_its_inference_peak(name: str) -> None:
    report = archspec.analyze(f"zoo:{name}")
    totals, batch = report.totals, report.graph.header.batch
    assert totals.peak_bytes is not None
    assert totals.peak_bytes <= plan_graph(report.graph).arena_bytes * batch <= totals.peak_bytes * 1.01


@pytest.mark.parametrize("name", ["squeezenet1_0", "densenet121", "mobilenet_v3_large"])
def test_memory_after_a_run_is_as_estimated(name: str) -> None:
    network = archspec.compile(f"zoo:{name}", threads=2)
    report, needed = archspec.analyze(f"zoo:{name}"), estimate_memory(network.plan)
    x = {each: np.ones((1, *volume.shape), np.float32) for each, volume in network._inputs.items()}
    tracemalloc.start()
    try:
        y = network(x)
        stays = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    python = 8 * 2**20  # a call is an object, and so is every view that it works on
    assert np.asarray(y).nbytes == needed.results
    assert (report.totals.peak_bytes or 0) < stays < needed.total - sum(needed.weights.values()) + python


# Networks drawn at random

SIZE = st.integers(5, 14)
LAYERS = st.recursive(
    st.sampled_from(
        [
            "conv: {filters: 3, kernel: 3, padding: same}",
            "conv: {filters: 16, kernel: 3, padding: 1}",
            "conv: {filters: 20, kernel: 1}",
            "conv: {filters: 6, kernel: 2, stride: 2, fit: crop}",
            "conv: {filters: 5, kernel: [3, 1], padding: same, bias: false}",
            "depthwise_conv: {kernel: 3, padding: 1}",
            "conv_transpose: {filters: 4, kernel: 2, stride: 2}",
            "max_pool: {kernel: 3, stride: 1, padding: 1}",
            "avg_pool: {kernel: 2, fit: crop}",
            "batch_norm",
            "relu",
            "prelu",
            "sigmoid",
            "dropout: 0.5",
            "lrn",
        ]
    ),
    lambda layer: st.tuples(
        st.sampled_from(["add", "concat", "multiply"]), st.lists(st.lists(layer, max_size=3), min_size=2, max_size=3)
    ),
    max_leaves=6,
)
ENDS = st.sampled_from([[], ["global_avg_pool", "fc: 7"], ["fc: 9", "relu", "fc: 4"], ["flatten", "softmax"]])


def written(layers: list[Any], indent: str = "  ") -> Iterator[str]:
    """Drawn layers as lines of YAML; a pair is a merge with its branches."""
    for layer in layers:
        if isinstance(layer, str):
            yield f"{indent}- {layer}"
            continue
        merge, branches = layer
        yield f"{indent}- {merge}:"
        for branch in branches:
            yield f"{indent}    -" if branch else f"{indent}    - []"
            yield from written(branch, f"{indent}        ")


@st.composite
def texts(draw: st.DrawFn) -> str:
    layers = [*draw(st.lists(LAYERS, min_size=1, max_size=6)), *draw(ENDS)]
    size = f"{draw(SIZE)}x{draw(SIZE)}x{draw(st.integers(1, 18))}"
    return "\n".join([f"name: drawn\ninput: {size}\nbatch: 3\nlayers:", *written(layers)]) + "\n"


def check_drawn(text: str) -> None:
    assume(not any(each.severity is archspec.Severity.ERROR for each in archspec.check(text)))
    report = archspec.analyze(text)
    networks = [archspec.compile(text, grade=grade, threads=2) for grade in ("reference", "exact", "fast")]
    ((_, volume),) = report.graph.inputs.items()
    assert volume is not None
    x = np.random.default_rng(1).standard_normal((3, *volume.shape)).astype(np.float32)
    wanted = np.asarray(networks[0](x))
    for network in networks:
        check_shapes_and_bytes(network, report, x)
        np.testing.assert_allclose(np.asarray(network(x)), wanted, rtol=0, atol=2e-5 * max(1e-3, np.abs(wanted).max()))
        check_nothing_is_left_over(network, x)
        check_nan_goes_on(network, networks[0], x)
        volumes = len(network.plan.arena.start)
        least = peak(report.graph)
        assert least <= network.plan.arena.size <= 1.01 * (least + volumes * (GRAIN - 1))


def check_shapes_and_bytes(network: Network, report: Report, x: Array) -> None:
    """Every layer's shape and bytes, those of the input, and the parameters, as the report has them."""
    traced, totals = network.trace(x), report.totals
    assert {name: y.shape[1:] for name, y in traced.items()} == {
        layer.name: layer.node.output.shape for layer in report.layers if layer.node.output
    }
    assert sum(array.size for array in network.parameters.values()) == totals.params
    assert sum(array.nbytes for array in network.parameters.values()) == totals.param_bytes
    assert sum(array.nbytes for array in network.buffers.values()) == 4 * (totals.buffers or 0)


def check_nothing_is_left_over(network: Network, x: Array) -> None:
    """No number is read that this run has not written: all memory is filled with NaN before."""
    before = np.asarray(network(x))
    room = network._runner._memory
    assert room is not None
    for memory in (room.arena, *(scratch._memory for scratch in room.scratches)):
        memory.fill(255)  # bytes of a NaN
    np.testing.assert_array_equal(np.asarray(network(x)), before)


def check_nan_goes_on(network: Network, reference: Network, x: Array) -> None:
    """Whatever is NaN or infinite by the forwards is so by the kernels; Winograd's tiles may be more."""
    for value in (np.nan, np.inf):
        bad = x.copy()
        bad[1, 0, 1, 0] = value
        with np.errstate(all="ignore"):
            wanted = np.asarray(reference(bad))
        y = np.asarray(network(bad))
        assert not np.isfinite(y[~np.isfinite(wanted)]).any()
        assert np.isfinite(y[[0, 2]]).all()  # the other samples


@given(text=texts())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
def test_drawn_networks_are_as_analysed(text: str) -> None:
    check_drawn(text)


@pytest.mark.slow
@given(text=texts())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
def test_more_drawn_networks_are_as_analysed(text: str) -> None:
    check_drawn(text)


# MACs, counted where the products are made


@pytest.mark.parametrize("name", [*COUNTED, *(pytest.param(name, marks=pytest.mark.slow) for name in LONG)])
@pytest.mark.parametrize("batch", [1, 2])
def test_macs_are_the_products_that_kernels_make(name: str, batch: int) -> None:
    network = archspec.compile(f"zoo:{name}", threads=2)
    x = {each: np.zeros((batch, *volume.shape), np.float32) for each, volume in network._inputs.items()}
    network(x)
    room = network._runner._memory
    assert room is not None
    compared = 0
    for step, stages in zip(network.plan.steps, room.sessions[batch].stages, strict=True):
        wanted = products_of(step)
        if wanted is not None:
            made = sum(map(multiplied, (call for stage in stages for item in stage for call in item)))
            assert made == wanted * batch, step.group.name
            compared += step.group.macs
    assert compared > 0.3 * (archspec.analyze(f"zoo:{name}").totals.macs or 0)


def products_of(step: PlanStep) -> int | None:
    """What a step is to multiply for one sample: its MACs, but for taps beyond the border that are left out.

    None of kernels that save products (Winograd), or make more of them in larger blocks (groups, spread rows).
    """
    node = step.group.first
    if step.kernel.name == "depthwise":
        return math.prod(map(met, node.windows or ())) * step.group.output.channels
    if step.kernel.name in {"gemm", "fc"} or (
        step.kernel.name == "im2col" and getattr(node.operator, "groups", 1) == 1
    ):
        return node.counts.macs if node.counts else None
    return None


def met(window: Any) -> int:
    """How many pairs of an output and a tap meet real input, one by one."""
    places = (
        output * window.stride - window.near + tap * window.dilation
        for output in range(window.output)
        for tap in range(window.kernel)
    )
    return sum(0 <= place < window.size for place in places)


def multiplied(call: Any) -> int:
    """The multiplications of a call of NumPy."""
    if not isinstance(call, partial) or call.func not in {np.matmul, einsum}:
        return 0
    if call.func is np.matmul:
        a, b = call.args[:2]
        rows, columns = a.shape[-2:] if a.ndim > 1 else (1, a.shape[-1]), b.shape[-1] if b.ndim > 1 else 1
        return math.prod(np.broadcast_shapes(a.shape[:-2], b.shape[:-2])) * math.prod(rows) * columns
    letters, *operands = call.args
    sizes: dict[str, int] = {}
    for word, operand in zip(letters.split("->")[0].split(","), operands, strict=True):
        sizes |= dict(zip(word, operand.shape, strict=True))
    return math.prod(sizes.values())


# Receptive fields, by perturbation of every position of an image


@pytest.mark.parametrize("grade", ["exact", "fast"])
@pytest.mark.parametrize("threads", [1, 2])
def test_winograd_sees_the_receptive_field_and_no_more(grade: Any, threads: int) -> None:
    text = """
name: field
input: 22x19x16
layers:
  - conv: {filters: 16, kernel: 3, padding: [[1, 0], [0, 1]]}
  - relu
  - conv: {filters: 16, kernel: 3, padding: same}
  - avg_pool: {kernel: 2, fit: crop}
"""
    network = archspec.compile(text, grade=grade, threads=threads)
    kernels = {step.kernel.name for step in network.plan.steps}
    assert kernels == {"pool", "winograd-f4" if grade == "fast" else "winograd-f2"}
    ones = {name: np.full_like(array, not name.endswith(".bias")) for name, array in network.parameters.items()}
    network.load(ones)
    x = np.zeros((22 * 19, 22 * 19, 16), np.float32)
    x[range(22 * 19), range(22 * 19)] = 1
    changed = np.asarray(network(x.reshape(-1, 22, 19, 16)))[..., 0]
    field = archspec.analyze(text).layers[-1].receptive_field
    assert field is not None
    _, height, width = changed.shape
    for row, column in np.ndindex(height, width):
        seen = np.argwhere((changed[:, row, column] > 1e-3 * changed.max()).reshape(22, 19))
        for axis, (place, size) in enumerate(((row, 22), (column, 19))):
            first = field[axis].offset + place * field[axis].stride
            last = first + field[axis].size - 1
            assert (seen[:, axis].min(), seen[:, axis].max()) == (max(0, first), min(size - 1, last))
