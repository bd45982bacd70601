"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

from archspec.config.configurations import Options
from archspec.engine.grades import Grade
from archspec.report.formats import FINDINGS_FORMATS

MOST_THREADS = 1024
"""More than any machine has processors; each thread takes memory."""

SpecArgument = Annotated[str, typer.Argument(metavar="SPEC", help="A spec file, or zoo:NAME; - reads standard input.")]
VariantOption = Annotated[str | None, typer.Option("--variant", metavar="NAME", help="One network of a family.")]
SetOption = Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Set a parameter.")]
VolumeOption = Annotated[str | None, typer.Option("--input", metavar="HxWxC", help="Another input volume.")]
BatchOption = Annotated[int | None, typer.Option("--batch", min=1, help="Samples in a batch, for memory figures.")]
OutputOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FORMAT[=PATH]",
        help=f"How to tell findings, printed or in a file; repeatable. Formats: {', '.join(FINDINGS_FORMATS)}.",
    ),
]
InputsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--input", metavar="FILE|HxWxC", help="An image, a .npy array (NAME=FILE if several), or a volume to draw."
    ),
]
ResultOption = Annotated[str | None, typer.Option("--output", metavar="FILE.npy", help="Where to save the result.")]
MapsOption = Annotated[
    str | None, typer.Option("--feature-maps", metavar="DIR", help="Where to draw what each layer gives.")
]
SeedOption = Annotated[int, typer.Option(min=0, help="Seed of random weights, and of the input without --input.")]
WeightsOption = Annotated[str | None, typer.Option(metavar="FILE.npz", help="Weights; drawn from the seed without.")]
SamplesOption = Annotated[int | None, typer.Option("--batch", min=1, help="Samples of random input.")]
GradeOption = Annotated[
    Grade,
    typer.Option(help="How exact: the operators' own forward, as exact as a direct convolution, or to 1e-5."),
]
ThreadsOption = Annotated[
    int | None, typer.Option(min=1, max=MOST_THREADS, help="How many threads compute; one a processor without.")
]
PlanOption = Annotated[bool, typer.Option("--plan", help="Print the steps with their kernels, and run nothing.")]
ProfileOption = Annotated[bool, typer.Option("--profile", help="Run several times: what each step takes, and why.")]
FlameOption = Annotated[
    str | None, typer.Option(metavar="FILE.svg", help="With --profile: where to draw the time of blocks and layers.")
]
FiniteOption = Annotated[
    bool, typer.Option("--check-finite", help="Name the first layer that makes a NaN or an infinity.")
]
NodesOption = Annotated[int, typer.Option("--max-nodes", min=1, help="The most layers a spec may expand to.")]

SelectOption = Annotated[
    list[str] | None, typer.Option("--select", metavar="RULE,...", help="Only these rules or groups; all: every rule.")
]
ExtendOption = Annotated[
    list[str] | None, typer.Option("--extend-select", metavar="RULE,...", help="These rules or groups too.")
]
IgnoreOption = Annotated[list[str] | None, typer.Option("--ignore", metavar="RULE,...", help="Not these.")]
ExcludeOption = Annotated[
    list[str] | None, typer.Option("--exclude", metavar="PATTERN,...", help="Pass over in folders, as in .gitignore.")
]
FailOption = Annotated[
    str | None, typer.Option("--fail-on", metavar="error|warning|info|never", help="What gives exit status 1.")
]
ConfigOption = Annotated[str | None, typer.Option("--config", metavar="FILE", help="Read this configuration only.")]
IsolatedOption = Annotated[bool, typer.Option("--isolated", help="Read no configuration file.")]


def configured(file: str | None, isolated: bool, /, **given: list[str] | str | None) -> Options:
    """The settings that options make; ``given`` has them by key."""
    if file is None and not isolated and not any(given.values()):
        return Options()
    from archspec.config.options import OptionError, read_options  # noqa: PLC0415 - most runs have none of them

    try:
        return read_options({key.replace("_", "-"): value for key, value in given.items()}, file, isolated=isolated)
    except OptionError as error:
        raise typer.BadParameter(str(error), param_hint=error.option) from None
