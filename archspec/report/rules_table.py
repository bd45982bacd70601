"""All rules for people, one line each, by group."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from archspec.report.rule_text import level
from archspec.text.pages import render_page
from archspec.text.styled import Segment
from archspec.text.tables import TableSection, TextColumn, TextTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.report.rule_examples import RulePage
    from archspec.text.views import ReportView

_LEGEND = (
    "safe: `archspec check --fix` fixes it; unsafe: with --unsafe-fixes",
    "`archspec rule NAME` explains one of them",
)


def as_table(pages: Sequence[RulePage], view: ReportView) -> str:
    """The format ``table``."""
    groups = groupby(pages, lambda page: page.documented.group)
    sections = [TableSection([_row(page) for page in members], group) for group, members in groups]
    table = TextTable([TextColumn()] * 4, sections)
    return render_page([table, *((Segment(line, "legend"),) for line in _LEGEND)], view)


def _row(page: RulePage) -> tuple[Segment, ...]:
    documented = page.documented
    return (
        Segment(documented.name, "title"),
        Segment(level(documented), str(documented.severity)),
        Segment(page.fixable or "", "help"),
        Segment(documented.summary),
    )
