"""Pages of lines and tables: rich's own tables on a terminal, the same text everywhere in a pipe."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from archspec.text.numbers import BLOCKS
from archspec.text.styled import Line, plain, with_colours
from archspec.text.tables import TextTable, table_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archspec.text.views import ReportView

_ASCII = str.maketrans(dict.fromkeys(BLOCKS[:5], "#") | dict.fromkeys(BLOCKS[5:], ".") | {"─": "-"})

PagePart = Line | TextTable
"""What a page consists of."""


def render_page(blocks: Iterable[PagePart], view: ReportView) -> str:
    """Lines and tables as text, in the width, colours and characters that the view allows."""
    if view.width is None:
        lines = page_lines(blocks)
        text = with_colours(lines) if view.colour else plain(lines)
    else:
        from archspec.text.rich_tables import rich_text  # noqa: PLC0415 - only a terminal pays for rich

        text = rich_text(blocks, view.width, colour=view.colour)
    return text if view.unicode else text.translate(_ASCII)


def page_lines(blocks: Iterable[PagePart]) -> list[Line]:
    """Lines and tables as lines for a pipe."""
    return list(chain.from_iterable(table_lines(each) if isinstance(each, TextTable) else (each,) for each in blocks))
