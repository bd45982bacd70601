"""The tables of formats and the files beside them, what they import, and what they may not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import archspec.report
from archspec.report.formats import FINDINGS_FORMATS, REPORT_FORMATS, render_findings, render_report
from archspec.text.views import FindingsView, ReportView

if TYPE_CHECKING:
    from archspec.analysis.report import Report

FOLDER = Path(archspec.report.__file__).parent


@pytest.mark.parametrize(("formats", "prefix"), [(REPORT_FORMATS, "report_"), (FINDINGS_FORMATS, "findings_")])
def test_every_format_has_its_file_and_every_file_its_format(formats: dict[str, str], prefix: str) -> None:
    modules = [target.partition(":")[0] for target in formats.values()]
    assert sorted(modules) == sorted(path.stem for path in FOLDER.glob(f"{prefix}*.py"))


@pytest.mark.parametrize("name", REPORT_FORMATS)
def test_every_report_format_ends_its_last_line_and_is_the_same_again(
    name: str, network: Report, broken: Report
) -> None:
    for report in (network, broken):
        text = render_report(report, name)
        assert text.endswith("\n")
        assert not text.endswith("\n\n")
        assert text == render_report(report, name, ReportView())


@pytest.mark.parametrize("name", FINDINGS_FORMATS)
def test_every_findings_format_ends_its_last_line(name: str) -> None:
    assert render_findings([], name, FindingsView(files=1)).endswith("\n")


SCRIPT = """
import sys
from archspec.examination import examine
from archspec.report.formats import *
from archspec.text.views import FindingsView
seen = examine("name: x\\ninput: 8x8x3\\nlayers:\\n  - conv: {filters: 8, kernel: 3, stryde: 1}\\n  - fc: 10\\n")
for name in FINDINGS_FORMATS:
    render_findings(seen.diagnostics, name, FindingsView(files=1))
for name in REPORT_FORMATS:
    render_report(seen.report, name)
print(*sorted({"rich", "numpy"} & set(sys.modules)))
"""


def test_plain_text_needs_neither_rich_nor_numpy() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"
