"""Findings about comments that suppress findings."""

from __future__ import annotations

from typing import ClassVar

from archspec.diagnostics import Severity
from archspec.rules.stages._base import StageFinding


class SuppressionForm(StageFinding):
    """A comment begins with ``archspec:`` but does not name a rule in brackets.

    Why: it suppresses nothing. There is no form that suppresses every rule, for it would also hide what goes wrong
    later on.

    Source: docs/silencing.md, "At a line, above a layer, for a file".

    Bad:
        name: example
        input: 11x11x3
        layers:
          - conv: {filters: 8, kernel: 3, stride: 2}  # archspec: ignore

    Good:
        name: example
        input: 11x11x3
        layers:
          - conv: {filters: 8, kernel: 3, stride: 2}
    """

    name: ClassVar[str] = "suppression-form"


class UnusedSuppression(StageFinding):
    """A comment suppresses a rule that reports nothing at its place.

    Why: it was written for a finding that is gone, and would hide the next one. It is only reported when all layers of
    all variants are known, and no option selects one of them.

    Source: docs/silencing.md, "At a line, above a layer, for a file".

    Bad:
        name: example
        input: 11x11x3
        layers:
          - conv: {filters: 8, kernel: 3, stride: 2}  # archspec: ignore[fractional-output]

    Good:
        name: example
        input: 10x10x3
        layers:
          - conv: {filters: 8, kernel: 3, stride: 2}  # archspec: ignore[fractional-output]
    """

    name: ClassVar[str] = "unused-suppression"
    severity: ClassVar[Severity] = Severity.WARNING
