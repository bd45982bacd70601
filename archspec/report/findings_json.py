"""Findings for programs: the contract of docs/json.md."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from archspec.report.contract_findings import DiagnosticOutput, EditOutput, FindingsOutput, FixOutput, SummaryOutput
from archspec.text.summary import counts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.diagnostics import Diagnostic, Edit, Fix
    from archspec.source import Span
    from archspec.text.views import FindingsView

VERSION: Final = 1


def as_json(diagnostics: Sequence[Diagnostic], view: FindingsView) -> str:
    """The format ``json``: all findings, infos too."""
    ordered = sorted(diagnostics, key=lambda each: each.sort_key)
    numbers: dict[str, Any] = {f"{severity}s": count for severity, count in counts(ordered).items()}
    output = FindingsOutput.model_construct(
        version=VERSION,
        summary=SummaryOutput.model_construct(files=view.files, **numbers),
        diagnostics=[_diagnostic(each) for each in ordered],
    )
    return json.dumps(output.model_dump(), indent=2) + "\n"


def _diagnostic(diagnostic: Diagnostic) -> DiagnosticOutput:
    return DiagnosticOutput.model_construct(
        rule=diagnostic.rule,
        severity=diagnostic.severity,
        message=diagnostic.message,
        notes=list(diagnostic.notes),
        help=list(diagnostic.help),
        file=diagnostic.file,
        layer=diagnostic.layer,
        fix=_fix(diagnostic.fix) if diagnostic.fix else None,
        fixes=[_fix(each) for each in diagnostic.fixes],
        **_place(diagnostic.span),
    )


def _place(span: Span | None) -> dict[str, Any]:
    if span is None:
        return dict.fromkeys(("line", "column", "end_line", "end_column"))
    line, column = span.source.position(span.start)
    end_line, end_column = span.source.position(span.end)
    return {"line": line, "column": column, "end_line": end_line, "end_column": end_column}


def _fix(fix: Fix) -> FixOutput:
    return FixOutput.model_construct(title=fix.title, safe=fix.safe, edits=[_edit(edit) for edit in fix.edits])


def _edit(edit: Edit) -> EditOutput:
    span = edit.span
    return EditOutput.model_construct(
        file=span.source.name,
        offset=span.start,
        end_offset=span.end,
        text=edit.text,
        **_place(span),
    )
