"""CSV, Markdown and LaTeX keep hostile names harmless."""

from __future__ import annotations

import csv
import shutil
import subprocess
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from archspec.report.formats import render_report
from archspec.report.report_latex import escape_latex as latex
from archspec.report.report_markdown import escape_markdown as markdown
from archspec.text.views import ReportView

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from archspec.analysis.report import Report

HOSTILE = """\
name: 'a|b *c* <i> $x$ \\end{table} % & # ~ ^ _'
input: 4x4x1
layers:
  - relu: {}
    name: '=cmd|"calc",'
  - relu: {}
    name: '@x'
  - relu: {}
    name: '[*]'
  - pad: {padding: [[0, 1], [0, 1]]}
"""


@pytest.fixture
def hostile(analyzed: Callable[[str], Report]) -> Report:
    return analyzed(HOSTILE)


def test_csv_lines_end_as_the_standard_says_and_formulas_are_text(hostile: Report) -> None:
    text = render_report(hostile, "csv")
    assert text.count("\r\n") == text.count("\n") == 6
    names = [row[0] for row in csv.reader(StringIO(text))]
    assert names == ["name", "input", '\'=cmd|"calc",', "'@x", "[*]", "pad1"]


def test_csv_holds_raw_numbers(network: Report) -> None:
    text = render_report(network, "csv", ReportView(columns=("name", "params", "memory", "share")))
    assert text.splitlines()[2] == f"stem,9408,5505024,{9408 / 172_043_944}"


def test_csv_leaves_what_is_unknown_empty(broken: Report) -> None:
    assert render_report(broken, "csv", ReportView(columns=("name", "params", "output"))).splitlines()[-1] == "fc1,,"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a|b", "a\\|b"),
        ("conv1_1", "conv1_1"),
        ("_a_", "\\_a\\_"),
        ("<b>*x*`y`[z](u)", "\\<b\\>\\*x\\*\\`y\\`\\[z\\](u)"),
        ("back\\slash", "back\\\\slash"),
    ],
)
def test_markdown_is_escaped(text: str, shown: str) -> None:
    assert markdown(text) == shown


def test_markdown_tables_keep_their_columns(hostile: Report) -> None:
    lines = [line for line in render_report(hostile, "markdown").splitlines() if line.startswith("|")]
    assert {line.replace("\\|", "").count("|") for line in lines} == {10}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a_b & 50% #1 $x$ {y}", "a\\_b \\& 50\\% \\#1 \\$x\\$ \\{y\\}"),
        ("\\end{x}~^", "\\textbackslash{}end\\{x\\}\\textasciitilde{}\\textasciicircum{}"),
        ("224x224x64", "224$\\times$224$\\times$64"),
        ("112 (112.5) x 64", "112 (112.5)$\\times$64"),
        ("[*]", "{[}{*}]"),
        ("74.3% ██▏", "74.3\\%"),
    ],
)
def test_latex_is_escaped(text: str, shown: str) -> None:
    assert latex(text) == shown


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs a TeX with booktabs")
def test_latex_compiles(hostile: Report, network: Report, broken: Report, tmp_path: Path) -> None:
    tables = [render_report(report, "latex") for report in (hostile, network, broken)]
    share = render_report(hostile, "latex", ReportView(columns=("arguments", "name", "share")))
    head = "\\documentclass{article}\\usepackage{booktabs}\\begin{document}\n"
    (tmp_path / "t.tex").write_text(head + "\n".join([*tables, share]) + "\\end{document}\n")
    done = subprocess.run(
        ["pdflatex", "-halt-on-error", "t.tex"], cwd=tmp_path, capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]
