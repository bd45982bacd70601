"""Profiles: work counted by hand, medians of times that are given, what the runs of a real network leave behind."""

import time
from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from archspec.engine import limits as limits_module
from archspec.engine import profile as profile_module
from archspec.engine.grades import Grade
from archspec.engine.limits import MachineLimits, limits
from archspec.engine.network import Network, compile_graph, plan_graph
from archspec.engine.plan import Plan
from archspec.engine.profile import forecast, measure_profile
from archspec.engine.work import Work
from archspec.examination import examine
from archspec.graph.model import Graph
from archspec.ops._base import Operator
from archspec.ops.convolution import Conv
from archspec.ops.dense import FC
from archspec.ops.merging import Add
from archspec.ops.pooling import MaxPool
from archspec.ops.rectifiers import ReLU
from archspec.ops.shape import Flatten
from archspec.report.formats import render_profile
from archspec.volume import Volume

Array = np.ndarray[Any, np.dtype[Any]]
MakeGraph = Callable[..., Graph]
MACHINE = MachineLimits(flops=1e9, copied=1e8, call=1e-6, handover=1e-5)


@pytest.fixture
def known_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profile_module, "limits", lambda *_: MACHINE)


def residual(graph_of: MakeGraph, **options: Any) -> Graph:
    """A convolution to which a sum and an activation belong, a pool, a view and a dense layer."""
    return graph_of(
        Volume((6, 6), 2),
        ("conv1", Conv(filters=4, kernel=3, padding="same")),
        ("conv2", Conv(filters=4, kernel=1)),
        ("add1", Add(), ("conv1", "conv2")),
        ("relu1", ReLU()),
        ("pool1", MaxPool(kernel=2)),
        ("flatten1", Flatten()),
        ("fc1", FC(units=5)),
        **options,
    )


@pytest.mark.usefixtures("known_machine")
def test_work_is_what_a_hand_counts(graph_of: MakeGraph) -> None:
    profile = forecast(plan_graph(residual(graph_of), threads=1), 3)
    assert [line.step.group.name for line in profile.steps] == ["conv1", "relu1", "pool1", "flatten1", "fc1"]
    conv1, conv2, pool, view, dense = (line.work for line in profile.steps)
    assert conv1 == Work(3 * 36 * 4 * 2 * 9, 4 * (3 * 72 + 4 * 2 * 9 + 4), 4 * 3 * 144)
    assert conv2 == Work(3 * 36 * 4 * 4, 4 * (3 * 144 + 4 * 4 + 4), 4 * 3 * 144)  # conv1 is read once, for two layers
    assert pool == Work(0, 4 * 3 * 144, 4 * 3 * 36)
    assert view == Work(0, 0, 0)
    assert dense == Work(3 * 36 * 5, 4 * (3 * 36 + 36 * 5 + 5), 4 * 3 * 5)
    assert profile.work == Work(*(sum(each[part] for each in (conv1, conv2, pool, dense)) for part in range(3)))
    assert (dense.flops, dense.bytes_moved) == (2 * dense.macs, dense.read + dense.written)
    assert dense.intensity == pytest.approx(2 * 540 / (4 * (108 + 185 + 15)))
    assert view.intensity == 0
    assert profile.run is None
    assert profile.least_seconds == pytest.approx(
        sum(max(2 * work.macs / 1e9, work.bytes_moved / 1e8) for work in (conv1, conv2, pool, dense))
    )


@pytest.mark.usefixtures("known_machine")
@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v2", "googlenet", "unet", "vit_b_16"])
@pytest.mark.parametrize("grade", list(Grade))
def test_published_networks_have_the_macs_and_layers_of_the_analysis(name: str, grade: Grade) -> None:
    """The specs state the published MACs as facts, which hold of the analysis."""
    seen = examine(f"zoo:{name}")
    assert seen.graph
    assert seen.report
    profile = forecast(plan_graph(seen.graph, grade), 2)
    assert profile.work.macs == 2 * (seen.report.totals.macs or 0) > 0
    layers = [node.name for line in profile.steps for node in line.step.group.nodes]
    assert sorted(layers) == sorted(node.name for node in seen.graph.nodes)


@pytest.mark.usefixtures("known_machine")
def test_a_number_of_float64_takes_8_bytes(graph_of: MakeGraph) -> None:
    graph = graph_of(Volume((), 4), ("fc1", FC(units=4)), ("fc2", FC(units=4)), dtype="float64")
    first, second = (line.work for line in forecast(plan_graph(graph), 1).steps)
    assert first == second == Work(16, 8 * (4 + 20), 8 * 4)


@pytest.mark.parametrize(
    ("work", "seconds", "calls", "handovers", "bound"),
    [
        (Work(10**6, 0, 1000), 3e-3, 1, 0, "compute"),  # 2 ms of products
        (Work(10**3, 10**6, 0), 2e-2, 1, 1, "memory"),  # 10 ms of copies
        (Work(10**3, 10, 10), 6e-5, 20, 2, "overhead"),  # 40 us of calls
        (Work(10**6, 0, 1000), 9e-3, 1, 0, "kernel"),  # more than 4 times of every floor
    ],
)
def test_what_a_step_is_bound_by(work: Work, seconds: float, calls: int, handovers: int, bound: str) -> None:
    assert MACHINE.bound(work, seconds, calls, handovers) == bound


class Clock:
    """A runner whose every run takes the times that are given: a list of steps' seconds for each run and chunk."""

    def __init__(self, plan: Plan, runs: list[list[list[float]]]) -> None:
        self.plan, self.runs, self.number = plan, runs, 0
        self.scratch_bytes = 77

    def run(self, _: Mapping[str, Array], on_step: Callable[..., None]) -> None:
        chunks = self.runs[min(self.number, len(self.runs) - 1)]
        self.number += 1
        for chunk in chunks:
            for step, seconds in zip(self.plan.steps, chunk, strict=True):
                on_step(step, None, seconds)

    def call_counts(self, samples: int) -> dict[str, tuple[int, int]]:
        return {step.group.name: (samples, 0) for step in self.plan.steps}


@pytest.mark.usefixtures("known_machine")
def test_times_are_medians_of_the_runs_after_the_warm_ups(graph_of: MakeGraph) -> None:
    plan = plan_graph(graph_of(Volume((), 4), ("fc1", FC(units=4)), ("fc2", FC(units=4))))
    cold = [[9.0, 9.0]]
    clock = Clock(plan, [cold, cold, [[1.0, 2.0], [0.5, 0.25]], [[3.0, 0.0], [0.0, 0.0]], [[1.0, 5.0], [1.0, 1.0]]])
    progress: list[tuple[int, int]] = []
    x = {"input": np.zeros((2, 4), np.float32)}
    profile = measure_profile(clock, x, 3, lambda run, of: progress.append((run, of)))  # type: ignore[arg-type] # a stand-in
    measures = [line.measure for line in profile.steps]
    assert [measure and measure.seconds for measure in measures] == [2.0, 2.25]  # chunks of a batch add up
    assert [measure and (measure.calls, measure.bound) for measure in measures] == [(2, "kernel")] * 2
    assert profile.seconds == 4.25
    assert progress == [(1, 3), (2, 3), (3, 3)]
    assert profile.run
    assert (profile.run.runs, profile.run.scratch_bytes) == (3, 77)


@pytest.mark.usefixtures("known_machine")
@pytest.mark.parametrize(("seconds", "runs"), [(0.0001, 51), (0.02, 51), (0.1, 20), (0.5, 4), (30.0, 3)])
def test_there_are_as_many_runs_as_two_seconds_hold(
    seconds: float, runs: int, graph_of: MakeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = (seconds * number for number in range(1000))
    plan = plan_graph(graph_of(Volume((), 4), ("fc1", FC(units=4))))
    monkeypatch.setattr(profile_module, "perf_counter", lambda: next(times))  # looked at before and after each run
    profile = measure_profile(Clock(plan, [[[0.1]]]), {"input": np.zeros((1, 4), np.float32)})  # type: ignore[arg-type] # above
    assert profile.run
    assert (profile.run.runs, round(profile.run.seconds, 6)) == (runs, seconds)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("grade", list(Grade))
def test_a_network_is_measured(graph_of: MakeGraph, grade: Grade, threads: int) -> None:
    network = compile_graph(residual(graph_of), grade=grade, threads=threads)
    profile = network.profile(np.ones((2, 6, 6, 2), np.float32), runs=2)
    assert profile.plan is network.plan
    assert (profile.batch, profile.run and profile.run.runs) == (2, 2)
    assert [line.step for line in profile.steps] == list(network.plan.steps)
    assert all(line.measure and 0 <= line.measure.seconds < 1 for line in profile.steps)
    busy = [line.measure.calls > 0 for line in profile.steps if line.measure and line.work.bytes_moved]
    assert all(busy)
    assert "fc1" in render_profile(profile)
    assert repr(profile).startswith("Profile(Plan(net: ")


def test_calls_of_all_chunks_are_counted(graph_of: MakeGraph) -> None:
    network = compile_graph(residual(graph_of), threads=1)
    runner = network._runner
    x = {"input": np.ones((5, 6, 6, 2), np.float32)}
    runner.run(x)
    whole = runner.call_counts(5)
    runner._chunk = 2
    runner.run(x)
    assert runner._memory is not None
    each = {
        size: [sum(len(item) for stage in stages for item in stage) for stages in session.stages]
        for size, session in runner._memory.sessions.items()
    }
    wanted = [2 * pair + single for pair, single in zip(each[2], each[1], strict=True)]
    assert [calls for calls, _ in runner.call_counts(5).values()] == wanted
    assert whole.keys() == {step.group.name for step in network.plan.steps}
    assert runner.call_counts(4)["fc1"][0] == 2 * each[2][-1]


def test_runs_are_counted_from_1(graph_of: MakeGraph) -> None:
    network = compile_graph(residual(graph_of))
    with pytest.raises(ValueError, match="runs is a whole number from 1, got 0"):
        network.profile(np.ones((1, 6, 6, 2), np.float32), runs=0)
    with pytest.raises(ValueError, match="takes a NumPy array"):
        network.profile([1.0])  # type: ignore[arg-type] # what is refused


RAN: list[int] = []


class Interrupted(Operator):
    """Is stopped by Ctrl-C, at its fourth run."""

    def forward(self, inputs: Sequence[Array], *_: Any) -> Array:
        RAN.append(1)
        if len(RAN) == 4:
            raise KeyboardInterrupt
        return inputs[0]


def test_ctrl_c_ends_a_profile_and_the_network_still_runs(network_of: Callable[..., Network]) -> None:
    RAN.clear()
    network = network_of(Volume((2, 2), 1), ("stop1", Interrupted()))
    x = np.ones((1, 2, 2, 1), np.float32)
    with pytest.raises(KeyboardInterrupt):
        network.profile(x, runs=5)
    assert np.array_equal(network(x), x)  # type: ignore[arg-type] # one output


def test_the_machine_is_measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    limits.cache_clear()
    monkeypatch.setattr(limits_module, "_COPIED", 2**16)
    began = time.perf_counter()
    first = limits(2, np.dtype(np.float32))
    assert time.perf_counter() - began < 5
    assert limits(2, np.dtype(np.float32)) is first
    assert 1e8 < first.flops < 1e14
    assert 1e8 < first.copied < 1e13
    assert 1e-9 < first.call < 1e-4
    assert 0 < first.handover < 0.1
    assert limits(1, np.dtype(np.float32)).handover == 0
    limits.cache_clear()


def test_slow_products_are_measured_on_small_squares(monkeypatch: pytest.MonkeyPatch) -> None:
    """Products of float16 are a thousand times slower: none of 768 rows is tried."""
    sides: list[int] = []

    def run(stage: Any) -> None:
        sides.append(len(stage[0][0].args[0]))
        now[0] += 0.05

    now = [0.0]
    monkeypatch.setattr(limits_module, "perf_counter", lambda: now[0])
    pool: Any = SimpleNamespace(size=1, run=run)
    assert limits_module._product(pool, np.dtype(np.float16)) == pytest.approx(2 * 128**3 / 0.05)
    assert set(sides) == {128}
