"""``archspec sizes``: every input size for which a whole network fits."""

from __future__ import annotations

import re
import sys
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import typer

from archspec.analysis.fitting_sizes import FittingSizes, chosen_axes, fitting_sizes, loses_nothing
from archspec.analysis.misfit import misfits
from archspec.commands import Action, Status, refuse
from archspec.commands.options.network import (
    NodesOption,
    SetOption,
    SpecArgument,
    VariantOption,
    VolumeOption,
    network_selection,
)
from archspec.commands.problems import report_problems
from archspec.commands.terminal import terminal_width
from archspec.diagnostics import Severity
from archspec.examination import examine
from archspec.report.formats import SIZES_FORMATS, render_sizes
from archspec.rules import RULES
from archspec.rules._wording import located
from archspec.rules.fractional_output import misfit_message
from archspec.text.views import SizesView
from archspec.volume import AXIS_NAMES
from archspec.volume import sizes as as_text
from archspec.work_budget import MAX_NODES

if TYPE_CHECKING:
    from archspec.analysis.misfit import Fitting
    from archspec.examination import Examination
    from archspec.spec.selection import NetworkSelection


SizesFormat = StrEnum("SizesFormat", list(SIZES_FORMATS))  # type: ignore[misc]  # the table holds the names
TEXT = SizesFormat("text")
_RANGE = re.compile(r"(\d{1,7})\.\.(\d{1,7})", re.ASCII)

RangeOption = Annotated[
    str | None, typer.Option("--range", metavar="LOW..HIGH", help="Sizes to list. Default: 32..512.")
]
FitOption = Annotated[
    Literal["exact", "lossless"] | None,
    typer.Option(help="`exact`: every stride divides; `lossless`: only padding is left over. Default: both."),
]
AxisOption = Annotated[str | None, typer.Option(metavar="NAME", help="Only this axis: height, width, length.")]
FormatOption = Annotated[SizesFormat, typer.Option("--format", help="Output format of the sizes.")]


class SizesOptions(NamedTuple):
    """Which sizes of which network; ``span`` and ``axis`` are None when they are not given, ``fitting`` for both."""

    fitting: Fitting | None = None
    span: tuple[int, int] | None = None
    axis: str | None = None
    selection: NetworkSelection | None = None
    max_nodes: int = MAX_NODES


def sizes(
    spec: SpecArgument,
    *,
    span: RangeOption = None,
    fit: FitOption = None,
    axis: AxisOption = None,
    output_format: FormatOption = TEXT,
    variant: VariantOption = None,
    settings: SetOption = None,
    input_volume: VolumeOption = None,
    max_nodes: NodesOption = MAX_NODES,
) -> Action:
    """List every input size that fits the whole network, and why the current one does not."""
    selection = network_selection(variant, settings, input_volume)
    return partial(list_sizes, spec, output_format.value, SizesOptions(fit, _span(span), axis, selection, max_nodes))


def _span(text: str | None) -> tuple[int, int] | None:
    """The ends of a range such as ``32..512``."""
    if text is None:
        return None
    match = _RANGE.fullmatch(text)
    if match is None or not 1 <= int(match[1]) <= int(match[2]):
        raise typer.BadParameter(f"write LOW..HIGH, such as 32..512, not {text!r}", param_hint="--range")
    return int(match[1]), int(match[2])


def list_sizes(spec: str, output_format: str, options: SizesOptions) -> Status:
    """Print the sizes that fit; findings that no size fixes go to standard error instead."""
    try:
        seen = examine(spec, options.selection, options.max_nodes)
        graph = seen.graph
        if graph is None or _has_other_errors(seen):
            report_problems(seen._replace(report=None))
            return Status.UNUSABLE if any(each.unusable for each in seen.diagnostics) else Status.FINDINGS
        groups = chosen_axes(graph, options.axis)
        found = [
            fitting_sizes(graph, options.fitting or "exact", axes, options.span, options.max_nodes) for axes in groups
        ]
        lossless = (
            [fitting_sizes(graph, "lossless", axes, options.span, options.max_nodes) for axes in groups]
            if options.fitting is None
            else []
        )
    except LookupError:
        report_problems(seen._replace(report=None))
        sys.stderr.write("error: no input size fixes this\n")
        return Status.FINDINGS
    except ValueError as error:
        return refuse(error)
    reasons = tuple(_reason(seen, each) for each in found)
    view = SizesView(graph.header.name, graph.file, graph.inputs, reasons, terminal_width(), tuple(lossless))
    sys.stdout.write(render_sizes(found, output_format, view))
    some_fit = all(each.sizes or each.others or each.classes for each in lossless or found)
    is_accepted = options.fitting is None and not seen.errors
    return Status.OK if some_fit or is_accepted else Status.FINDINGS


def _has_other_errors(seen: Examination) -> bool:
    """Whether the spec has an error that is independent of volumes."""
    return any(each.severity is Severity.ERROR and each.rule not in RULES for each in seen.diagnostics)


def _reason(seen: Examination, found: FittingSizes) -> str | None:
    """Why the current size does not fit: the first layer that does not fit, with its numbers."""
    node = seen.graph.by_name.get(found.misfit or "") if seen.graph else None
    if node is None or seen.graph is None:
        return None
    windows = node.windows or ()
    chosen = [
        misfits(window, found.fitting) and _is_judged(axis, len(windows), found) for axis, window in enumerate(windows)
    ]
    errors = (each for each in seen.diagnostics if each.severity is Severity.ERROR)
    reason = next((each.message for each in errors if each.layer == node.name), None)
    if node.output is not None and any(chosen):
        reason = misfit_message(node, windows, chosen, "does not fit")
    elif reason is None:
        reason = f"no output for {as_text(node.volume.spatial) if node.volume else 'an unknown volume'}"
    is_lossless = found.fitting == "exact" and loses_nothing(seen.graph, found.axes)
    rest = "; nothing of the input is lost (--fit lossless)" if is_lossless else ""
    return f"{located(node)}, {reason}{rest}"


def _is_judged(axis: int, axes: int, found: FittingSizes) -> bool:
    return axes not in AXIS_NAMES or AXIS_NAMES[axes][axis] in found.axes or len(found.axes) > 1
