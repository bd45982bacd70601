"""A report as a LaTeX table with the rules of the package booktabs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archspec.report.columns import DEFAULT
from archspec.report.table import build
from archspec.report.words import caption
from archspec.text.numbers import BLOCKS
from archspec.text.printable import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.analysis.report import Report
    from archspec.report.cells import Cell
    from archspec.text.views import ReportView

_WORDS = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "[": "{[}",  # bare ones after a row's end would be its arguments
    "*": "{*}",
} | {character: f"\\{character}" for character in "{}$&#%_"}
_ESCAPES = str.maketrans(_WORDS | dict.fromkeys(BLOCKS, ""))  # bars are not in TeX's fonts; their figure stays
_TIMES = re.compile(r"(?<=\d)x(?=\d)|(?<=[\d)]) x (?=\d)")


def as_latex(report: Report, view: ReportView) -> str:
    """The format ``latex``: a floating table with the network's name as its caption."""
    table = build(report, view.columns or tuple(name for name in DEFAULT if name != "share"), view.depth)
    right = [column.right for column in table.columns.values()]
    lines = [
        "% needs \\usepackage{booktabs}",
        "\\begin{table}",
        "  \\centering",
        f"  \\caption{{{escape_latex(f'{table.title}: {caption(report)}')}}}",
        f"  \\begin{{tabular}}{{{''.join('r' if is_right else 'l' for is_right in right)}}}",
        "    \\toprule",
        _row([column.title for column in table.columns.values()]),
        "    \\midrule",
        *(_row(_texts(row)) for row in table.rows),
        "    \\midrule",
        _row(_texts(table.totals)),
        "    \\bottomrule",
        "  \\end{tabular}",
        "\\end{table}",
    ]
    return "\n".join(lines) + "\n"


def escape_latex(text: str) -> str:
    """Text escaped for LaTeX; an x between numbers becomes a times sign."""
    return _TIMES.sub(r"$\\times$", printable(text).translate(_ESCAPES).strip())


def _texts(row: Sequence[Cell]) -> list[str]:
    return [cell.full for cell in row]


def _row(texts: Sequence[str]) -> str:
    return f"    {' & '.join(map(escape_latex, texts))} \\\\"
