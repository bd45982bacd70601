"""Findings as annotations of a GitHub workflow: workflow commands, one per line of the log."""

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
    """The format ``github``: GitHub shows a finding at its line, and its whole text in the log.

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
    """The whole finding with its place, because the log does not show properties."""
    place = f"{where(diagnostic)}: " if where(diagnostic) else ""
    notes = (f"note: {note}" for note in diagnostic.notes)
    return "\n".join((place + diagnostic.message, *notes, *(f"help: {help_}" for help_ in diagnostic.help)))


def _escape(text: str, special: str) -> str:
    """``text`` with escapes for characters that end a command or a property, or move a terminal's cursor."""
    for character in (*special, "\r", "\n"):
        text = text.replace(character, f"%{ord(character):02X}")
    return printable(text)
