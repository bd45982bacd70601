"""Findings as a SARIF log, the exchange format of static analysis: GitHub code scanning, Azure, editors."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from archspec._version import __version__
from archspec.report.fingerprint import Identity, identities
from archspec.report.places import below_root, utf16_position
from archspec.report.sarif_rules import LEVELS, descriptor
from archspec.text.findings_text import visible_findings
from archspec.text.printable import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.diagnostics import Diagnostic, Edit, Fix
    from archspec.source import Span
    from archspec.text.views import FindingsView

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"
_FINGERPRINT = "archspecIdentity/v1"
_FIRST = {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1}
"""The place of a finding about a whole file: GitHub takes no result without one."""


def sarif(diagnostics: Sequence[Diagnostic], view: FindingsView) -> str:
    """The format ``sarif``, version 2.1.0 (OASIS standard with errata 01; section numbers below are its own)."""
    found = visible_findings(diagnostics, view)
    names = sorted({each.rule for each in found})
    run = {
        "tool": {"driver": _driver(names)},
        "invocations": [{"executionSuccessful": not any(each.unusable for each in found)}],
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "columnKind": "utf16CodeUnits",
        "results": [
            _result(each, names.index(each.rule), identity)
            for each, identity in zip(found, identities(found), strict=True)
        ],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _driver(names: Sequence[str]) -> dict[str, Any]:
    return {
        "name": "archspec",
        "semanticVersion": __version__,
        "informationUri": "https://pypi.org/project/archspec-nn/",
        "rules": [descriptor(name) for name in names],
    }


def _result(diagnostic: Diagnostic, rule_index: int, identity: Identity) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": diagnostic.rule,
        "ruleIndex": rule_index,
        "level": LEVELS[diagnostic.severity],
        "message": {"text": _text(diagnostic)},
        "locations": [_location(diagnostic)],
        "partialFingerprints": {_FINGERPRINT: identity.fingerprint},
    }
    if diagnostic.labels:
        result["relatedLocations"] = [
            {"id": number, "physicalLocation": _physical(label.span), "message": _message(label.text)}
            for number, label in enumerate(diagnostic.labels, 1)
        ]
    if diagnostic.fix:
        result["fixes"] = [_fix(each) for each in diagnostic.fixes]
    return result


def _text(diagnostic: Diagnostic) -> str:
    notes = (f"note: {note}" for note in diagnostic.notes)
    return _safe("\n".join((diagnostic.message, *notes, *(f"help: {help_}" for help_ in diagnostic.help))))


def _message(text: str) -> dict[str, str]:
    return {"text": _safe(text)}


def _safe(text: str) -> str:
    """Text without control characters, half surrogate pairs and what 3.11.6 would read as a link: ``[a](1)``."""
    return "\n".join(map(printable, text.split("\n"))).replace("](", "] (")


def _location(diagnostic: Diagnostic) -> dict[str, Any]:
    span = diagnostic.span
    whole = {"artifactLocation": _artifact(diagnostic.file or os.curdir), "region": _FIRST}
    location: dict[str, Any] = {"physicalLocation": _physical(span) if span else whole}
    if diagnostic.label:
        location["message"] = _message(diagnostic.label)
    if diagnostic.layer:
        location["logicalLocations"] = [{"fullyQualifiedName": printable(diagnostic.layer), "kind": "element"}]
    return location


def _physical(span: Span) -> dict[str, Any]:
    return {"artifactLocation": _artifact(span.source.name), "region": _region(span)}


def _artifact(file: str) -> dict[str, str]:
    """A file below the root by its relative URI, which every machine resolves for itself; others by an absolute one."""
    path = below_root(file)
    if path is None:
        return {"uri": Path(os.path.abspath(file)).as_uri()}  # noqa: PTH100 - links stay as they are named
    return {"uri": quote(os.fsencode(path), safe="/"), "uriBaseId": _ROOT}


def _region(span: Span) -> dict[str, int]:
    (line, column), (end_line, end_column) = (utf16_position(span.source, at) for at in (span.start, span.end))
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}


def _fix(fix: Fix) -> dict[str, Any]:
    files = dict.fromkeys(edit.span.source.name for edit in fix.edits)
    return {
        "description": _message(fix.title),
        "artifactChanges": [
            {
                "artifactLocation": _artifact(file),
                "replacements": [_replacement(edit) for edit in fix.edits if edit.span.source.name == file],
            }
            for file in files
        ],
        "properties": {"safe": fix.safe},
    }


def _replacement(edit: Edit) -> dict[str, Any]:
    return {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.text}}
