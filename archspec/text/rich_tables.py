"""Lines and tables as rich prints them on a terminal."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Literal

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from archspec.text.styled import STYLES, Segment
from archspec.text.tables import GAP, TextTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import RenderableType

    from archspec.text.styled import Line


def rich_text(blocks: Iterable[Line | TextTable], width: int, *, colour: bool) -> str:
    """What a terminal of ``width`` shows."""
    console = Console(
        file=StringIO(), width=width, force_terminal=colour, color_system="standard" if colour else None,
        no_color=not colour, highlight=False, legacy_windows=False, _environ={},
    )  # fmt: skip
    with console.capture() as capture:
        for block in blocks:
            console.print(renderable(block))
    return "".join(f"{line.rstrip(' ')}\n" for line in capture.get().splitlines())


def renderable(block: Line | TextTable) -> RenderableType:
    """A line or a table as rich's own."""
    return _table(block) if isinstance(block, TextTable) else Text.assemble(*map(_text, block))


def _text(segment: Segment) -> Text:
    return Text(segment.text, STYLES[segment.style] if segment.style else "")


def _indent(row: Sequence[Segment]) -> Sequence[Segment]:
    first, *rest = row
    return first._replace(text=" " * GAP + first.text), *rest


def _table(block: TextTable) -> Table:
    """Names and numbers stay whole while other columns can be wrapped; gaps are as wide as in a pipe."""
    table = Table(
        box=box.SIMPLE, show_edge=False, pad_edge=False, padding=(0, GAP - 1, 0, 0), show_header=block.has_heads,
        show_footer=block.totals is not None, header_style=STYLES["head"], border_style=STYLES["rule"],
    )  # fmt: skip
    foot = block.totals or [Segment("")] * len(block.columns)
    for index, (column, total) in enumerate(zip(block.columns, foot, strict=True)):
        justify: Literal["left", "right"] = "right" if column.right else "left"
        table.add_column(
            column.title, _text(total), justify=justify, no_wrap=index == 0 or column.right, overflow="fold"
        )
    for section in block.sections:
        if section.title:
            table.add_row(Text(section.title, STYLES["head"]))
        for row in section.rows:
            table.add_row(*map(_text, _indent(row) if section.title else row))
        if section.title:
            table.add_row()
    return table
