"""Findings as a Code Quality report, which GitLab shows in a merge request."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from archspec.diagnostics import Severity
from archspec.report.fingerprint import Identity, identities
from archspec.text.findings_text import visible_findings
from archspec.text.printable import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.diagnostics import Diagnostic
    from archspec.text.views import FindingsView

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def gitlab(diagnostics: Sequence[Diagnostic], view: FindingsView) -> str:
    """The format ``gitlab``. A fingerprint stays the same while lines above a finding come and go.

    Source: docs.gitlab.com, "Code Quality", section "Code Quality report format".
    """
    found = visible_findings(diagnostics, view)
    data = [_issue(each, identity) for each, identity in zip(found, identities(found), strict=True)]
    return json.dumps(data, indent=2) + "\n"


def _issue(diagnostic: Diagnostic, identity: Identity) -> dict[str, Any]:
    return {
        "description": printable(diagnostic.message),
        "check_name": diagnostic.rule,
        "fingerprint": identity.fingerprint,
        "severity": _SEVERITIES[diagnostic.severity],
        "location": {"path": identity.path, "positions": _positions(diagnostic)},
    }


def _positions(diagnostic: Diagnostic) -> dict[str, dict[str, int]]:
    """Where it begins and ends; a finding about a whole file gets line 1, because GitLab requires a line."""
    if diagnostic.span is None:
        return {"begin": {"line": 1, "column": 1}}
    position = diagnostic.span.source.position
    places = {"begin": position(diagnostic.span.start), "end": position(diagnostic.span.end)}
    return {name: {"line": line, "column": column} for name, (line, column) in places.items()}
