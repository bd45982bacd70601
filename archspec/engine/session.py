"""A session: a plan bound to memory for one batch size, so that a run is a list of calls and nothing else."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from archspec.engine.fused_group import require_known
from archspec.engine.kernels._buffers import Buffers
from archspec.engine.thread_pool import thread_pool

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from archspec.engine.plan import Plan, PlanStep
    from archspec.engine.scratch import Scratch
    from archspec.engine.stages import Stage
    from archspec.graph.model import Graph
    from archspec.ops._numpy import Array

    OnStep = Callable[[PlanStep, Array, float], None]
    """Called after each step with its output, which the next step may overwrite, and the seconds it took."""

_PAYS_OFF = 100e-6
"""Seconds of work from which other threads take part: starting one and waiting for it costs a third of that."""


class Session:
    """Every step's calls for ``batch`` samples, on fixed places in the arena and in a scratch for each thread."""

    def __init__(
        self, plan: Plan, packed: Mapping[str, object], batch: int, arena: Array, scratches: tuple[Scratch, ...]
    ) -> None:
        self.plan, self.arena, self.scratches = plan, arena, scratches
        self.volumes = {name: self._place(plan.graph, name, batch) for name in plan.arena.start}
        self.inputs = tuple(plan.graph.inputs)
        self.stages = [bind_step(step, self.volumes, packed[step.group.name], scratches) for step in plan.steps]

    def _place(self, graph: Graph, name: str, batch: int) -> Array:
        volume = require_known(graph.volume(name))
        start = self.plan.arena.start[name] * batch
        return self.arena[start : start + volume.size * batch].reshape(batch, *volume.shape)

    def run(self, inputs: Mapping[str, Array], on_step: OnStep | None = None) -> None:
        """Compute every volume; those of the results stay in ``volumes`` until the next run."""
        pool = thread_pool(len(self.scratches))  # not kept: a child process has another
        for name in self.inputs:
            self.volumes[name][...] = inputs[name]
        for step, stages in zip(self.plan.steps, self.stages, strict=True):
            began = perf_counter()
            try:
                for stage in stages:
                    pool.run(stage)
            except BaseException as error:
                error.add_note(f"in layer `{step.group.first.name}` ({step.group.kind}), {step.group.flow}")
                raise
            if on_step:
                on_step(step, self.volumes[step.group.name], perf_counter() - began)


def bind_step(
    step: PlanStep, volumes: Mapping[str, Array], packed: object, scratches: Sequence[Scratch]
) -> Sequence[Stage]:
    """The stages of a step; a short one is left to one thread."""
    group = step.group
    side_inputs = {name: volumes[name] for _, names in group.side_inputs for name in names}
    side_inputs |= {name: volumes[name] for name in group.first.inputs}
    inputs = tuple(volumes[name] for name in group.first.inputs)
    used = tuple(scratches[: None if step.kernel.seconds(len(inputs[0])) > _PAYS_OFF else 1])
    buffers = Buffers(inputs, side_inputs, volumes[group.name], packed, used)
    return [stage for stage in step.kernel.bind(buffers) if stage]
