"""``archspec zoo``: the published networks that are included."""

from __future__ import annotations

import sys
from fnmatch import fnmatchcase
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from archspec.commands import Action, Status, completion, refuse
from archspec.commands.terminal import report_view
from archspec.files.zoo import PREFIX, similar
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


PatternArgument = Annotated[
    str,
    typer.Argument(
        metavar="PATTERN",
        help="Only networks whose name or source has this in it, or matches it.",
        autocompletion=completion.networks,
    ),
]


def zoo(pattern: PatternArgument = "") -> Action:
    """List the published networks included with archspec: input, params, MACs, source."""
    return partial(list_networks, pattern)


def list_networks(pattern: str = "") -> Status:
    """Print the networks of the zoo with their inputs, params, MACs and sources: all, or those of a pattern."""
    networks = [network for network in zoo_networks() if _is_meant(network, pattern.removeprefix(PREFIX).lower())]
    if not networks:
        near = similar(pattern)
        hint = f"; did you mean `{near}`?" if near else "; `archspec zoo` lists all"
        return refuse(f"the zoo has no network like {pattern:.60}{hint}")
    table = TextTable(_COLUMNS, [TableSection([_row(network) for network in networks])])
    sys.stdout.write(render_page([table], report_view()))
    return Status.OK


def _is_meant(network: ZooNetwork, pattern: str) -> bool:
    if set(pattern) & set("*?["):
        return fnmatchcase(network.name, pattern)
    return pattern in network.name or pattern in network.source.lower()


def _row(network: ZooNetwork) -> tuple[Segment, ...]:
    """A network's cells."""
    params, macs = Segment(_count(network.params)), Segment(_count(network.macs))
    return Segment(network.name, "name"), Segment(network.input, "volume"), params, macs, Segment(network.source)


def _count(count: int | None) -> str:
    """``61,100,840``, or that it is not known."""
    return "unknown" if count is None else f"{count:,}"
