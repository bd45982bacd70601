"""Colons that are missing, or too many, outside of brackets."""

from __future__ import annotations

import re

from archspec.diagnostics import Diagnostic, Edit, Fix
from archspec.syntax import missing_space as space
from archspec.syntax.fault import Fault, Line, finding
from archspec.syntax.parser_messages import Problem
from archspec.syntax.quoting import in_backticks, quoted_yaml

_JOINED = re.compile(r"[A-Za-z_]\w*:(?=[^\s:])")
_WORD = re.compile(r"[A-Za-z_][\w.-]*(?:\s|\Z)")
_DASH = re.compile(r"-[^-\s]")
_PAIR = re.compile(r"""(?P<key>"[^"]*"|'[^']*'|[^\s"'\[\]{}:#][^:#]*+)[ \t]*+:[ \t]++(?P<value>\S.*)""")
_HAS_COLON = re.compile(r":(?:\s|\Z)")


def missing_colon(fault: Fault) -> Diagnostic | None:
    """A line that should be a key and its value, but has no colon, or no space after it."""
    if fault.problem is Problem.NO_COLON and fault.since is not None:
        return _without_colon(fault, fault.line(fault.since), fault.since) or _no_key(fault, fault.since)
    above = fault.line(fault.at).before()
    if fault.problem is not Problem.COLON or above is None or _pair(fault):
        return None
    start = above.after_dashes
    has_colon = _HAS_COLON.search(fault.text, start, above.content.end)
    return None if has_colon else _without_colon(fault, above, start)


def _without_colon(fault: Fault, line: Line, start: int) -> Diagnostic | None:
    line_span = fault.span(start, max(line.content.end, start + 1))
    if match := _JOINED.match(line_span.text):
        colon = start + match.end() - 1
        return space.missing_space(fault.span(colon, colon + 1), line_span.text)
    if _DASH.match(line_span.text):
        return _without_space(fault, start, line_span.text)
    return space.missing_colon(line_span) if _WORD.match(line_span.text) else None


def _no_key(fault: Fault, start: int) -> Diagnostic:
    line_span = fault.span(start, max(fault.line(start).content.end, start + 1))
    return finding(line_span, f"{in_backticks(line_span.text)} is not a key with a value", "write `name: value`")


def _without_space(fault: Fault, dash: int, text: str) -> Diagnostic:
    return finding(
        fault.span(dash, dash + 1),
        f"a space is missing after the dash in {in_backticks(text)}",
        f"write {in_backticks('- ' + text[1:])}",
        label="without a space this is not a list item",
        fix=Fix("insert a space", (Edit(fault.span(dash + 1, dash + 1), " "),)),
    )


def colon_in_value(fault: Fault) -> Diagnostic | None:
    """``source: Deep learning: an overview``."""
    pair = _pair(fault) if fault.problem is Problem.COLON else None
    if pair is None:
        return None
    start = pair.start("value")
    value = fault.span(start, max(fault.line(fault.at).content.end, start + 1))
    form = quoted_yaml(value.text)
    return finding(
        fault.span(fault.at, fault.at + 1),
        "a value that contains a colon and a space needs quotes",
        f"write {in_backticks(pair['key'].rstrip() + ': ' + form)}",
        label="a second colon on the line",
        fix=None if value.text[0] in "\"'[{*&" else Fix("put the value in quotes", (Edit(value, form),)),
    )


def _pair(fault: Fault) -> re.Match[str] | None:
    """The key and the value that are before the fault on its line."""
    return _PAIR.match(fault.text, fault.line(fault.at).after_dashes, fault.at)


def missing_key(fault: Fault) -> Diagnostic | None:
    """A line that begins with a colon."""
    if not fault.has_ended or fault.character != ":":
        return None
    return finding(fault.span(fault.at, fault.at + 1), "a key is missing before this colon", "write `name: value`")


def odd_key(fault: Fault) -> Diagnostic | None:
    """A colon after what cannot be a key."""
    if fault.problem is not Problem.COLON:
        return None
    message = "what is before this colon is not a key: a key is on one line, and no longer than 1,024 characters"
    return finding(fault.span(fault.at, fault.at + 1), message, "write `name: value`")
