"""Findings for people: what is wrong, the line it stands in, and what to type instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.diagnostics import Severity
from archspec.report.excerpt import Mark, excerpt, gutter, gutter_width, location
from archspec.report.printable import printable
from archspec.report.styled import Line, Segment, painted, plain
from archspec.report.summary import counts, in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from archspec.diagnostics import Diagnostic
    from archspec.report import FindingsView


def full(diagnostics: Sequence[Diagnostic], view: FindingsView) -> str:
    """The format ``full``: every finding with its excerpt, and a summary; infos only when asked for."""
    listed = [each for each in diagnostics if view.show_info or each.severity is not Severity.INFO]
    lines = [*_blocks(listed), *_summary(diagnostics, view)]
    return painted(lines) if view.colour else plain(lines)


def plain_text(diagnostics: Iterable[Diagnostic]) -> str:
    """All findings as plain text, a blank line between two."""
    return plain(_blocks(diagnostics)).rstrip("\n")


def _blocks(diagnostics: Iterable[Diagnostic]) -> Iterator[Line]:
    for diagnostic in sorted(diagnostics, key=lambda each: each.sort_key):
        yield from block(diagnostic)
        yield ()


def _summary(diagnostics: Sequence[Diagnostic], view: FindingsView) -> Iterator[Line]:
    found = counts(diagnostics)
    worst = next((severity for severity, count in found.items() if count), "help")
    style = "help" if worst is Severity.INFO else str(worst)
    yield (Segment(in_words(found, view.files, show_info=view.show_info), style),)


def block(diagnostic: Diagnostic) -> Iterator[Line]:
    """The lines of one finding."""
    severity = str(diagnostic.severity)
    yield Segment(f"{severity}[{diagnostic.rule}]", severity), Segment(f": {printable(diagnostic.message)}", "message")
    marks = list(_marks(diagnostic))
    width = gutter_width(marks)
    if marks:
        yield from excerpt(marks, width)
    elif diagnostic.file:
        yield location(diagnostic.file, width)
    if diagnostic.notes or diagnostic.help:
        yield gutter("|", width)
    for note in diagnostic.notes:
        yield from _remark("note", note, width)
    for help_ in diagnostic.help:
        yield from _remark("help", help_, width)


def _marks(diagnostic: Diagnostic) -> Iterator[Mark]:
    if diagnostic.span:
        yield Mark(diagnostic.span, diagnostic.label, "^", str(diagnostic.severity))
    for label in diagnostic.labels:
        yield Mark(label.span, label.text, "-", "second")


def _remark(kind: str, text: str, width: int) -> Iterator[Line]:
    """``= help: ...``, further lines of it indented under the first."""
    first, *rest = map(printable, text.split("\n"))
    yield *gutter("=", width), Segment(" "), Segment(f"{kind}:", kind), Segment(f" {first}")
    for line in rest:
        yield (Segment(f"{' ' * (width + len(kind) + 6)}{line}".rstrip()),)
