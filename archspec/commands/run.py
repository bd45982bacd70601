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
from archspec.graph.build import MAX_NODES

MOST_THREADS = 1024
"""More than any machine has processors; each thread takes memory."""
_VOLUME = re.compile(r"\d+(x\d+)+|\{.*\}")

InputsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--input", metavar="FILE|HxWxC", help="An image, a .npy array (NAME=FILE if several), or a volume to draw."
    ),
]
WeightsOption = Annotated[str | None, typer.Option(metavar="FILE.npz", help="Weights; drawn from the seed without.")]
SeedOption = Annotated[int, typer.Option(min=0, help="Seed of random weights, and of the input without --input.")]
ResultOption = Annotated[str | None, typer.Option("--output", metavar="FILE.npy", help="Where to save the result.")]
MapsOption = Annotated[
    str | None, typer.Option("--feature-maps", metavar="DIR", help="Where to draw each layer's output.")
]
GradeOption = Annotated[
    Grade, typer.Option(help="How exact: the operators' own forward, as exact as a direct convolution, or to 1e-5.")
]
ThreadsOption = Annotated[
    int | None, typer.Option(min=1, max=MOST_THREADS, help="How many threads compute. Default: one per processor.")
]
PlanOption = Annotated[bool, typer.Option("--plan", help="Print the steps with their kernels, and run nothing.")]
ProfileOption = Annotated[bool, typer.Option("--profile", help="Run several times: what each step takes, and why.")]
FormatOption = Annotated[Literal["text", "json"], typer.Option("--format", help="How to print a profile or a plan.")]
FlameOption = Annotated[
    str | None, typer.Option(metavar="FILE.svg", help="With --profile: where to draw the time of blocks and layers.")
]
FiniteOption = Annotated[
    bool, typer.Option("--check-finite", help="Name the first layer that makes a NaN or an infinity.")
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
    """Run a spec as a NumPy network: every layer's time and array, results, pictures; its plan, a profile."""
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
