"""Findings as test results, which nearly every CI can show: one test per spec."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from archspec.report.places import path_shown
from archspec.text.findings_text import plain_text, visible_findings
from archspec.text.printable import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.diagnostics import Diagnostic
    from archspec.text.views import FindingsView

_NAME = "archspec"


def junit(diagnostics: Sequence[Diagnostic], view: FindingsView) -> str:
    """The format ``junit``: one test case a file, under a name that does not change with what is found.

    A file that cannot be read is an ``error``, one that fails the check a ``failure``. Findings that do not fail it are
    the output of a test that passes. Source: junit-10.xsd of the Jenkins xUnit plugin.
    """
    files: dict[str, list[Diagnostic]] = {name: [] for name in view.names}
    for each in visible_findings(diagnostics, view):
        files.setdefault(each.file, []).append(each)
    cases = [_case(name, found) for name, found in sorted(files.items())]
    counts = {
        "name": _NAME,
        "tests": str(len(cases)),
        "failures": str(sum(case.find("failure") is not None for case in cases)),
        "errors": str(sum(case.find("error") is not None for case in cases)),
    }
    root = ET.Element("testsuites", counts)
    suite = ET.SubElement(root, "testsuite", counts)
    suite.extend(cases)
    ET.indent(root)
    return f"<?xml version='1.0' encoding='utf-8'?>\n{ET.tostring(root, encoding='unicode')}\n"


def _case(file: str, found: Sequence[Diagnostic]) -> ET.Element:
    name = printable(path_shown(file)) if file else _NAME
    case = ET.Element("testcase", classname=_NAME, name=name)
    failing = [each for each in found if each.is_failing or each.unusable]
    if failing:
        kind = "error" if any(each.unusable for each in failing) else "failure"
        more = f" (and {len(failing) - 1:,} more)" if len(failing) > 1 else ""
        result = ET.SubElement(case, kind, type=failing[0].rule, message=printable(failing[0].message) + more)
        result.text = plain_text(found)
    elif found:
        ET.SubElement(case, "system-out").text = plain_text(found)
    return case
