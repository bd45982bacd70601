"""Draws the README's picture, docs/table.svg: what ``archspec show`` prints for a spec of the repository."""  # noqa: INP001 - a script, no package

from __future__ import annotations

from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from archspec import analyze
from archspec.report.report_rich import report_page
from archspec.text.pages import page_lines
from archspec.text.styled import STYLES, Segment
from archspec.text.views import ReportView

ROOT = Path(__file__).parent.parent
SPEC = "specs/cs231n/cifar10.yaml"
PICTURE = ROOT / "docs" / "table.svg"

THEME = TerminalTheme(
    background=(13, 17, 23),
    foreground=(230, 237, 243),
    normal=[
        (72, 79, 88), (255, 123, 114), (63, 185, 80), (210, 153, 34),
        (88, 166, 255), (188, 140, 255), (57, 197, 207), (177, 186, 196),
    ],
)  # fmt: skip
"""Colours that read well on light and dark pages."""

FORMAT = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{
  font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace;
  font-size: {char_height}px;
  line-height: {line_height}px;
}}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: system-ui, sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix" xml:space="preserve">
{matrix}
</g>
</g>
</svg>
"""
"""The frame around the text; unlike rich's own it loads no font from the net."""


def picture() -> str:
    """The picture as SVG, the same bytes on every machine."""
    lines = [Text.assemble(*map(_styled, line)) for line in page_lines(report_page(analyze(ROOT / SPEC), ReportView()))]
    width = max(line.cell_len for line in lines)
    console = Console(
        file=StringIO(),
        width=width,
        record=True,
        force_terminal=True,
        color_system="truecolor",
        legacy_windows=False,
        _environ={},
    )
    for line in lines:
        console.print(line, no_wrap=True)
    svg = console.export_svg(title=f"archspec show {SPEC}", theme=THEME, code_format=FORMAT, unique_id="archspec")
    return "".join(f"{line.rstrip()}\n" for line in svg.splitlines() if line.strip())


def _styled(segment: Segment) -> tuple[str, str]:
    """A piece of text for rich; gaps get a style of their own, so that every word is placed and not only spaced."""
    return segment.text, STYLES.get(segment.style, "") if segment.text.strip() else "dim"


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
