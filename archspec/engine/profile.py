"""Profiles: the work of every step of a plan, its expected time on this machine, and its measured time."""

from __future__ import annotations

from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

from archspec.engine.limits import MachineLimits, limits
from archspec.engine.work import Work, work_of
from archspec.text.printing import as_printed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np

    from archspec.engine.limits import Bound
    from archspec.engine.plan import Plan, PlanStep
    from archspec.engine.runner import Runner
    from archspec.ops._numpy import Array

_WARM_UPS = 2
_SECONDS = 2.0
"""Seconds of the runs that are measured, about."""
_FEWEST, _MOST = 3, 51


class Measure(NamedTuple):
    """The median time of a step in seconds, its calls of NumPy, and what it is bound by."""

    seconds: float
    calls: int
    bound: Bound


class StepProfile(NamedTuple):
    """A step, its work, the least seconds that this machine needs for it, and what was measured."""

    step: PlanStep
    work: Work
    least_seconds: float
    measure: Measure | None = None


class RunTiming(NamedTuple):
    """A whole run: its seconds, the median of ``runs``, and the bytes of scratch that kernels took."""

    seconds: float
    runs: int
    scratch_bytes: int


class Profile(NamedTuple):
    """A plan for ``batch`` samples, step by step; ``run`` is None where nothing was measured."""

    plan: Plan
    batch: int
    limits: MachineLimits
    steps: tuple[StepProfile, ...]
    run: RunTiming | None = None

    @property
    def work(self) -> Work:
        """The work of all steps."""
        return Work(*map(sum, zip(*(each.work for each in self.steps), strict=True)))

    @property
    def seconds(self) -> float:
        """The sum of all steps' medians."""
        return sum(each.measure.seconds for each in self.steps if each.measure)

    @property
    def least_seconds(self) -> float:
        """The least seconds of all steps, one after the other."""
        return sum(each.least_seconds for each in self.steps)

    def __str__(self) -> str:
        """The table of ``--profile``, of a network that ``archspec.compile`` made."""
        return as_printed(self)

    def __repr__(self) -> str:
        run = f"{self.run.seconds:.3g} s, {self.run.runs} runs" if self.run else "not run"
        return f"Profile({self.plan!r}, batch {self.batch}, {run})"


def forecast(plan: Plan, batch: int) -> Profile:
    """The expected profile of a plan: nothing is measured but the machine."""
    machine = limits(plan.threads, plan.dtype)
    works = [work_of(plan.graph, step.group, plan.dtype.itemsize, batch) for step in plan.steps]
    steps = (StepProfile(step, work, machine.least_seconds(work)) for step, work in zip(plan.steps, works, strict=True))
    return Profile(plan, batch, machine, tuple(steps))


def measure_profile(
    runner: Runner,
    inputs: Mapping[str, Array],
    runs: int | None = None,
    on_run: Callable[[int, int], None] | None = None,
) -> Profile:
    """The measured profile of a runner on accepted inputs; by default as many runs as fit two seconds, from 3 to 51.

    ``on_run`` is called after each run with the number of runs so far and in all.
    """
    batch = len(next(iter(inputs.values())))
    expected = forecast(runner.plan, batch)
    for _ in range(_WARM_UPS):
        warm, _ = _time_run(runner, inputs)
    count = runs or min(_MOST, max(_FEWEST, round(_SECONDS / warm)))
    wholes, times = [], []
    for number in range(count):
        whole, each = _time_run(runner, inputs)
        wholes.append(whole)
        times.append(each)
        if on_run:
            on_run(number + 1, count)
    call_counts = runner.call_counts(batch)
    steps = tuple(
        line._replace(
            measure=_measure(line, median(seconds), call_counts.get(line.step.group.name, (0, 0)), expected.limits)
        )
        for line, *seconds in zip(expected.steps, *times, strict=True)
    )
    return expected._replace(steps=steps, run=RunTiming(median(wholes), count, runner.scratch_bytes))


def _measure(line: StepProfile, seconds: float, counts: tuple[int, int], machine: MachineLimits) -> Measure:
    calls, handovers = counts
    return Measure(seconds, calls, machine.bound(line.work, seconds, calls, handovers))


def _time_run(runner: Runner, inputs: Mapping[str, Array]) -> tuple[float, list[float]]:
    """Seconds of a run, and of each of its steps, summed over all chunks of a batch."""
    seconds = {step.group.name: 0.0 for step in runner.plan.steps}

    def on_step(step: PlanStep, _: np.ndarray, took: float) -> None:
        seconds[step.group.name] += took

    began = perf_counter()
    runner.run(inputs, on_step)
    return perf_counter() - began, list(seconds.values())
