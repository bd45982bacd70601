"""What ``archspec run --profile --format json`` prints, as models: the contract of docs/engine.md."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from archspec.model import Model

Amount = Annotated[int, Field(ge=0)]
Seconds = Annotated[float, Field(ge=0)]
Words = Annotated[list[str], Field(min_length=1)]


class MachineOutput(Model):
    """What the machine can do, as it was measured."""

    flops_per_second: Amount
    copied_bytes_per_second: Amount
    call_seconds: Seconds
    handover_seconds: Seconds
    tiles: bool


class MemoryOutput(Model):
    """Bytes of volumes, weights and kernels."""

    arena_bytes: Amount
    peak_bytes: Amount
    weight_bytes: Amount
    scratch_bytes: Amount | None


class StepOutput(Model):
    """One kernel's work."""

    layers: Words
    operators: Words
    line: Annotated[int, Field(ge=1)] | None
    kernel: str
    reason: str
    output: Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=1)]
    macs: Amount
    read_bytes: Amount
    written_bytes: Amount
    expected_seconds: Seconds
    seconds: Seconds | None
    calls: Amount | None
    bound: Literal["compute", "memory", "overhead", "kernel"] | None


class ProfileOutput(Model):
    """What `archspec run --profile --format json` prints."""

    model_config = ConfigDict(title="A profile or a plan, of archspec run --profile --format json")

    version: Literal[1]
    name: str | None = Field(description="The network's name.")
    file: str | None = Field(
        description="The file as it was named on the command line; null for a graph that a program built."
    )
    grade: Literal["reference", "exact", "fast"]
    dtype: Literal["float16", "float32", "float64"] = Field(description="What is computed in.")
    threads: Annotated[int, Field(ge=1)]
    batch: Amount
    machine: MachineOutput
    memory: MemoryOutput
    runs: Amount
    seconds: Seconds | None
    steps: list[StepOutput]
