"""All rules for people, a line each under their group."""

from __future__ import annotations

import textwrap
from itertools import groupby
from typing import TYPE_CHECKING

from archspec.report.rule_text import level
from archspec.text.styled import Line, Segment, painted, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archspec.report.rule_examples import RulePage
    from archspec.text.views import ReportView

_GAP = "  "
_NARROWEST = 30
"""Cells that a summary gets, whatever the terminal has."""


def as_table(pages: Sequence[RulePage], view: ReportView) -> str:
    """The format ``table``."""
    lines = list(_lines(pages, view.width))
    return painted(lines) if view.colour else plain(lines)


def _lines(pages: Sequence[RulePage], width: int | None) -> Iterator[Line]:
    rows = [(each, (each.documented.name, level(each.documented), each.fixable or "")) for each in pages]
    widths = [max(len(row[column]) for _, row in rows) for column in range(3)]
    room = None if width is None else max(width - sum(widths) - 4 * len(_GAP), _NARROWEST)
    for group, members in groupby(rows, lambda row: row[0].documented.group):
        yield (Segment(group, "head"),)
        for page, row in members:
            name, *others = (_GAP + cell.ljust(size) for cell, size in zip(row, widths, strict=True))
            first, *more = textwrap.wrap(page.documented.summary, room) if room else [page.documented.summary]
            styles = (str(page.documented.severity), "help")
            yield Segment(name, "title"), *map(Segment, others, styles), Segment(_GAP + first)
            yield from ((Segment(" " * (sum(widths) + 4 * len(_GAP)) + line),) for line in more)
        yield ()
    yield (Segment("safe: `archspec check --fix` repairs it; unsafe: with --unsafe-fixes", "legend"),)
    yield (Segment("`archspec rule NAME` explains one of them", "legend"),)
