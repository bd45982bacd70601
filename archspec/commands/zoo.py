"""``archspec zoo``: the published networks that are included."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from archspec.commands import Action, Status
from archspec.commands.terminal import report_view
from archspec.examination import examine
from archspec.files.zoo import entries
from archspec.spec.selection import NetworkSelection
from archspec.text.pages import render_page
from archspec.text.styled import Segment
from archspec.text.tables import TableSection, TextColumn, TextTable

if TYPE_CHECKING:
    from archspec.examination import Examination

_COLUMNS = (
    TextColumn("name"),
    TextColumn("input"),
    TextColumn("params", right=True),
    TextColumn("MACs", right=True),
    TextColumn("source"),
)


def zoo() -> Action:
    """List the published networks included with archspec: input, params, MACs, source."""
    return list_networks


def list_networks() -> Status:
    """Print every network of the zoo with its input, params, MACs and source."""
    rows = [_row(entry.name, examine(str(entry.file), NetworkSelection(entry.variant))) for entry in entries().values()]
    table = TextTable(_COLUMNS, [TableSection([row for row in rows if row])])
    sys.stdout.write(render_page([table], report_view()))
    return Status.OK


def _row(name: str, examination: Examination) -> tuple[Segment, ...]:
    """A network's cells; none when its file can't be read."""
    spec, report = examination.spec, examination.report
    if spec is None or report is None:
        return ()
    volumes = ", ".join(map(str, (spec.input or {}).values()))
    params, macs = (Segment(_count(count)) for count in (report.totals.params, report.totals.macs))
    return Segment(name, "name"), Segment(volumes, "volume"), params, macs, Segment(spec.source or "")


def _count(count: int | None) -> str:
    """``61,100,840``, or that it is not known."""
    return "unknown" if count is None else f"{count:,}"
