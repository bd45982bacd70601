"""Findings as annotations of a GitHub workflow: commands in its log, a line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.diagnostics import Severity
from archspec.report.findings_concise import where
from archspec.report.places import path_shown
from archspec.text.findings_text import summary, visible_findings
from archspec.text.printable import printable
from archspec.text.styled import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archspec.diagnostics import Diagnostic
    from archspec.text.views import FindingsView

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def github(diagnostics: Sequence[Diagnostic], view: FindingsView) -> str:
    """The format ``github``: the runner shows a finding beside its line, and all of its text in the log.

    Source: docs.github.com, "Workflow commands for GitHub Actions"; escapes as in actions/toolkit, command.ts.
    """
    return "".join(map(_command, visible_findings(diagnostics, view))) + plain(summary(diagnostics, view))


def _command(diagnostic: Diagnostic) -> str:
    properties = ",".join(f"{name}={_escape(value, '%:,')}" for name, value in _properties(diagnostic))
    return f"::{_COMMANDS[diagnostic.severity]} {properties}::{_escape(_text(diagnostic), '%')}\n"


def _properties(diagnostic: Diagnostic) -> Iterator[tuple[str, str]]:
    yield "title", f"archspec ({diagnostic.rule})"
    if diagnostic.file:
        yield "file", path_shown(diagnostic.file)
    if diagnostic.span:
        span = diagnostic.span
        (line, column), (end_line, end_column) = map(span.source.position, (span.start, span.end))
        yield from (("line", str(line)), ("endLine", str(end_line)))
        if line == end_line:  # columns of different lines are refused
            yield from (("col", str(column)), ("endColumn", str(end_column)))


def _text(diagnostic: Diagnostic) -> str:
    """The whole finding; the log shows no properties, so the place stands here too."""
    place = f"{where(diagnostic)}: " if where(diagnostic) else ""
    notes = (f"note: {note}" for note in diagnostic.notes)
    return "\n".join((place + diagnostic.message, *notes, *(f"help: {help_}" for help_ in diagnostic.help)))


def _escape(text: str, special: str) -> str:
    """``text`` without what would end a command or a property, and without what would move a terminal's cursor."""
    for character in (*special, "\r", "\n"):
        text = text.replace(character, f"%{ord(character):02X}")
    return printable(text)
