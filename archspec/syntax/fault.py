"""A place where the YAML parser gave up, with the text around it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from archspec.diagnostics import Diagnostic, Fix, Label
from archspec.source import Source, Span
from archspec.syntax.parser_messages import Context, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

_LINE_END = re.compile(r"\r?\n|\Z")
_COMMENT = re.compile(r"(?:^|[ \t])#.*")
_INDENTATION = re.compile(r"[ \t]*")
_DASHES = re.compile(r"(?:-[ \t]+)*")
_FAR = 1000  # lines above a fault that are searched for its cause


@dataclass(slots=True, eq=False)
class Fault:
    """Where the parser stopped, and why.

    ``at`` is the offset it cannot pass, ``since`` that of what it was reading, and ``bracket`` that of
    the innermost bracket that is open. ``message`` is the parser's own.
    """

    source: Source
    at: int
    since: int | None
    problem: Problem
    context: Context
    message: str = ""
    bracket: int | None = None

    @property
    def text(self) -> str:
        """The whole file."""
        return self.source.text

    @property
    def character(self) -> str:
        """The character that stops the parser; empty at the end of the file."""
        return self.text[self.at : self.at + 1]

    @property
    def has_ended(self) -> bool:
        """Whether the parser wanted a list, a mapping or the file to end here, or to go on with an item of its own."""
        return self.problem is Problem.NOT_ENDED

    def span(self, start: int, end: int) -> Span:
        """A place in the file, never beyond its end."""
        return Span(self.source, min(start, len(self.text)), min(end, len(self.text)))

    def line(self, offset: int) -> Line:
        """The line that an offset is on."""
        start = self.text.rfind("\n", 0, offset) + 1
        match = _LINE_END.search(self.text, max(offset, start))
        return Line(self.source, start, match.start() if match else len(self.text))


class Line(NamedTuple):
    """Offsets of one line: its first character, and the one after its last."""

    source: Source
    start: int
    end: int

    @property
    def text(self) -> str:
        """The line as it is written."""
        return self.source.text[self.start : self.end]

    @property
    def number(self) -> int:
        """Which line of the file it is, from 1."""
        return self.source.position(self.start)[0]

    @property
    def content(self) -> Span:
        """The line without indentation, comment and blanks at its end."""
        bare = _COMMENT.sub("", self.text).rstrip()
        return Span(self.source, min(self.start + self.indentation, self.start + len(bare)), self.start + len(bare))

    @property
    def indentation(self) -> int:
        """How many blanks and tabs the line begins with."""
        match = _INDENTATION.match(self.text)
        return match.end() if match else 0

    @property
    def after_dashes(self) -> int:
        """Offset at which the line's content begins, after the dashes of list items."""
        match = _DASHES.match(self.source.text, self.start + self.indentation, self.end)
        return match.end() if match else self.start

    def before(self) -> Line | None:
        """The nearest line above that is neither blank nor a comment."""
        text, end = self.source.text, self.start
        for _ in range(_FAR):
            if end == 0:
                break
            start = text.rfind("\n", 0, end - 1) + 1
            line = Line(self.source, start, start + len(text[start : end - 1].rstrip("\r")))
            if line.content.text:
                return line
            end = start
        return None


def finding(
    span: Span, message: str, *help_: str, label: str = "", labels: tuple[Label, ...] = (), fix: Fix | None = None
) -> Diagnostic:
    """A ``yaml-syntax`` finding."""
    return Diagnostic(rule="yaml-syntax", message=message, span=span, label=label, labels=labels, help=help_, fix=fix)


if TYPE_CHECKING:
    Explainer = Callable[[Fault], Diagnostic | None]
