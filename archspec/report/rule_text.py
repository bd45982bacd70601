"""The documentation of a rule as text: meaning, reason, and an example with its output."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

from archspec.text.printable import printable
from archspec.text.styled import Line, Segment, plain, with_colours
from archspec.text.wrapped import wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archspec.report.rule_examples import ExampleResult, RulePage
    from archspec.rules._documentation import Documentation, Example

_WIDEST = 100
"""Longer lines of prose are hard to read."""
_INDENT = "  "
_CODE = "    "
_CODE_WORDS = re.compile(r"`[^`]*`")
_JOINED = "\N{NO-BREAK SPACE}"
"""Stands for a space at which no line may end."""


def rule_text(page: RulePage, width: int | None, *, colour: bool) -> str:
    """The documentation of a rule or finding, for a terminal of ``width``."""
    lines = _lines(page, min(width or _WIDEST, _WIDEST), width)
    return with_colours(lines) if colour else plain(lines)


def level(documented: Documentation) -> str:
    """The severity of a rule, and whether it is off by default."""
    return f"{documented.severity}{'' if documented.default else ', off'}"


def _lines(page: RulePage, width: int, terminal: int | None) -> Iterator[Line]:
    documented = page.documented
    yield Segment(documented.name, "title"), Segment(f"  {documented.group}, {level(documented)}", "caption")
    yield ()
    yield from _prose(documented.what, width, "")
    yield from _section("Why", _prose(documented.why, width, _INDENT))
    yield from _section("Bad", (*_example(documented.bad, width), *_reported_lines(page.bad, terminal)))
    yield from _section("Good", _example(documented.good, width))
    if documented.thresholds:
        yield from _section("Settings", _settings(documented, width))
    yield from _section("Source", _prose(documented.source, width, _INDENT))


def _section(title: str, body: Iterable[Line]) -> Iterator[Line]:
    yield ()
    yield (Segment(title, "head"),)
    yield from body


def _prose(text: str, width: int, indent: str) -> Iterator[Line]:
    for paragraph in text.split("\n"):
        whole = _CODE_WORDS.sub(lambda match: match[0].replace(" ", _JOINED), paragraph)
        for line in textwrap.wrap(whole, width - len(indent), break_long_words=False, break_on_hyphens=False):
            yield (Segment(indent + line.replace(_JOINED, " ")),)


def _example(example: Example, width: int) -> Iterator[Line]:
    if example.remark:
        yield from _prose(example.remark, width, _INDENT)
    for line in example.text.splitlines():
        yield (Segment(_CODE + printable(line), "operator"),)


def _settings(documented: Documentation, width: int) -> Iterator[Line]:
    for name, threshold in documented.thresholds.items():
        yield from _prose(f"`{name}`, {threshold.value:,} by default: {threshold.meaning}", width, _INDENT)


def _reported_lines(bad: ExampleResult, terminal: int | None) -> Iterator[Line]:
    """What is reported for an example, wrapped to the width of the terminal."""
    if bad.lines:
        yield ()
    for line in wrapped(bad.lines, terminal and terminal - len(_CODE)):
        yield (Segment(_CODE), *line) if line else ()
