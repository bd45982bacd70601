"""``archspec zoo``: the published networks that are included."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from archspec.commands import Action, Status
from archspec.commands.terminal import report_view
from archspec.files.zoo_networks import zoo_networks
from archspec.text.pages import render_page
from archspec.text.styled import Segment
from archspec.text.tables import TableSection, TextColumn, TextTable

if TYPE_CHECKING:
    from archspec.files.zoo_networks import ZooNetwork

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
    table = TextTable(_COLUMNS, [TableSection([_row(network) for network in zoo_networks()])])
    sys.stdout.write(render_page([table], report_view()))
    return Status.OK


def _row(network: ZooNetwork) -> tuple[Segment, ...]:
    """A network's cells."""
    params, macs = Segment(_count(network.params)), Segment(_count(network.macs))
    return Segment(network.name, "name"), Segment(network.input, "volume"), params, macs, Segment(network.source)


def _count(count: int | None) -> str:
    """``61,100,840``, or that it is not known."""
    return "unknown" if count is None else f"{count:,}"
