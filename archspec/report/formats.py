"""Formats by name: each is one file in this folder and one line in a table here."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from archspec.text.views import ReportView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.analysis.fitting_sizes import FittingSizes
    from archspec.analysis.report import Report
    from archspec.diagnostics import Diagnostic
    from archspec.engine.profile import Profile
    from archspec.report.rule_examples import RulePage
    from archspec.text.views import FindingsView, SizesView

REPORT_FORMATS: dict[str, str] = {
    "rich": "report_rich:as_rich",
    "json": "report_json:as_json",
    "csv": "report_csv:as_csv",
    "markdown": "report_markdown:as_markdown",
    "latex": "report_latex:as_latex",
}
"""Format of ``archspec show`` -> "module:function" in this folder."""

FINDINGS_FORMATS: dict[str, str] = {
    "full": "findings_full:full",
    "concise": "findings_concise:concise",
    "json": "findings_json:as_json",
    "github": "findings_github:github",
    "gitlab": "findings_gitlab:gitlab",
    "sarif": "findings_sarif:sarif",
    "junit": "findings_junit:junit",
    "statistics": "findings_statistics:statistics",
}
"""Format of ``archspec check`` -> "module:function" in this folder."""

RULES_FORMATS: dict[str, str] = {
    "table": "rules_table:as_table",
    "json": "rules_json:as_json",
    "markdown": "rules_markdown:as_markdown",
}
"""Format of ``archspec rules`` -> "module:function" in this folder."""


SIZES_FORMATS: dict[str, str] = {
    "text": "sizes_text:as_text",
    "json": "sizes_json:as_json",
}
"""Format of ``archspec sizes`` -> "module:function" in this folder."""

PROFILE_FORMATS: dict[str, str] = {
    "text": "profile_text:as_text",
    "json": "profile_json:as_json",
}
"""Format of ``archspec run --profile`` and ``--plan`` -> "module:function" in this folder."""


def render_report(report: Report, name: str = "rich", view: ReportView | None = None) -> str:
    """A report in the format ``name``, with a final newline.

    Raises:
        ValueError: a column or a depth that there is none of; the text says which there are.

    """
    text: str = _load(REPORT_FORMATS[name])(report, view or ReportView())
    return text


def render_findings(diagnostics: Sequence[Diagnostic], name: str, view: FindingsView) -> str:
    """Findings in the format ``name``, in order of file and place, with a final newline."""
    text: str = _load(FINDINGS_FORMATS[name])(diagnostics, view)
    return text


def render_rules(pages: Sequence[RulePage], name: str, view: ReportView) -> str:
    """The documentation of rules in the format ``name``, with a final newline."""
    text: str = _load(RULES_FORMATS[name])(pages, view)
    return text


def render_sizes(found: Sequence[FittingSizes], name: str, view: SizesView) -> str:
    """Sizes that fit in the format ``name``, with a final newline."""
    text: str = _load(SIZES_FORMATS[name])(found, view)
    return text


def render_profile(profile: Profile, name: str = "text", view: ReportView | None = None) -> str:
    """A profile or a plan in the format ``name``, with a final newline."""
    text: str = _load(PROFILE_FORMATS[name])(profile, view or ReportView())
    return text


def _load(target: str) -> Any:
    module, _, function = target.partition(":")
    return getattr(import_module(f"archspec.report.{module}"), function)
