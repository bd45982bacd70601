"""One finding per line, as compilers print them: editors and terminals link the places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.text.findings_text import summary, visible_findings
from archspec.text.printable import printable
from archspec.text.styled import Line, Segment, plain, with_colours

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.diagnostics import Diagnostic
    from archspec.text.views import FindingsView


def concise(diagnostics: Sequence[Diagnostic], view: FindingsView) -> str:
    """The format ``concise``: ``path:line:column: severity[rule] message``, and a summary."""
    lines = [*map(_line, visible_findings(diagnostics, view)), *summary(diagnostics, view)]
    return with_colours(lines) if view.colour else plain(lines)


def _line(diagnostic: Diagnostic) -> Line:
    severity = str(diagnostic.severity)
    place = f"{printable(where(diagnostic))}: " if where(diagnostic) else ""
    rule = Segment(f"{severity}[{diagnostic.rule}]", severity)
    return Segment(place), rule, Segment(f" {printable(diagnostic.message)}")


def where(diagnostic: Diagnostic) -> str:
    """``file:line:column``, or only the file; the layer if the graph has no file."""
    if diagnostic.span is None:
        return diagnostic.file or (f"layer {diagnostic.layer}" if diagnostic.layer else "")
    line, column = diagnostic.span.source.position(diagnostic.span.start)
    return f"{diagnostic.file}:{line}:{column}"
