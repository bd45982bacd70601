"""Counts of findings, as numbers and in words."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from archspec.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archspec.diagnostics import Diagnostic


def counts(diagnostics: Iterable[Diagnostic]) -> dict[Severity, int]:
    """Counts by severity, the highest first."""
    found = Counter(diagnostic.severity for diagnostic in diagnostics)
    return {severity: found[severity] for severity in Severity}


def in_words(found: dict[Severity, int], files: int, *, show_info: bool) -> str:
    """The last line of ``archspec check``: ``2 errors, 1 warning in 3 files (1 info; --show-info lists it)``."""
    infos = found[Severity.INFO]
    lists = f"{number_of(infos, 'info')}; --show-info lists {'it' if infos == 1 else 'them'}"
    hidden = f" ({lists})" if infos and not show_info else ""
    shown = {
        severity: count for severity, count in found.items() if count and not (hidden and severity is Severity.INFO)
    }
    where = number_of(files, "file")
    if shown:
        place = f" in {where}" if files else ""  # there is none if what was named cannot be read
        return ", ".join(number_of(count, severity) for severity, count in shown.items()) + f"{place}{hidden}"
    return f"{where} checked: no {'errors or warnings' if hidden else 'findings'}{hidden}"


def fixable_in_words(diagnostics: Iterable[Diagnostic]) -> str:
    """``2 fixable with --fix, 3 more with --fix --unsafe-fixes``; empty when nothing is."""
    found = Counter(each.fix.safe for each in diagnostics if each.fix)
    safe = f"{found[True]:,} fixable with --fix" if found[True] else ""
    how = f"{found[False]:,} {'more' if safe else 'fixable'} with --fix --unsafe-fixes" if found[False] else ""
    return ", ".join(part for part in (safe, how) if part)


def number_of(count: int, what: str) -> str:
    """``1 file``, ``2 files``."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"
