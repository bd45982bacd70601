"""Anchors and tags: what may be before a value, ``&name`` and ``!tag``."""

from __future__ import annotations

import re
from typing import NamedTuple

from archspec.diagnostics import Diagnostic, Edit, Fix
from archspec.source import Source, Span
from archspec.syntax.quoting import in_backticks, quoted_yaml

_PROPERTY = re.compile(
    r"""(?P<anchor>&[\w-]+)
    |(?P<tag>!(?:<[^>\s]*>|[^\s,\[\]{}]*))
    |\s+
    |\#[^\r\n]*
    """,
    re.VERBOSE,
)
_BLANKS = re.compile(r"[ \t]*")


class Properties(NamedTuple):
    """What is before a value, and the offset at which the value itself begins."""

    start: int
    anchor: Span | None = None
    tag: Span | None = None


def properties(source: Source, start: int, end: int) -> Properties:
    """The anchor and the tag that are written from ``start`` on."""
    found: dict[str, Span] = {}
    while start < end and (match := _PROPERTY.match(source.text, start, end)):
        if match.lastgroup:
            found[match.lastgroup] = Span(source, *match.span())
        start = match.end()
    return Properties(start, found.get("anchor"), found.get("tag"))


def without(span: Span) -> Edit:
    """Take a property away, with the blanks after it, or those before it at the end of a line."""
    text = span.source.text
    start, end = span.start, _blanks_end(text, span.end)
    if text[end : end + 1] in ("", "\r", "\n"):
        before = text[:start] if start < 100 else text[start - 100 : start]
        start -= len(before) - len(before.rstrip(" \t"))
    return Edit(Span(span.source, start, end), "")


def tag_finding(tag: Span, scalar: Span | None = None) -> Diagnostic:
    """Tags are refused: a value is what it looks like. ``scalar`` is the place of the value when it is a scalar."""
    text = scalar.text if scalar and tag.text == "!!str" else ""
    fix = Fix("delete the tag", (without(tag),))
    help_ = "delete the tag"
    if scalar and text and text[0] not in "\"'|>" and "\n" not in text:
        fix = Fix("quote the text", (without(tag), Edit(scalar, quoted_yaml(text))), safe=True)
        help_ = f"write {in_backticks(quoted_yaml(text))}"
    return Diagnostic(
        rule="yaml-tag",
        message=f"the tag {in_backticks(tag.text)} is not supported: the form of a value determines its type",
        span=tag,
        label="this tag is ignored",
        help=(help_,),
        fix=fix,
    )


def _blanks_end(text: str, start: int) -> int:
    match = _BLANKS.match(text, start)
    return match.end() if match else start
