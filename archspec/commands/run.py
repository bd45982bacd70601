"""``archspec run``: its options. What it does is in ``running/``, which imports NumPy."""

from __future__ import annotations

import re
from functools import partial
from typing import Annotated, Literal

import typer

from archspec.commands import Action
from archspec.commands.options.network import (
    NodesOption,
    SetOption,
    SpecArgument,
    VariantOption,
    network_selection,
)
from archspec.commands.running.options import RunOptions
from archspec.engine.grades import Grade
from archspec.work_budget import MAX_NODES

MOST_THREADS = 1024
"""More than any machine has processors; each thread takes memory."""
_VOLUME = re.compile(r"\d+(x\d+)+|\{.*\}")

InputsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--input",
        metavar="FILE|HxWxC",
        help="Image or .npy array (NAME=FILE if several), or the size of a random input.",
    ),
]
WeightsOption = Annotated[str | None, typer.Option(metavar="FILE.npz", help="Weights. Default: random, from the seed.")]
SeedOption = Annotated[int, typer.Option(min=0, help="Seed of random weights and random input.")]
ResultOption = Annotated[str | None, typer.Option("--output", metavar="FILE.npy", help="Where to save the result.")]
MapsOption = Annotated[
    str | None, typer.Option("--feature-maps", metavar="DIR", help="Folder for a picture of each layer's output.")
]
GradeOption = Annotated[
    Grade, typer.Option(help="Accuracy: each operator's reference code, as accurate as direct convolution, or to 1e-5.")
]
ThreadsOption = Annotated[
    int | None, typer.Option(min=1, max=MOST_THREADS, help="Number of threads. Default: one per processor.")
]
PlanOption = Annotated[bool, typer.Option("--plan", help="Print the steps with their kernels, without running them.")]
ProfileOption = Annotated[bool, typer.Option("--profile", help="Run several times: time of each step, and its limit.")]
FormatOption = Annotated[Literal["text", "json"], typer.Option("--format", help="Output format of profile or plan.")]
FlameOption = Annotated[
    str | None,
    typer.Option(metavar="FILE.svg", help="With --profile: write a picture of the time of blocks and layers."),
]
FiniteOption = Annotated[
    bool, typer.Option("--check-finite", help="Report the first layer that outputs a NaN or an infinity.")
]
SamplesOption = Annotated[int | None, typer.Option("--batch", min=1, help="Samples of random input.")]


def run(
    spec: SpecArgument,
    *,
    inputs: InputsOption = None,
    weights: WeightsOption = None,
    seed: SeedOption = 0,
    output: ResultOption = None,
    feature_maps: MapsOption = None,
    grade: GradeOption = Grade.EXACT,
    threads: ThreadsOption = None,
    plan: PlanOption = False,
    profile: ProfileOption = False,
    output_format: FormatOption = "text",
    flame: FlameOption = None,
    check_finite: FiniteOption = False,
    variant: VariantOption = None,
    settings: SetOption = None,
    batch: SamplesOption = None,
    max_nodes: NodesOption = MAX_NODES,
) -> Action:
    """Run a spec as a NumPy network: outputs, time per layer, feature maps, execution plan, profile."""
    files = tuple(inputs or ())
    volume = files[0] if len(files) == 1 and _VOLUME.fullmatch(files[0]) else None
    options = RunOptions(
        () if volume else files, weights, seed, output, feature_maps,
        network_selection(variant, settings, volume, batch), max_nodes, grade, threads,
        is_plan=plan, is_profile=profile, output_format=output_format,
        flame=flame, checks_finite=check_finite,
    )  # fmt: skip
    if fault := options.fault():
        raise typer.BadParameter(fault[1], param_hint=fault[0])
    from archspec.commands.running.run_network import run_network  # noqa: PLC0415 - brings NumPy, and --help needs none

    return partial(run_network, spec, options)
