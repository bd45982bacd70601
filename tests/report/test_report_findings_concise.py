from __future__ import annotations

from archspec.diagnostics import Diagnostic, Severity
from archspec.report.formats import render_findings
from archspec.source import Source, Span
from archspec.text.views import FindingsView

SOURCE = Source("a b.yaml", "name: \U0001f600 x\nlayers:\n  - konv\n")


def concise(*diagnostics: Diagnostic, show_info: bool = False, colour: bool = False) -> str:
    return render_findings(diagnostics, "concise", FindingsView(files=1, show_info=show_info, colour=colour))


def test_one_line_a_finding_in_order_of_place() -> None:
    found = (
        Diagnostic(rule="unknown-operator", message="no\nsuch \x1b[1m", span=Span(SOURCE, 22, 26), notes=("n",)),
        Diagnostic(rule="unused", message="x", severity=Severity.WARNING, span=Span(SOURCE, 8, 9)),
        Diagnostic(rule="unreadable-file", message="gone", path="a\n.yaml"),
        Diagnostic(rule="odd", message="nowhere"),
        Diagnostic(rule="hint", message="i", severity=Severity.INFO, span=Span(SOURCE, 0, 4)),
    )
    told = [
        "error[odd] nowhere",
        "a\\n.yaml: error[unreadable-file] gone",
        "a b.yaml:1:9: warning[unused] x",
        "a b.yaml:3:5: error[unknown-operator] no\\nsuch \\x1b[1m",
    ]
    assert concise(*found).splitlines() == [*told, "3 errors, 1 warning in 1 file (1 info; --show-info lists it)"]
    everything = concise(*found, show_info=True).splitlines()
    assert everything == [*told[:2], "a b.yaml:1:1: info[hint] i", *told[2:], "3 errors, 1 warning, 1 info in 1 file"]


def test_no_findings() -> None:
    assert concise() == "1 file checked: no findings\n"


def test_colour_is_for_what_a_finding_is() -> None:
    found = Diagnostic(rule="r", message="m", path="a.yaml")
    assert concise(found, colour=True).splitlines()[0] == "a.yaml: \x1b[1;31merror[r]\x1b[0m m"
