"""Faults within a line: tabs, quotes, escapes, and characters that begin no value."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from archspec.diagnostics import Diagnostic, Edit, Fix, Label
from archspec.syntax.characters import UNSEEN, name
from archspec.syntax.fault import Fault, finding
from archspec.syntax.parser_messages import Context, Problem
from archspec.syntax.quoting import in_backticks, quoted_yaml

if TYPE_CHECKING:
    from archspec.source import Span

_TABBED = re.compile(r"^ *\t[ \t]*", re.MULTILINE)
_MOST_EDITS = 1000
_ITEM = re.compile(r"[^,\[\]{}]*")
_DIGITS = {"x": 2, "u": 4, "U": 8}


def tab(fault: Fault) -> Diagnostic | None:
    """A tab in the indentation."""
    line = fault.line(fault.at)
    indentation = line.text[: line.indentation]
    if "\t" not in indentation:
        return None
    lines = list(islice(_TABBED.finditer(fault.text), _MOST_EDITS + 1))
    edits = tuple(Edit(fault.span(*match.span()), match[0].replace("\t", "  ")) for match in lines)
    return finding(
        fault.span(line.start + indentation.index("\t"), line.start + len(indentation)),
        "a tab cannot indent a line in YAML",
        "indent with spaces, two for each level",
        label="a tab is here",
        fix=Fix("replace each tab by two spaces", edits) if len(edits) <= _MOST_EDITS else None,
    )


def unseen_space(fault: Fault) -> Diagnostic | None:
    """A no-break space where a space should be, as web pages have it."""
    if fault.problem not in (Problem.NO_COLON, Problem.LONE_COLON, Problem.COLON):
        return None
    line = fault.line(fault.at if fault.since is None else fault.since)
    above = line.before()
    places = range(above.start if above else line.start, line.end)
    at = next((at for at in places if fault.text[at] in UNSEEN), None)
    if at is None:
        return None
    place = fault.span(at, at + 1)
    return Diagnostic(
        rule="control-character",
        message=f"the invisible character {name(place.text)} does not count as a space in YAML",
        span=place,
        label="here",
        help=("write a space instead",),
        fix=Fix("write a space instead", (Edit(place, " "),)),
    )


def open_quote(fault: Fault) -> Diagnostic | None:
    """A quote that is never closed."""
    opening = _opening_quote(fault)
    if opening is None or fault.problem is not Problem.UNFINISHED:
        return None
    quote = fault.text[opening]
    text_span = fault.span(opening, max(fault.line(opening).content.end, opening + 1))
    closed = fault.span(text_span.end, text_span.end)
    return finding(
        text_span,
        f"the quote `{quote}` is opened here and never closed",
        f"write {in_backticks(text_span.text + quote)}",
        label="opened here",
        labels=(Label(fault.span(fault.at, fault.at), "still open here"),),
        fix=Fix("close the quote", (Edit(closed, quote),)),
    )


def escape(fault: Fault) -> Diagnostic | None:
    r"""An unknown escape such as ``\d``, or one that makes no character."""
    opening = _opening_quote(fault)
    if opening is None or fault.text[opening] != '"':
        return None
    slash = fault.text.rfind("\\", opening, fault.at + 1)
    kind = fault.text[slash + 1 : slash + 2]
    place = fault.span(slash, min(slash + 2 + _DIGITS.get(kind, 0), fault.line(slash).end))
    return finding(
        place,
        f"{in_backticks(place.text)} is not an escape sequence of YAML",
        "write `\\\\` for a backslash",
        "or use single quotes, in which a backslash has no special meaning",
        label="in double quotes, a backslash begins an escape",
        fix=Fix("double the backslash", (Edit(fault.span(slash, slash + 1), "\\\\"),)),
    )


def _opening_quote(fault: Fault) -> int | None:
    return fault.since if fault.context is Context.QUOTED else None


def forbidden_start(fault: Fault) -> Diagnostic | None:
    """A value that begins with a character that YAML keeps for itself."""
    if fault.problem is Problem.FORBIDDEN:
        start = fault.at
        character = "a backquote" if fault.character == "`" else f"`{fault.character}`"
        message = f"a value without quotes cannot begin with {character}"
    elif fault.since is not None and fault.context is Context.NAME:
        start = fault.since  # the fault is the missing name after it
        kind = "anchor" if fault.text[start] == "&" else "alias"
        message = f"`{fault.text[start]}` begins an {kind}, so a name must follow"
    else:
        return None
    value = _value(fault, start)
    form = quoted_yaml(value.text)
    return finding(
        value, message, f"write {in_backticks(form)}", fix=Fix("put it in quotes", (Edit(value, form),), safe=True)
    )


def block_header(fault: Fault) -> Diagnostic | None:
    """Text after the ``|`` or ``>`` that begins a block of text."""
    if fault.context is not Context.BLOCK_TEXT or fault.since is None:
        return None
    return finding(
        fault.span(fault.since, max(fault.line(fault.since).content.end, fault.since + 1)),
        f"`{fault.text[fault.since]}` begins a block of text, which starts on the next line",
        "put the text on the next line, indented; or put it in quotes",
    )


def tag(fault: Fault) -> Diagnostic | None:
    """A tag that cannot even be read."""
    if fault.since is None or not (fault.context is Context.TAG or fault.problem is Problem.TAG_HANDLE):
        return None
    return Diagnostic(
        rule="yaml-tag",
        message="tags are not supported: the form of a value determines its type",
        span=fault.span(fault.since, max(fault.at, fault.since + 1)),
        label="a tag begins here",
        help=("delete the tag", "put the value in quotes if it is text that begins with `!`"),
    )


def directive(fault: Fault) -> Diagnostic | None:
    """A line that begins with ``%``."""
    line = fault.line(fault.at)
    if not line.text.startswith("%"):
        return None
    return finding(
        fault.span(line.start, max(line.content.end, line.start + 1)),
        "a line that begins with `%` is a YAML directive, and this one is not supported",
        "delete the line",
    )


def _value(fault: Fault, start: int) -> Span:
    """What was meant as a value: up to a comma or bracket within {} and [], else up to the end of the line."""
    line = fault.line(start)
    end = max(line.content.end, start + 1)
    if "{" in fault.text[line.start : start] or "[" in fault.text[line.start : start]:
        match = _ITEM.match(fault.text, start, end)
        end = match.end() if match and match.end() > start else end
    return fault.span(start, start + len(fault.text[start:end].rstrip()))
