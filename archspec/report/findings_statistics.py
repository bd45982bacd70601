"""Findings counted by rule, to plan work on a project with many."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from archspec.text.findings_text import summary, visible_findings
from archspec.text.styled import Line, Segment, plain, with_colours
from archspec.text.summary import fixable_in_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archspec.diagnostics import Diagnostic
    from archspec.text.views import FindingsView


def statistics(diagnostics: Sequence[Diagnostic], view: FindingsView) -> str:
    """The format ``statistics``: number of findings by rule, most frequent first, and how many can be fixed."""
    lines = [*_rows(visible_findings(diagnostics, view)), *summary(diagnostics, view)]
    return with_colours(lines) if view.colour else plain(lines)


def _rows(diagnostics: Sequence[Diagnostic]) -> Iterator[Line]:
    frequent = Counter((each.rule, each.severity) for each in diagnostics).most_common()
    if not frequent:
        return
    ordered = sorted(frequent, key=lambda pair: (-pair[1], pair[0]))
    counts = max(len(f"{count:,}") for _, count in ordered)
    names = max(len(rule) for (rule, _), _ in ordered)
    for (rule, severity), count in ordered:
        fixable = fixable_in_words(each for each in diagnostics if (each.rule, each.severity) == (rule, severity))
        style = str(severity)
        padded = f"{rule:{names}}  " if fixable else rule
        yield (
            Segment(f"{count:{counts},}  "),
            Segment(f"{severity:7}", style),
            Segment(f"  {padded}"),
            Segment(fixable, "help"),
        )
    yield ()
