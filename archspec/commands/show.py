"""``archspec show``: the table of one spec."""

from __future__ import annotations

import sys
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from archspec.commands import Action, Status, completion, exit_status, refuse
from archspec.commands.options.network import (
    NodesOption,
    SetOption,
    SpecArgument,
    VariantOption,
    VolumeOption,
    network_selection,
)
from archspec.commands.problems import report_problems
from archspec.commands.terminal import report_view
from archspec.examination import examine
from archspec.files.zoo import PREFIX
from archspec.report.columns import COLUMNS
from archspec.report.formats import REPORT_FORMATS, render_report
from archspec.spec.selection import NetworkSelection
from archspec.text.printable import printable
from archspec.text.views import ReportView
from archspec.work_budget import MAX_NODES

if TYPE_CHECKING:
    from archspec.examination import Examination

ReportFormat = StrEnum("ReportFormat", list(REPORT_FORMATS))  # type: ignore[misc]  # the table holds the names
RICH = ReportFormat("rich")

FormatOption = Annotated[ReportFormat, typer.Option("--format", help="Output format of the table.")]
ColumnsOption = Annotated[
    str,
    typer.Option(
        metavar="A,B,C", help=f"Columns, in this order: {', '.join(COLUMNS)}.", autocompletion=completion.columns
    ),
]
DepthOption = Annotated[int | None, typer.Option(min=1, help="Fold layers deeper than this into one row.")]
BatchOption = Annotated[int | None, typer.Option("--batch", min=1, help="Samples in a batch, for memory figures.")]


def show(
    spec: SpecArgument,
    *,
    output_format: FormatOption = RICH,
    columns: ColumnsOption = "",
    depth: DepthOption = None,
    variant: VariantOption = None,
    settings: SetOption = None,
    input_volume: VolumeOption = None,
    batch: BatchOption = None,
    max_nodes: NodesOption = MAX_NODES,
) -> Action:
    """Show a spec as a table: shapes, parameters, costs, memory, receptive fields."""
    names = tuple(name.strip() for name in columns.split(",") if name.strip())
    selection = network_selection(variant, settings, input_volume, batch)
    return partial(show_spec, spec, output_format.value, report_view(names, depth), selection, max_nodes)


def _name_variants(named: str, examination: Examination, selection: NetworkSelection) -> None:
    """The variants of a family to standard error, where none was chosen."""
    variants = [*examination.spec.variants] if examination.spec else []
    if selection.variant or len(variants) < 2 or named.removeprefix(PREFIX) in variants or examination.report is None:
        return
    sys.stdout.flush()
    first, *others = map(printable, variants)
    sys.stderr.write(f"\nthis is {first}; --variant NAME chooses another: {', '.join(others)}\n")


def show_spec(
    spec: str, output_format: str, view: ReportView, selection: NetworkSelection, max_nodes: int = MAX_NODES
) -> Status:
    """Print the table of a spec, past failed layers; its errors and warnings go to standard error."""
    try:
        examination = examine(spec, selection, max_nodes)
        if examination.report is not None:
            sys.stdout.write(render_report(examination.report, output_format, view))
    except ValueError as error:
        return refuse(error)
    _name_variants(spec, examination, selection)
    report_problems(examination)
    return exit_status(examination.diagnostics)
