"""``archspec zoo``: the published networks that come along."""

from __future__ import annotations

import sys

from archspec.commands import Action, Status
from archspec.examination import examine
from archspec.files.zoo import entries
from archspec.spec.selection import NetworkSelection


def zoo() -> Action:
    """List the published networks that come with archspec: params, MACs, source."""
    return list_networks


def list_networks() -> Status:
    """Print every network of the zoo with its input, params, MACs and source."""
    rows = [("name", "input", "params", "MACs", "source")]
    for entry in entries().values():
        seen = examine(str(entry.file), NetworkSelection(entry.variant))
        if seen.spec is None or seen.report is None:
            continue
        volumes = ", ".join(map(str, (seen.spec.input or {}).values()))
        totals = seen.report.totals
        rows.append((entry.name, volumes, _number(totals.params), _number(totals.macs), seen.spec.source or ""))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for name, volumes, params, macs, source in rows:
        sys.stdout.write(
            f"{name:{widths[0]}}  {volumes:{widths[1]}}  {params:>{widths[2]}}  {macs:>{widths[3]}}  {source}\n"
        )
    return Status.OK


def _number(value: int | None) -> str:
    return "unknown" if value is None else f"{value:,}"
