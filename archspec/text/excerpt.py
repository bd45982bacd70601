"""An excerpt of a source: the lines that a finding points at, with marks below them."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from archspec.text.printable import cells, glyphs, printable
from archspec.text.styled import Line, Segment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archspec.source import Source, Span

LONGEST = 160
"""Characters of a source line that are shown; of a longer line, a window around the mark."""
_BEFORE = 50  # characters of that window before the mark
_CUT = "..."


class Mark(NamedTuple):
    """A span to underline with ``sign``, in ``style``, and its label."""

    span: Span
    text: str
    sign: str
    style: str

    @property
    def place(self) -> tuple[int, int]:
        """Line and column where it begins, from 1."""
        return self.span.source.position(self.span.start)


def gutter_width(marks: Sequence[Mark]) -> int:
    """Digits of the largest line number that will be shown."""
    return max((len(str(mark.place[0])) for mark in marks), default=1)


def excerpt(marks: Sequence[Mark], width: int) -> Iterator[Line]:
    """Marked lines, the first mark's source first; line numbers are padded to ``width`` digits."""
    sources = list(dict.fromkeys(mark.span.source for mark in marks))
    for source in sources:
        here = [mark for mark in marks if mark.span.source is source]
        line, column = here[0].place
        arrow = "-->" if source is sources[0] else ":::"
        yield location(f"{source.name}:{line}:{column}", width, arrow)
        yield gutter("|", width)
        yield from _lines(source, here, width)


def location(place: str, width: int, arrow: str = "-->") -> Line:
    """The line that says where: ``--> file:4:5``."""
    return Segment(" " * (width + 1)), Segment(arrow, "gutter"), Segment(" " + printable(place))


def gutter(sign: str, width: int, number: int | None = None) -> Line:
    """The margin of a line: its number, if it is one of the source's, and a sign."""
    return (Segment(f" {'' if number is None else number:>{width}} {sign}", "gutter"),)


def _lines(source: Source, marks: Sequence[Mark], width: int) -> Iterator[Line]:
    before = None
    for line, group in groupby(sorted(marks, key=_order), lambda mark: mark.place[0]):
        if before is not None and line - before == 2:
            yield _source_line(source.line(before + 1), before + 1, width)
        elif before is not None and line - before > 2:
            yield (Segment(_CUT, "gutter"),)
        yield from _marked_line(list(group), line, width)
        before = line


def _order(mark: Mark) -> int:
    return mark.span.start


def _marked_line(marks: Sequence[Mark], number: int, width: int) -> Iterator[Line]:
    """One line with its marks; a line too long to be shown whole is shown again around each."""
    begin = marks[0].span.start - (marks[0].place[1] - 1)
    whole = _piece(marks[0].span.source.text, begin)
    is_long = len(whole) > LONGEST
    for index, mark in enumerate(marks):
        cut = max(0, mark.span.start - _BEFORE - begin) if is_long else 0
        text = _piece(mark.span.source.text, begin + cut) if cut else whole
        if is_long or index == 0:
            yield _source_line(text, number, width, cut=cut > 0)
        yield _underline(text[:LONGEST], mark, cut, width)


def _piece(text: str, begin: int) -> str:
    """A line from ``begin`` on, with one character too many when there is no room for all; never copies a long one."""
    piece, end, _ = text[begin : begin + LONGEST + 1].partition("\n")
    return piece.removesuffix("\r") if end else piece


def _source_line(text: str, number: int, width: int, *, cut: bool = False) -> Line:
    """A source line, or as much of it as there is room for; ``cut``: it is the rest of a line."""
    ends = _CUT if len(text) > LONGEST else ""
    shown = (_CUT * cut + "".join(glyphs(text[:LONGEST])) + ends).rstrip()
    return (*gutter("|", width, number), Segment(f" {shown}" if shown else ""))


def _underline(text: str, mark: Mark, start: int, width: int) -> Line:
    """Signs under the characters of ``mark`` in ``text``, which begins at column ``start`` (from 0) of its line."""
    shown = glyphs(text)
    first = mark.place[1] - 1 - start
    last = min(first + mark.span.end - mark.span.start, len(text.rstrip()))
    indent = len(_CUT) * (start > 0) + cells("".join(shown[:first]))
    signs = mark.sign * max(1, cells("".join(shown[first:last])))
    says = f" {printable(mark.text)}" if mark.text else ""
    return *gutter("|", width), Segment(" " * (indent + 1)), Segment(signs + says, mark.style)
