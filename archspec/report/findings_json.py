"""Findings for programs: the contract of docs/json.md."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from archspec.text.summary import counts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.diagnostics import Diagnostic, Edit, Fix
    from archspec.source import Span
    from archspec.text.views import FindingsView

VERSION = 1


def as_json(diagnostics: Sequence[Diagnostic], view: FindingsView) -> str:
    """The format ``json``: all findings, infos too."""
    ordered = sorted(diagnostics, key=lambda each: each.sort_key)
    numbers = {f"{severity}s": count for severity, count in counts(ordered).items()}
    data = {
        "version": VERSION,
        "summary": {"files": view.files, **numbers},
        "diagnostics": [_diagnostic(each) for each in ordered],
    }
    return json.dumps(data, indent=2) + "\n"


def _diagnostic(diagnostic: Diagnostic) -> dict[str, Any]:
    return {
        "rule": diagnostic.rule,
        "severity": str(diagnostic.severity),
        "message": diagnostic.message,
        "notes": list(diagnostic.notes),
        "help": list(diagnostic.help),
        "file": diagnostic.file,
        **_place(diagnostic.span),
        "layer": diagnostic.layer,
        "fix": _fix(diagnostic.fix) if diagnostic.fix else None,
    }


def _place(span: Span | None) -> dict[str, int | None]:
    if span is None:
        return dict.fromkeys(("line", "column", "end_line", "end_column"))
    line, column = span.source.position(span.start)
    end_line, end_column = span.source.position(span.end)
    return {"line": line, "column": column, "end_line": end_line, "end_column": end_column}


def _fix(fix: Fix) -> dict[str, Any]:
    return {"title": fix.title, "safe": fix.safe, "edits": [_edit(edit) for edit in fix.edits]}


def _edit(edit: Edit) -> dict[str, Any]:
    span = edit.span
    return {
        "file": span.source.name,
        **_place(span),
        "offset": span.start,
        "end_offset": span.end,
        "text": edit.text,
    }
