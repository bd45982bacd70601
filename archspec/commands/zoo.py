"""``archspec zoo``: the published networks that are included."""

from __future__ import annotations

import sys
from fnmatch import fnmatchcase
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from archspec.commands import Action, Status, completion, refuse
from archspec.commands.terminal import report_view, terminal_width
from archspec.files.zoo import PREFIX, similar
from archspec.files.zoo_networks import zoo_networks
from archspec.text.numbers import exact, short
from archspec.text.pages import render_page
from archspec.text.styled import Segment
from archspec.text.tables import GAP, TableSection, TextColumn, TextTable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from archspec.files.zoo_networks import ZooNetwork
    from archspec.text.pages import PagePart

_COLUMNS = (
    TextColumn("name"),
    TextColumn("input"),
    TextColumn("params", right=True),
    TextColumn("MACs", right=True),
    TextColumn("source"),
)


_WIDE = 100
"""Columns of a terminal from which figures are exact."""

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
    sys.stdout.write(render_page(_page(networks, terminal_width()), report_view()))
    return Status.OK


def _page(networks: Sequence[ZooNetwork], width: int | None) -> Iterator[PagePart]:
    """The table: on a narrow terminal with short figures, and without sources where words would not fit."""
    figure = exact if width is None or width >= _WIDE else short
    rows = [_row(network, figure) for network in networks]
    columns = len(_COLUMNS)
    widths = [max(len(row[place].text) for row in rows) + GAP for place in range(columns - 1)]
    longest_word = max(len(word) for row in rows for word in row[-1].text.split())
    if width is not None and width - sum(widths) < longest_word:
        columns -= 1
    yield TextTable(_COLUMNS[:columns], [TableSection([row[:columns] for row in rows])])
    if columns < len(_COLUMNS):
        yield (Segment("hidden  source: shown in a wider terminal"),)


def _is_meant(network: ZooNetwork, pattern: str) -> bool:
    if set(pattern) & set("*?["):
        return fnmatchcase(network.name, pattern)
    return pattern in network.name or pattern in network.source.lower()


def _row(network: ZooNetwork, figure: Callable[[int], str]) -> tuple[Segment, ...]:
    """A network's cells."""
    params, macs = (Segment("unknown" if each is None else figure(each)) for each in (network.params, network.macs))
    return Segment(network.name, "name"), Segment(network.input, "volume"), params, macs, Segment(network.source)
