"""One table, for pipes and for terminals."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from rich.console import Console
from rich.table import Table

import archspec
from archspec.report.formats import render_report
from archspec.text.pages import render_page
from archspec.text.printable import cells
from archspec.text.rich_tables import renderable
from archspec.text.styled import Segment
from archspec.text.tables import TableSection, TextColumn, TextTable
from archspec.text.views import ReportView

COLUMNS = [TextColumn("name"), TextColumn("count", right=True), TextColumn("what it is")]


def row(*texts: str) -> tuple[Segment, ...]:
    return tuple(map(Segment, texts))


PLAIN = TextTable(COLUMNS, [TableSection([row("a", "1", "short"), row("long name", "23,456", "")])])
RULED = TextTable(COLUMNS, PLAIN.sections, row("total", "23,457", ""), is_ruled=True)
SECTIONS = TextTable(
    [TextColumn()] * 2,
    [TableSection([row("a", "first " * 9)], "one"), TableSection([row("bb", "second")], "two")],
)


def test_a_pipe_gets_aligned_text_without_spaces_at_its_end() -> None:
    assert render_page([PLAIN], ReportView()) == (
        "name        count  what it is\na               1  short\nlong name  23,456\n"
    )


def test_rules_and_totals() -> None:
    lines = render_page([RULED, (), row("end")], ReportView(unicode=False)).splitlines()
    assert lines[1] == lines[-4] == "-" * 29
    assert lines[-3:] == ["total      23,457", "", "end"]


def test_sections_are_indented_below_their_titles() -> None:
    assert render_page([SECTIONS], ReportView()) == f"one\n  a   {'first ' * 9}\n\ntwo\n  bb  second\n\n"


def test_a_terminal_gets_rich_s_own_table() -> None:
    table = renderable(RULED)
    assert isinstance(table, Table)
    assert [column.header for column in table.columns] == ["name", "count", "what it is"]
    assert (table.row_count, table.show_footer) == (2, True)


@pytest.mark.parametrize("width", [30, 80, 160])
def test_what_is_too_long_for_a_terminal_is_wrapped(width: int) -> None:
    text = render_page([SECTIONS], ReportView(width=width))
    assert max(map(cells, text.splitlines())) <= width
    assert text.count("first") == 9
    assert len(text.splitlines()) == (8 if width == 30 else 6)


def test_as_wide_as_in_a_pipe_where_there_is_room() -> None:
    assert render_page([RULED], ReportView(width=80)) == render_page([RULED], ReportView())


def test_colour_is_for_terminals_that_have_it() -> None:
    assert "\x1b[1mname" in render_page([PLAIN], ReportView(width=80, colour=True))
    assert "\x1b" not in render_page([PLAIN], ReportView(width=80))


@pytest.mark.parametrize("width", [80, 160])
def test_rich_prints_a_report_as_its_table(width: int) -> None:
    report = archspec.analyze("zoo:lenet")
    console = Console(file=StringIO(), width=width, color_system=None)
    with console.capture() as capture:
        console.print(report)
    printed = [line.rstrip() for line in capture.get().splitlines()]
    shown = render_report(report, "rich", ReportView(width=width)).splitlines()
    assert printed == shown
    assert any(re.match(r"total +12 layers", line) for line in printed)
    assert max(map(cells, printed)) <= width
