"""Reports and findings as text: a format is one file, and one line in a table here."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.analysis.fitting_sizes import FittingSizes
    from archspec.analysis.report import Report
    from archspec.diagnostics import Diagnostic
    from archspec.engine.profile import Profile
    from archspec.examples import Entry
    from archspec.volume import Volume

REPORT_FORMATS: dict[str, str] = {
    "rich": "report_rich:as_rich",
    "json": "report_json:as_json",
    "csv": "report_csv:as_csv",
    "markdown": "report_markdown:as_markdown",
    "latex": "report_latex:as_latex",
}
"""Format of ``archspec show`` -> "module:function" in this folder."""

FINDINGS_FORMATS: dict[str, str] = {
    "full": "findings_text:full",
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


class ReportView(NamedTuple):
    """What of a report to show, and where.

    ``columns`` are names of columns (none: the format's own choice), ``depth`` is how many parts of a layer's path
    keep their own row. ``width`` is the terminal's; None for a pipe, where nothing is shortened. Totals never depend
    on any of them.
    """

    columns: tuple[str, ...] = ()
    depth: int | None = None
    width: int | None = None
    colour: bool = False
    unicode: bool = True


class FindingsView(NamedTuple):
    """How to show findings: ``files`` is how many files were checked, ``show_info`` lists infos too.

    ``names`` are those files, for formats that tell of files without findings too.
    ``fixed`` is how many findings were there before they were fixed, ``remark`` what else is to be said at the end.
    ``quiet`` leaves the summary out, ``hints`` tells somebody at a terminal how to learn more.
    """

    files: int
    show_info: bool = False
    colour: bool = False
    names: tuple[str, ...] = ()
    fixed: int = 0
    quiet: bool = False
    remark: str = ""
    hints: bool = False


class SizesView(NamedTuple):
    """Whose sizes are shown, and where: why the present ones don't fit, and the terminal's width, None for a pipe."""

    name: str
    file: str
    inputs: dict[str, Volume | None]
    reasons: tuple[str | None, ...]
    width: int | None = None


def render_report(report: Report, name: str = "rich", view: ReportView | None = None) -> str:
    """A report in the format ``name``, its last line ended.

    Raises:
        ValueError: a column or a depth that there is none of; the text says which there are.

    """
    text: str = _load(REPORT_FORMATS[name])(report, view or ReportView())
    return text


def render_findings(diagnostics: Sequence[Diagnostic], name: str, view: FindingsView) -> str:
    """Findings in the format ``name``, in order of file and place, the last line ended."""
    text: str = _load(FINDINGS_FORMATS[name])(diagnostics, view)
    return text


def render_rules(entries: Sequence[Entry], name: str, view: ReportView) -> str:
    """What is documented of rules in the format ``name``, the last line ended."""
    text: str = _load(RULES_FORMATS[name])(entries, view)
    return text


def render_sizes(found: Sequence[FittingSizes], name: str, view: SizesView) -> str:
    """Sizes that fit in the format ``name``, the last line ended."""
    text: str = _load(SIZES_FORMATS[name])(found, view)
    return text


def render_profile(profile: Profile, name: str, view: ReportView) -> str:
    """A profile, measured or not, in the format ``name``, the last line ended."""
    text: str = _load(PROFILE_FORMATS[name])(profile, view)
    return text


def _load(target: str) -> Any:
    module, _, function = target.partition(":")
    return getattr(import_module(f"{__name__}.{module}"), function)
