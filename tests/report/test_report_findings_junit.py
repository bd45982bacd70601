"""Test results, read back by a parser of JUnit's XML that is not ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archspec.diagnostics import Diagnostic, Severity
from archspec.report.formats import render_findings
from archspec.text.findings_text import plain_text
from archspec.text.views import FindingsView

if TYPE_CHECKING:
    from collections.abc import Sequence

    import junitparser
else:
    junitparser = pytest.importorskip("junitparser")


def suite(diagnostics: Sequence[Diagnostic], view: FindingsView) -> junitparser.TestSuite:
    text = render_findings(diagnostics, "junit", view)
    (found,) = junitparser.JUnitXml.fromstring(text.encode())
    return found


def test_a_spec_is_a_test() -> None:
    found = [
        Diagnostic(rule="one", message="m", path="b.yaml"),
        Diagnostic(rule="two", message="n", path="b.yaml"),
        Diagnostic(rule="three", message="o", path="c.yaml", severity=Severity.WARNING),
        Diagnostic(rule="unreadable-file", message="gone", path="d.yaml", unusable=True),
    ]
    seen = suite(found, FindingsView(files=4, names=("d.yaml", "./a.yaml", "b.yaml", "c.yaml")))
    assert (seen.name, seen.tests, seen.failures, seen.errors) == ("archspec", 4, 1, 1)
    first, second, third, fourth = seen
    assert [case.name for case in seen] == ["a.yaml", "b.yaml", "c.yaml", "d.yaml"]
    assert first.is_passed
    assert third.is_passed
    assert third.system_out == plain_text(found[2:3])
    (failure,) = second.result
    assert isinstance(failure, junitparser.Failure)
    assert (failure.type, failure.message, failure.text) == ("one", "m (and 1 more)", plain_text(found[:2]))
    (error,) = fourth.result
    assert isinstance(error, junitparser.Error)
    assert (error.type, error.message) == ("unreadable-file", "gone")


def test_nothing_breaks_out(nasty: list[Diagnostic]) -> None:
    """XML has no way to write a control character, so they are told by their escapes."""
    nowhere, third, whole = suite(nasty, FindingsView(files=1, show_info=True))
    assert (nowhere.name, nowhere.is_passed, whole.name) == ("archspec", True, "\\udcff ]]>&<.yaml")
    assert third.name == "a b/\u00fc%20:x,y.yaml"
    (failure,) = third.result
    words = (
        "100% of ::error file=x,line=1::y, [a](1) ]]> <b>&amp;\\r\\n"
        "::stop-commands::z\\x1b[31m\\x00\\udcff \\u202e\u540d\U0001f600"
    )
    assert failure.message == f"{words} (and 1 more)"
    assert failure.text == plain_text(nasty[1:4])


def test_what_fails_is_configured() -> None:
    found = [Diagnostic(rule="r", message="m", path="a", severity=Severity.WARNING, fails=True)]
    assert suite(found, FindingsView(files=1)).failures == 1
    assert suite([found[0]._replace(severity=Severity.ERROR, fails=False)], FindingsView(files=1)).failures == 0


def test_infos_on_request() -> None:
    found = [Diagnostic(rule="r", message="m", path="a", severity=Severity.INFO)]
    view = FindingsView(files=1, names=("a",))
    (case,) = suite(found, view)
    assert case.system_out is None
    (case,) = suite(found, view._replace(show_info=True))
    assert case.system_out == plain_text(found)


def test_no_files() -> None:
    assert suite([], FindingsView(files=0)).tests == 0
