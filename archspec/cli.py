"""The command line: options in, one call out.

Commands only choose the call. It is made once parsing is done, outside of typer, whose ways with Ctrl-C, closed
pipes and exit statuses are not ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from archspec._version import __version__
from archspec.baseline.asked import Baseline, asked, with_file
from archspec.cli_options import (
    BatchOption,
    ConfigOption,
    ExcludeOption,
    ExtendOption,
    FailOption,
    FiniteOption,
    FlameOption,
    GradeOption,
    IgnoreOption,
    InputsOption,
    IsolatedOption,
    MapsOption,
    NodesOption,
    OutputOption,
    PlanOption,
    ProfileOption,
    ResultOption,
    SamplesOption,
    SeedOption,
    SelectOption,
    SetOption,
    SpecArgument,
    ThreadsOption,
    VariantOption,
    VolumeOption,
    WeightsOption,
    configured,
)
from archspec.commands import Status
from archspec.commands.outputs import Output, parse_outputs
from archspec.engine.grades import Grade
from archspec.graph.build import MAX_NODES
from archspec.report.formats import REPORT_FORMATS, RULES_FORMATS, SIZES_FORMATS
from archspec.rules._names import GROUPS
from archspec.spec.selection import Choice

if TYPE_CHECKING:
    from archspec.commands.check import CheckOptions, Fixing

app = typer.Typer(
    name="archspec",
    help="Design and check neural-network architectures before anyone writes framework code.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

ReportFormat = StrEnum("ReportFormat", list(REPORT_FORMATS))  # type: ignore[misc]  # the table holds the names
RICH = ReportFormat("rich")
RulesFormat = StrEnum("RulesFormat", list(RULES_FORMATS))  # type: ignore[misc]  # see above
TABLE = RulesFormat("table")
SizesFormat = StrEnum("SizesFormat", list(SIZES_FORMATS))  # type: ignore[misc]  # see above
SIZES_TEXT = SizesFormat("text")
RuleGroup = StrEnum("RuleGroup", list(GROUPS))  # type: ignore[misc]  # the type holds the names

ConfigFormat = StrEnum("ConfigFormat", ["text", "json"])
TEXT = ConfigFormat("text")

_RANGE = re.compile(r"(\d{1,7})\.\.(\d{1,7})", re.ASCII)
_VOLUME = re.compile(r"\d+(x\d+)+|\{.*\}")

Action = Callable[[], int]


def parse(arguments: list[str]) -> Action:
    """The call that a command line asks for. Help, and messages about wrong options, are printed here."""
    chosen: list[Action] = []
    try:
        app(with_file(arguments), obj=chosen)
    except SystemExit as exit_:
        if not chosen:
            code = int(exit_.code or Status.OK)
            if isinstance(exit_.__context__, BrokenPipeError):  # typer's status is 1 then, too
                raise BrokenPipeError from exit_
            if code in (Status.FINDINGS, Status.INTERRUPTED):  # nothing was looked at: typer's statuses of Ctrl-C
                raise KeyboardInterrupt from exit_
            return lambda: code
    return chosen[0]


def _run(arguments: list[str]) -> int:
    """Run a command line, as an example in the documentation of a finding may be."""
    return parse(arguments)()


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"archspec {__version__}")
        raise typer.Exit


@app.callback()
def main(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Design and check neural-network architectures before anyone writes framework code."""


def _choice(
    variant: str | None, settings: list[str] | None, volume: str | None = None, batch: int | None = None
) -> Choice:
    """The network that options ask for."""
    pairs = dict(setting.partition("=")[::2] for setting in settings or ())
    for setting in settings or ():
        if "=" not in setting:
            raise typer.BadParameter(f"write NAME=VALUE, not {setting!r}", param_hint="--set")
    return Choice(variant, pairs or None, volume, batch)


def _outputs(texts: list[str] | None) -> tuple[Output, ...]:
    """Where findings are to go."""
    try:
        return parse_outputs(texts or ())
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--output") from None


def _baseline(path: str | None, written: str | None, *, prunes: bool) -> Baseline | None:
    """The file of known findings."""
    try:
        return asked(path, written, prunes=prunes)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--write-baseline") from None


def _fixing(paths: list[str], choice: Choice, *, fix: bool, unsafe: bool, diff: bool) -> Fixing | None:
    """The fixes to make."""
    from archspec.commands.check import Fixing

    if not (fix or diff):
        if unsafe:
            raise typer.BadParameter("it goes with --fix or --diff", param_hint="--unsafe-fixes")
        return None
    if "-" in paths and len(paths) > 1:
        raise typer.BadParameter("standard input (-) is fixed alone: name no other file with it", param_hint="PATH...")
    if choice != Choice():
        wrong = "a fix has to suit all networks of a file: leave out --variant, --set and --input"
        raise typer.BadParameter(wrong, param_hint="--fix")
    return Fixing(unsafe, is_diff=diff)


@app.command()
def check(
    context: typer.Context,
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Spec files, folders and zoo:NAME; - is standard input.")
    ],
    *,
    output: OutputOption = None,
    show_info: Annotated[bool, typer.Option("--show-info", help="List infos too.")] = False,
    statistics: Annotated[
        bool, typer.Option("--statistics", help="Count findings by rule, as --output statistics.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print findings and nothing else.")] = False,
    fix: Annotated[bool, typer.Option("--fix", help="Make the fixes that keep what the spec means.")] = False,
    unsafe_fixes: Annotated[
        bool, typer.Option("--unsafe-fixes", help="With --fix or --diff: fixes that change the network too.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show what --fix would change, and change nothing.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Check again whenever a file changes.")] = False,
    baseline: Annotated[
        str | None, typer.Option("--baseline", metavar="FILE.json", help="Tell only what this file does not know.")
    ] = None,
    write_baseline: Annotated[
        str | None,
        typer.Option("--write-baseline", metavar="[FILE.json]", help="Write down what is found as known."),
    ] = None,
    prune_baseline: Annotated[
        bool, typer.Option("--prune-baseline", help="Take out of the baseline what is gone.")
    ] = False,
    select: SelectOption = None,
    extend_select: ExtendOption = None,
    ignore: IgnoreOption = None,
    exclude: ExcludeOption = None,
    fail_on: FailOption = None,
    config: ConfigOption = None,
    isolated: IsolatedOption = False,
    variant: VariantOption = None,
    settings: SetOption = None,
    input_volume: VolumeOption = None,
    max_nodes: NodesOption = MAX_NODES,
) -> None:
    """Check specs, all variants of each: what does not fit, what is lost, what would fit.

    Exit status: 0 nothing wrong, 1 errors found (see --fail-on), 2 a file could not be read.
    """
    from archspec.commands.check import CheckOptions
    from archspec.commands.check import check as action

    choice = _choice(variant, settings, input_volume)
    fixing = _fixing(paths, choice, fix=fix, unsafe=unsafe_fixes, diff=diff)
    given = configured(
        config, isolated, select=select, extend_select=extend_select, ignore=ignore, exclude=exclude, fail_on=fail_on
    )
    outputs = _outputs([*(output or ()), *["statistics"] * statistics])
    known = _baseline(baseline, write_baseline, prunes=prune_baseline)
    options = CheckOptions(outputs, show_info, choice, max_nodes, fixing, given, quiet, known)
    if diff and (outputs or write_baseline is not None or prune_baseline):
        wrong = "it only prints a diff: leave out --output, --statistics, --write-baseline and --prune-baseline"
        raise typer.BadParameter(wrong, param_hint="--diff")
    if watch:
        context.obj.append(_watching(paths, options))
        return
    context.obj.append(partial(action, paths, options))


def _watching(paths: list[str], options: CheckOptions) -> Action:
    """The call that checks again and again."""
    from archspec.commands.watch import watch

    if options.fixing or (options.baseline and options.baseline.is_written) or "-" in paths:
        wrong = "it only looks, and at files: leave out --fix, --diff, --write-baseline and -"
        raise typer.BadParameter(wrong, param_hint="--watch")
    return partial(watch, paths, options)


@app.command()
def show(
    context: typer.Context,
    spec: SpecArgument,
    *,
    output_format: Annotated[ReportFormat, typer.Option("--format", help="How to print the table.")] = RICH,
    columns: Annotated[str, typer.Option(metavar="A,B,C", help="Columns, in this order.")] = "",
    depth: Annotated[int | None, typer.Option(min=1, help="Fold layers deeper than this into one row.")] = None,
    variant: VariantOption = None,
    settings: SetOption = None,
    input_volume: VolumeOption = None,
    batch: BatchOption = None,
    max_nodes: NodesOption = MAX_NODES,
) -> None:
    """Show a spec as a table: shapes, parameters, costs, memory, receptive fields."""
    from archspec.commands.show import ShowOptions
    from archspec.commands.show import show as action

    names = tuple(name.strip() for name in columns.split(",") if name.strip())
    options = ShowOptions(names, depth, _choice(variant, settings, input_volume, batch), max_nodes)
    context.obj.append(partial(action, spec, output_format.value, options))


@app.command()
def sizes(
    context: typer.Context,
    spec: SpecArgument,
    *,
    span: Annotated[
        str | None, typer.Option("--range", metavar="LOW..HIGH", help="Sizes to list; 32..512 without.")
    ] = None,
    fit: Annotated[
        Literal["exact", "lossless"], typer.Option(help="Every stride divides, or nothing but padding is left over.")
    ] = "exact",
    axis: Annotated[str | None, typer.Option(metavar="NAME", help="Only this axis: height, width, length.")] = None,
    output_format: Annotated[SizesFormat, typer.Option("--format", help="How to print them.")] = SIZES_TEXT,
    variant: VariantOption = None,
    settings: SetOption = None,
    input_volume: VolumeOption = None,
    max_nodes: NodesOption = MAX_NODES,
) -> None:
    """List every input size for which the whole network fits, and why the present one does not."""
    from archspec.commands.sizes import SizesOptions
    from archspec.commands.sizes import sizes as action

    choice = _choice(variant, settings, input_volume)
    options = SizesOptions(fit, _span(span), axis, choice, max_nodes)
    context.obj.append(partial(action, spec, output_format.value, options))


def _span(text: str | None) -> tuple[int, int] | None:
    """The ends of a range such as ``32..512``."""
    if text is None:
        return None
    match = _RANGE.fullmatch(text)
    if match is None or not 1 <= int(match[1]) <= int(match[2]):
        raise typer.BadParameter(f"write LOW..HIGH, such as 32..512, not {text!r}", param_hint="--range")
    return int(match[1]), int(match[2])


@app.command()
def run(
    context: typer.Context,
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
    output_format: Annotated[ConfigFormat, typer.Option("--format", help="How to print a profile or a plan.")] = TEXT,
    flame: FlameOption = None,
    check_finite: FiniteOption = False,
    variant: VariantOption = None,
    settings: SetOption = None,
    batch: SamplesOption = None,
    max_nodes: NodesOption = MAX_NODES,
) -> None:
    """Run a spec as a NumPy network: every layer's time and array, results, pictures; its plan, a profile."""
    from archspec.commands.run import run as action
    from archspec.commands.run_options import RunOptions

    given = tuple(inputs or ())
    volume = given[0] if len(given) == 1 and _VOLUME.fullmatch(given[0]) else None
    options = RunOptions(
        () if volume else given, weights, seed, output, feature_maps, _choice(variant, settings, volume, batch),
        max_nodes, grade, threads, is_plan=plan, is_profile=profile, output_format=output_format.value,
        flame=flame, checks_finite=check_finite,
    )  # fmt: skip
    if fault := options.fault():
        raise typer.BadParameter(fault[1], param_hint=fault[0])
    context.obj.append(partial(action, spec, options))


@app.command()
def config(
    context: typer.Context,
    path: Annotated[str, typer.Argument(metavar="PATH", help="A folder, or a spec.")] = ".",
    *,
    output_format: Annotated[ConfigFormat, typer.Option("--format", help="How to print it.")] = TEXT,
    select: SelectOption = None,
    extend_select: ExtendOption = None,
    ignore: IgnoreOption = None,
    exclude: ExcludeOption = None,
    fail_on: FailOption = None,
    config: ConfigOption = None,
    isolated: IsolatedOption = False,
) -> None:
    """Show every setting that holds for a folder, its value, and where it came from."""
    from archspec.commands.config import config as action

    given = configured(
        config, isolated, select=select, extend_select=extend_select, ignore=ignore, exclude=exclude, fail_on=fail_on
    )
    context.obj.append(partial(action, path, output_format.value, given))


@app.command()
def zoo(context: typer.Context) -> None:
    """List the published networks that come with archspec: params, MACs, source."""
    from archspec.commands.zoo import zoo as action

    context.obj.append(action)


@app.command()
def rule(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A rule, or the name of any other finding.")],
) -> None:
    """Explain a rule: what it says, why it matters, an example that breaks it and one that keeps it."""
    from archspec.commands.rule import rule as action

    context.obj.append(partial(action, name, _run))


@app.command()
def rules(
    context: typer.Context,
    *,
    output_format: Annotated[RulesFormat, typer.Option("--format", help="How to print them.")] = TABLE,
    group: Annotated[RuleGroup | None, typer.Option(help="Those of one group.")] = None,
) -> None:
    """List all rules, and the names of all other findings: group, level, what can be repaired."""
    from archspec.commands.rules import rules as action

    context.obj.append(partial(action, output_format.value, group.value if group else None, _run))


@app.command()
def schema(
    context: typer.Context,
    *,
    output: Annotated[str | None, typer.Option(metavar="FILE", help="Where to write it; printed without.")] = None,
) -> None:
    """Print the JSON Schema of specs, with which editors complete, explain and check them."""
    from archspec.commands.schema import schema as action

    context.obj.append(partial(action, output))


@app.command()
def init(
    context: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="Name of the network and its file; without, the folder's. - prints."),
    ] = None,
    *,
    stdout: Annotated[bool, typer.Option("--stdout", help="Print the spec in place of writing it.")] = False,
) -> None:
    """Write a commented spec to begin with, NAME.arch.yaml. It passes `archspec check`."""
    from archspec.commands.init import init as action

    is_printed = stdout or name == "-"
    context.obj.append(partial(action, None if name == "-" else name, to_stdout=is_printed))
