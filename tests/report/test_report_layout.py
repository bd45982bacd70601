from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archspec.report.columns import COLUMNS
from archspec.report.formats import render_report
from archspec.report.layout import STEPS, fit
from archspec.report.table import build
from archspec.text.printable import cells
from archspec.text.views import ReportView

if TYPE_CHECKING:
    from archspec.analysis.report import Report


def test_without_a_width_nothing_is_shortened(network: Report) -> None:
    assert set(fit(build(network), None, keep=False).forms.values()) == {"full"}


@pytest.mark.parametrize("width", range(50, 200, 7))
def test_no_line_is_longer_than_the_terminal(width: int, network: Report, broken: Report, staged: Report) -> None:
    for report in (network, broken, staged):
        lines = render_report(report, "rich", ReportView(width=width)).splitlines()
        assert max(map(cells, lines)) <= width


def test_columns_that_were_asked_for_stay(network: Report) -> None:
    columns = ("name", "operator", "share", "memory", "receptive_field")
    assert fit(build(network, columns), 20, keep=True).visible_columns() == list(columns)
    assert fit(build(network, columns), 20, keep=False).visible_columns() == ["name"]


def test_more_room_never_shows_less(network: Report) -> None:
    order = ("gone", "short", "full")
    before: dict[str, int] = {}
    for width in range(20, 200):
        forms = {name: order.index(form) for name, form in fit(build(network), width, keep=False).forms.items()}
        assert all(forms[name] >= rank for name, rank in before.items())
        before = forms


def test_the_steps_name_columns() -> None:
    assert {name for name, _ in STEPS} <= set(COLUMNS)
