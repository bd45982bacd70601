"""Findings for people: message, excerpt, and how to fix it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.diagnostics import Severity
from archspec.text.styled import Line, Segment, plain
from archspec.text.summary import counts, fixable_in_words, in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from archspec.diagnostics import Diagnostic
    from archspec.text.views import FindingsView


def visible_findings(diagnostics: Iterable[Diagnostic], view: FindingsView) -> list[Diagnostic]:
    """The findings to show, in order: infos only when asked for."""
    shown = [each for each in diagnostics if view.show_info or each.severity is not Severity.INFO]
    return sorted(shown, key=lambda each: each.sort_key)


def plain_text(diagnostics: Iterable[Diagnostic]) -> str:
    """All findings as plain text, a blank line between two."""
    return plain(finding_blocks(diagnostics)).rstrip("\n")


def finding_blocks(diagnostics: Iterable[Diagnostic]) -> Iterator[Line]:
    """The lines of findings in order, an empty one after each."""
    ordered = sorted(diagnostics, key=lambda each: each.sort_key)
    if not ordered:
        return
    from archspec.text.finding_lines import finding_lines  # noqa: PLC0415 - most specs are right, and need none of it

    for diagnostic in ordered:
        yield from finding_lines(diagnostic)
        yield ()


def summary(diagnostics: Sequence[Diagnostic], view: FindingsView) -> Iterator[Line]:
    """The line that counts findings and files, and one that counts fixes if there are any."""
    if view.quiet:
        return
    found = counts(diagnostics)
    worst = next((severity for severity, count in found.items() if count), "help")
    style = "help" if worst is Severity.INFO else str(worst)
    fixed = f"{view.fixed:,} fixed; " if view.fixed else ""
    yield (Segment(fixed + in_words(found, view.files, show_info=view.show_info), style),)
    shown = visible_findings(diagnostics, view)
    if fixable := fixable_in_words(shown):
        yield (Segment(fixable, "help"),)
    if view.remark:
        yield (Segment(view.remark, "legend"),)
    if shown and view.hints:
        yield (Segment(f"archspec rule {shown[0].rule} explains the first", "legend"),)
