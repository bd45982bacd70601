"""Whole outputs, byte by byte: a change of any of them is a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archspec.report.formats import render_report
from archspec.text.views import ReportView

if TYPE_CHECKING:
    from collections.abc import Callable

    from archspec.analysis.report import Report

FILES = {"rich": "txt", "json": "json", "csv": "csv", "markdown": "md", "latex": "tex"}


@pytest.mark.parametrize("name", FILES)
def test_a_network_in_every_format(name: str, network: Report, golden: Callable[[str, str], None]) -> None:
    golden(f"network.{FILES[name]}", render_report(network, name))


@pytest.mark.parametrize("name", FILES)
def test_failed_layers_in_every_format(name: str, broken: Report, golden: Callable[[str, str], None]) -> None:
    golden(f"broken.{FILES[name]}", render_report(broken, name))


@pytest.mark.parametrize("width", [60, 80, 100, 160])
def test_terminals_of_all_widths(width: int, network: Report, golden: Callable[[str, str], None]) -> None:
    golden(f"network-{width}.txt", render_report(network, "rich", ReportView(width=width)))


def test_a_terminal_with_colour(broken: Report, golden: Callable[[str, str], None]) -> None:
    golden("broken-colour.txt", render_report(broken, "rich", ReportView(colour=True)))


def test_a_terminal_without_unicode(network: Report, golden: Callable[[str, str], None]) -> None:
    golden("network-ascii.txt", render_report(network, "rich", ReportView(unicode=False)))
