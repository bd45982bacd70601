"""Lines of findings wrapped between words, for a terminal; lines of a file stay as they are."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from archspec.text.styled import Line, Segment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_TEXTS = ("error", "warning", "info", "note", "help", "fix")
"""Styles of what precedes text that can be wrapped."""
_NARROWEST = 30
_INDENT = 4


def wrapped(lines: Iterable[Line], width: int | None) -> Iterator[Line]:
    """Lines of at most ``width``, where words allow it; further lines of a text are indented under its first."""
    for line in lines:
        is_long = width is not None and sum(len(segment.text) for segment in line) > width
        if width is None or not is_long or len(line) < 2 or line[-2].style not in _TEXTS:
            yield line
            continue
        *before, last = line
        start = sum(len(segment.text) for segment in before)
        indent = start + 1 if last.style != "message" else _INDENT
        room = max(width - indent, _NARROWEST)
        gap = last.text[: len(last.text) - len(last.text.lstrip(" :"))]
        first, *rest = textwrap.wrap(
            last.text[len(gap) :], room, initial_indent=" " * max(start + len(gap) - indent, 0),
            break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip
        yield *before, last._replace(text=gap + first.lstrip())
        yield from ((Segment(" " * indent), last._replace(text=text)) for text in rest)
