"""A profile for programs: the contract of docs/json.md."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from archspec.analysis.memory import peak
from archspec.engine.parameters import stored_weights
from archspec.report.contract_profile import MachineOutput, MemoryOutput, ProfileOutput, StepOutput

if TYPE_CHECKING:
    from archspec.engine.profile import Profile, StepProfile
    from archspec.text.views import ReportView

VERSION: Final = 1

_NUMBERS = re.compile(r"\[\n([-\d,\s]+?)\n *\]")


def as_json(profile: Profile, _: ReportView) -> str:
    """The format ``json``."""
    plan, run = profile.plan, profile.run
    output = ProfileOutput.model_construct(
        version=VERSION,
        name=plan.graph.header.name,
        file=plan.graph.file,
        grade=plan.grade.value,
        dtype=plan.dtype.name,  # type: ignore[arg-type]  # NumPy's names are those of the contract
        threads=plan.threads,
        batch=profile.batch,
        machine=MachineOutput.model_construct(
            flops_per_second=round(profile.limits.flops),
            copied_bytes_per_second=round(profile.limits.copied),
            call_seconds=_seconds(profile.limits.call),
            handover_seconds=_seconds(profile.limits.handover),
            tiles=plan.is_tiled,
        ),
        memory=_memory(profile),
        runs=run.runs if run else 0,
        seconds=_seconds(run.seconds) if run else None,
        steps=[_step(line) for line in profile.steps],
    )
    data = output.model_dump()
    return _NUMBERS.sub(lambda match: f"[{' '.join(match[1].split())}]", json.dumps(data, indent=2)) + "\n"


def _seconds(value: float) -> float:
    """Rounded to a nanosecond, the resolution of clocks."""
    return round(value, 9)


def _memory(profile: Profile) -> MemoryOutput:
    plan = profile.plan
    size = plan.dtype.itemsize
    return MemoryOutput.model_construct(
        arena_bytes=plan.arena_bytes * profile.batch,
        peak_bytes=peak(plan.graph) * size * profile.batch,
        weight_bytes=sum(weight.size for weight in stored_weights(plan.graph).values()) * size,
        scratch_bytes=profile.run.scratch_bytes if profile.run else None,
    )


def _step(line: StepProfile) -> StepOutput:
    group, work, measure = line.step.group, line.work, line.measure
    return StepOutput.model_construct(
        layers=[node.name for node in group.nodes],
        operators=[node.kind for node in group.nodes],
        line=group.first.line,
        kernel=line.step.kernel.name,
        reason=line.step.reason,
        output=list(group.output.shape),
        macs=work.macs,
        read_bytes=work.read,
        written_bytes=work.written,
        expected_seconds=_seconds(line.least_seconds),
        seconds=_seconds(measure.seconds) if measure else None,
        calls=measure.calls if measure else None,
        bound=measure.bound if measure else None,
    )
