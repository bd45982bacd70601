"""The sections of the docstring of a rule or finding: one form for the terminal, the docs and the tests."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, NamedTuple

from archspec.rules import rule
from archspec.rules.stages import STAGE_FINDINGS, stage_finding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archspec.diagnostics import Severity
    from archspec.rules._base import Group, Rule
    from archspec.rules._settings import Threshold
    from archspec.rules.stages._base import StageFinding

SECTIONS = ("Why", "Source", "Bad", "Good")
"""Headings in a docstring, in this order, after what the finding says."""

_HEADING = re.compile(rf"^({'|'.join(SECTIONS)}):", re.MULTILINE)
_NAME = "name: example\n"
"""The first line of every example of a rule, which docstrings leave out."""


class Example(NamedTuple):
    """A whole spec, or a command line that begins with ``$``; no text where a remark has to do.

    ``encoding`` is how the file is written.
    """

    text: str
    remark: str = ""
    encoding: str = "utf-8"

    @property
    def is_command(self) -> bool:
        """Whether it is a command line and no file."""
        return self.text.startswith("$ ")


class Documentation(NamedTuple):
    """The documentation of one name. Paragraphs are a line each; the first one of ``what`` is the summary."""

    name: str
    group: Group
    severity: Severity
    default: bool
    thresholds: Mapping[str, Threshold]
    what: str
    why: str
    source: str
    bad: Example
    good: Example

    @property
    def summary(self) -> str:
        """What the finding says, in a line."""
        return self.what.partition("\n")[0]


def documentation(name: str) -> Documentation:
    """The documentation of a name; KeyError when no finding has it."""
    if name in STAGE_FINDINGS:
        found = stage_finding(name)
        return _parsed_docstring(found, "", found.encoding)
    return _parsed_docstring(rule(name)(), _NAME)


def _parsed_docstring(found: Rule | StageFinding, lead: str, encoding: str = "utf-8") -> Documentation:
    what, *rest = _HEADING.split(_dedent(type(found).__doc__ or ""))
    parts = dict(zip(rest[::2], rest[1::2], strict=True))
    missing = [section for section in SECTIONS if section not in parts]
    if missing:
        raise ValueError(f"the documentation of {found.name} lacks {', '.join(missing)}")
    return Documentation(
        name=found.name,
        group=found.group,
        severity=found.severity,
        default=found.default,
        thresholds=found.thresholds,
        what=_prose(what),
        why=_sentence(_prose(parts["Why"])),
        source=_prose(parts["Source"]),
        bad=_example(parts["Bad"], lead)._replace(encoding=encoding),
        good=_example(parts["Good"], lead),
    )


def _prose(section: str) -> str:
    """Paragraphs as a line each, code in single backticks as Markdown has it."""
    paragraphs = (" ".join(paragraph.split()) for paragraph in section.strip().split("\n\n"))
    return "\n".join(paragraphs).replace("``", "`")


def _sentence(text: str) -> str:
    """Text that follows its heading, with a capital letter."""
    return text[:1].upper() + text[1:]


def _dedent(docstring: str) -> str:
    first, _, rest = docstring.partition("\n")
    return f"{first.strip()}\n{textwrap.dedent(rest)}"


def _example(section: str, lead: str) -> Example:
    remark, _, block = section.partition("\n")
    text = textwrap.dedent(block).strip("\n")
    return Example(f"{lead}{text}\n" if text else "", _sentence(remark.strip()))
