"""Findings: what is wrong, where, and how to fix it."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.source import Span


class Severity(StrEnum):
    """The severity of a finding; errors fail ``archspec check``."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


_WEIGHTS = {severity: number for number, severity in enumerate(Severity)}


class Label(NamedTuple):
    """A second place that a finding points at, with a text."""

    span: Span
    text: str


class Edit(NamedTuple):
    """Replace the characters of ``span`` by ``text``."""

    span: Span
    text: str


class Fix(NamedTuple):
    """Edits that remove a finding; a safe fix never changes what the spec means.

    ``otherwise`` is what to try when these edits turn out not to hold.
    """

    title: str
    edits: tuple[Edit, ...]
    safe: bool = False
    otherwise: Fix | None = None


class Diagnostic(NamedTuple):
    """One finding.

    ``span`` is the place to act on, with ``label`` saying what stands there; ``labels`` are further
    places. ``file`` is given by a finding that has no span (a file that cannot be read). ``notes``
    explain, ``help`` says what to type. ``unusable`` marks a file that could not be read at all,
    which ends ``archspec check`` with status 2 and not 1. ``fails`` says whether a finding gives status 1; None: an
    error does. ``results`` are findings that follow from this one: they are reported only where it is not.
    """

    rule: str
    message: str
    severity: Severity = Severity.ERROR
    span: Span | None = None
    label: str = ""
    labels: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    help: tuple[str, ...] = ()
    layer: str | None = None
    fix: Fix | None = None
    path: str | None = None
    unusable: bool = False
    fails: bool | None = None
    results: tuple[Diagnostic, ...] = ()

    @property
    def file(self) -> str:
        """Name of the file the finding is in."""
        return self.span.source.name if self.span else self.path or ""

    @property
    def fixes(self) -> Iterator[Fix]:
        """Its fix and the alternatives, the best first."""
        fix = self.fix
        while fix is not None:
            yield fix
            fix = fix.otherwise

    @property
    def is_failing(self) -> bool:
        """Whether ``archspec check`` fails for it."""
        return self.severity is Severity.ERROR if self.fails is None else self.fails

    @property
    def weight(self) -> int:
        """The place of its severity, the gravest first."""
        return _WEIGHTS[self.severity]

    @property
    def sort_key(self) -> tuple[str, int, str, str]:
        """Order of output: file, offset, rule, message."""
        return self.file, self.span.start if self.span else -1, self.rule, self.message


Sink = Callable[[Diagnostic], None]
"""Where a stage puts what it finds: usually ``list.append``."""


def worst(diagnostics: list[Diagnostic]) -> Severity | None:
    """The highest severity among findings; None if there are none."""
    found = {diagnostic.severity for diagnostic in diagnostics}
    return next((severity for severity in Severity if severity in found), None)
