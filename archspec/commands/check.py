"""``archspec check``: its options. The implementation is in ``checking/``, which does not import an option parser."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from archspec.baseline.options import BaselineOptions, baseline_options
from archspec.commands import Action, completion
from archspec.commands.checking.check_files import check_files
from archspec.commands.checking.options import CheckOptions, FixOptions
from archspec.commands.checking.outputs import Output, parse_outputs
from archspec.commands.options.configuration import (
    ConfigOption,
    ExcludeOption,
    ExtendOption,
    FailOption,
    IgnoreOption,
    IsolatedOption,
    SelectOption,
    configuration_options,
)
from archspec.commands.options.network import (
    NodesOption,
    SetOption,
    VariantOption,
    VolumeOption,
    network_selection,
)
from archspec.report.formats import FINDINGS_FORMATS
from archspec.spec.selection import NetworkSelection
from archspec.work_budget import MAX_NODES

PathArguments = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="PATH...",
        help="Spec files, folders and zoo:NAME; - is standard input.",
        autocompletion=completion.specs,
    ),
]
StdinOption = Annotated[
    str | None,
    typer.Option(
        "--stdin-filename", metavar="FILE", help="Standard input is the text of this file: its name, its configuration."
    ),
]
OutputOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FORMAT[=PATH]",
        autocompletion=completion.outputs,
        help=f"Output format of findings, printed or in a file; repeatable. Formats: {', '.join(FINDINGS_FORMATS)}.",
    ),
]
InfoOption = Annotated[bool, typer.Option("--show-info", help="List infos too.")]
StatisticsOption = Annotated[bool, typer.Option("--statistics", help="Count findings by rule, as --output statistics.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Print only findings.")]
FixOption = Annotated[bool, typer.Option("--fix", help="Apply the fixes that do not change the network.")]
UnsafeOption = Annotated[
    bool, typer.Option("--unsafe-fixes", help="With --fix or --diff: also fixes that change the network.")
]
DiffOption = Annotated[bool, typer.Option("--diff", help="Show what --fix would change, without changing a file.")]
WatchOption = Annotated[bool, typer.Option("--watch", help="Check again whenever a file changes.")]
BaselineOption = Annotated[
    str | None,
    typer.Option("--baseline", metavar="FILE.json", help="Report only findings that are not in this baseline."),
]
WriteOption = Annotated[
    str | None,
    typer.Option("--write-baseline", metavar="[FILE.json]", help="Write a baseline of all current findings."),
]
PruneOption = Annotated[bool, typer.Option("--prune-baseline", help="Remove findings that are gone from the baseline.")]
JobsOption = Annotated[
    int | None,
    typer.Option(
        "--jobs", "-j", metavar="N", min=1, help="Processes that check many files; as many as processors by default."
    ),
]


def check(
    paths: PathArguments = None,
    *,
    output: OutputOption = None,
    show_info: InfoOption = False,
    statistics: StatisticsOption = False,
    quiet: QuietOption = False,
    fix: FixOption = False,
    unsafe_fixes: UnsafeOption = False,
    diff: DiffOption = False,
    watch: WatchOption = False,
    baseline: BaselineOption = None,
    write_baseline: WriteOption = None,
    prune_baseline: PruneOption = False,
    stdin_filename: StdinOption = None,
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
    jobs: JobsOption = None,
) -> Action:
    """Check specs, all variants of each: what does not fit, what data is lost, and what to change.

    Exit status: 0 no errors, 1 errors found (see --fail-on), 2 a file could not be read.
    """
    paths = _paths(paths, stdin_filename)
    selection = network_selection(variant, settings, input_volume)
    fixes = _fix_options(paths, selection, fix=fix, unsafe=unsafe_fixes, diff=diff)
    configuration = configuration_options(
        config, isolated, select=select, extend_select=extend_select, ignore=ignore, exclude=exclude, fail_on=fail_on
    )
    outputs = _outputs([*(output or ()), *["statistics"] * statistics])
    known = _baseline(baseline, write_baseline, prunes=prune_baseline)
    options = CheckOptions(
        outputs, show_info, selection, max_nodes, fixes, configuration, quiet, known, jobs, stdin_filename
    )
    if diff and (outputs or write_baseline is not None or prune_baseline):
        wrong = "it only prints a diff: leave out --output, --statistics, --write-baseline and --prune-baseline"
        raise typer.BadParameter(wrong, param_hint="--diff")
    return _watch(paths, options) if watch else partial(check_files, paths, options)


def _paths(paths: list[str] | None, stdin_filename: str | None) -> list[str]:
    """What to check: standard input alone where it has a name, as for ruff."""
    if stdin_filename is not None and paths in (None, [], ["-"]):
        return ["-"]
    if stdin_filename is not None:
        raise typer.BadParameter("it names standard input: give no path, or -", param_hint="--stdin-filename")
    if not paths:
        raise typer.BadParameter("name files or folders, such as specs/, or - for standard input", param_hint="PATH...")
    return paths


def _fix_options(
    paths: list[str], selection: NetworkSelection, *, fix: bool, unsafe: bool, diff: bool
) -> FixOptions | None:
    """The fixes to make."""
    if not (fix or diff):
        if unsafe:
            raise typer.BadParameter("use it with --fix or --diff", param_hint="--unsafe-fixes")
        return None
    if "-" in paths and len(paths) > 1:
        raise typer.BadParameter("standard input (-) can only be fixed alone: give no other path", param_hint="PATH...")
    if selection != NetworkSelection():
        wrong = "fixes must suit all networks of a file: leave out --variant, --set and --input"
        raise typer.BadParameter(wrong, param_hint="--fix")
    return FixOptions(unsafe, is_diff=diff)


def _outputs(texts: list[str]) -> tuple[Output, ...]:
    """The outputs for findings."""
    try:
        return parse_outputs(texts)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--output") from None


def _baseline(path: str | None, written: str | None, *, prunes: bool) -> BaselineOptions | None:
    """The baseline to use."""
    try:
        return baseline_options(path, written, prunes=prunes)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--write-baseline") from None


def _watch(paths: list[str], options: CheckOptions) -> Action:
    """The call that checks after every change."""
    from archspec.commands.checking.watch import watch  # noqa: PLC0415 - few runs watch

    if options.fixes or (options.baseline and options.baseline.is_written) or "-" in paths:
        wrong = "it only checks files: leave out --fix, --diff, --write-baseline and -"
        raise typer.BadParameter(wrong, param_hint="--watch")
    return partial(watch, paths, options)
