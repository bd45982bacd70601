"""Lines of text in segments with a style, so that one text serves pipes and colour terminals."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

STYLES = {
    "error": "bold red",
    "warning": "bold yellow",
    "info": "bold blue",
    "message": "bold",
    "gutter": "bold blue",
    "second": "bold blue",
    "note": "bold",
    "help": "bold green",
    "fix": "bold green",
    "title": "bold",
    "caption": "dim",
    "head": "bold",
    "rule": "dim",
    "name": "",
    "operator": "cyan",
    "arguments": "",
    "volume": "",
    "share": "green",
    "zero": "dim",
    "total": "bold",
    "failed": "bold red",
    "unknown": "yellow",
    "label": "bold",
    "legend": "dim",
}
"""What a part is -> how a terminal shows it, in rich's words. Parts of no style are plain."""


class Segment(NamedTuple):
    """A segment of a line, and its style (a key of ``STYLES``, or empty)."""

    text: str
    style: str = ""


Line = tuple[Segment, ...]


def plain(lines: Iterable[Line]) -> str:
    """The text alone, each line ended."""
    return "".join("".join(segment.text for segment in line) + "\n" for line in lines)


def with_colours(lines: Iterable[Line]) -> str:
    """The text with the terminal's colour codes, each line ended."""
    from rich.color import ColorSystem  # noqa: PLC0415 - only a colour terminal pays for rich
    from rich.style import Style  # noqa: PLC0415 - as above

    styles = {name: Style.parse(words) for name, words in {"": "", **STYLES}.items()}

    def paint(segment: Segment) -> str:
        return styles[segment.style].render(segment.text, color_system=ColorSystem.STANDARD)

    return "".join("".join(map(paint, line)) + "\n" for line in lines)
