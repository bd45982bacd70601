"""Descriptions of rules in a SARIF log, from the same docstrings as all other documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archspec.diagnostics import Severity
from archspec.rules._documentation import documentation
from archspec.rules._names import NAMES

if TYPE_CHECKING:
    from archspec.rules._documentation import Documentation, Example

LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
"""Severity -> level of SARIF (3.27.10)."""


def descriptor(name: str) -> dict[str, Any]:
    """The ``reportingDescriptor`` (3.49) of a rule or another finding, with its documentation if it has any."""
    described: dict[str, Any] = {"id": name, "name": name.title().replace("-", "")}
    if name in NAMES:
        documented = documentation(name)
        described |= {
            "shortDescription": {"text": _bare(documented.summary)},
            "fullDescription": {"text": _bare(documented.what)},
            "help": {"text": _plain(documented), "markdown": _markdown(documented)},
            "defaultConfiguration": {"level": LEVELS[documented.severity]},
            "properties": {"tags": [documented.group], "problem.severity": _problem(documented.severity)},
        }
    return described


def _problem(severity: Severity) -> str:
    """The name of a severity in GitHub code scanning."""
    return "recommendation" if severity is Severity.INFO else str(severity)


def _plain(documented: Documentation) -> str:
    examples = (f"{title}:\n{_body(example)}" for title, example in _examples(documented))
    prose = (documented.what, f"Why: {documented.why}", *examples, f"Source: {documented.source}")
    return "\n\n".join(map(_bare, prose))


def _bare(text: str) -> str:
    """Text for plain display: single backticks mark code."""
    return text.replace("``", "`")


def _markdown(documented: Documentation) -> str:
    examples = (f"**{title}:**\n\n{_fence(example)}" for title, example in _examples(documented))
    return "\n\n".join((documented.what, f"**Why:** {documented.why}", *examples, f"**Source:** {documented.source}"))


def _examples(documented: Documentation) -> tuple[tuple[str, Example], ...]:
    return ("Bad", documented.bad), ("Good", documented.good)


def _body(example: Example) -> str:
    return "\n".join(part for part in (example.remark, example.text.rstrip("\n")) if part)


def _fence(example: Example) -> str:
    fenced = f"```{'console' if example.is_command else 'yaml'}\n{example.text.rstrip()}\n```" if example.text else ""
    return "\n\n".join(part for part in (example.remark, fenced) if part)
