"""Findings counted by rule."""

from __future__ import annotations

from archspec.diagnostics import Diagnostic, Fix, Severity
from archspec.report.formats import render_findings
from archspec.text.views import FindingsView

SAFE, UNSAFE = Fix("write it", (), safe=True), Fix("change it", ())
FOUND = [
    *[Diagnostic("pool-padding", "a", path="a.yaml")] * 2,
    *[Diagnostic("unused-anchor", "b", Severity.WARNING, path="a.yaml", fix=SAFE)] * 10,
    *[Diagnostic("axis-count", "c", path="a.yaml", fix=fix) for fix in (SAFE, UNSAFE)],
    Diagnostic("accepted-fit", "d", Severity.INFO, path="a.yaml"),
]


def test_most_frequent_first() -> None:
    assert render_findings(FOUND, "statistics", FindingsView(3)) == (
        "10  warning  unused-anchor  10 fixable with --fix\n"
        " 2  error    axis-count     1 fixable with --fix, 1 more with --fix --unsafe-fixes\n"
        " 2  error    pool-padding\n"
        "\n"
        "4 errors, 10 warnings in 3 files (1 info; --show-info lists it)\n"
        "11 fixable with --fix, 1 more with --fix --unsafe-fixes\n"
    )


def test_infos_on_request() -> None:
    text = render_findings(FOUND, "statistics", FindingsView(3, show_info=True, quiet=True))
    assert text.endswith(" 1  info     accepted-fit\n\n")


def test_nothing_to_count() -> None:
    assert render_findings([], "statistics", FindingsView(3)) == "3 files checked: no findings\n"
    assert render_findings([], "statistics", FindingsView(3, quiet=True)) == ""


def test_quiet_prints_findings_alone() -> None:
    for name in ("full", "concise", "github"):
        told = render_findings(FOUND, name, FindingsView(3))
        quiet = render_findings(FOUND, name, FindingsView(3, quiet=True))
        assert told.startswith(quiet)
        assert "4 errors" in told
        assert "4 errors" not in quiet
        assert render_findings([], name, FindingsView(3, quiet=True)) == ""
