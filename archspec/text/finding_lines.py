"""One finding as lines: message, excerpt, notes, help and fix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.text.excerpt import Mark, excerpt, gutter, gutter_width, location
from archspec.text.printable import printable
from archspec.text.styled import Line, Segment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic


def finding_lines(diagnostic: Diagnostic) -> Iterator[Line]:
    """The lines of one finding."""
    severity = str(diagnostic.severity)
    yield Segment(f"{severity}[{diagnostic.rule}]", severity), Segment(f": {printable(diagnostic.message)}", "message")
    marks = list(_marks(diagnostic))
    width = gutter_width(marks)
    if marks:
        yield from excerpt(marks, width)
    elif diagnostic.file:
        yield location(diagnostic.file, width)
    elif diagnostic.layer:
        yield location(f"layer {diagnostic.layer}", width)
    if diagnostic.notes or diagnostic.help or diagnostic.fix:
        yield gutter("|", width)
    for note in diagnostic.notes:
        yield from _remark("note", note, width)
    for help_ in diagnostic.help:
        if diagnostic.fix is None or not diagnostic.fix.title.startswith(help_):
            yield from _remark("help", help_, width)
    if diagnostic.fix:
        option = "--fix" if diagnostic.fix.safe else "--fix --unsafe-fixes"
        yield from _remark("fix", f"{diagnostic.fix.title} ({option})", width)


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
