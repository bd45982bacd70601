"""Faults within ``{}`` and ``[]``: something is not closed, not separated, or missing."""

from __future__ import annotations

import re

from archspec.diagnostics import Diagnostic, Edit, Fix, Label
from archspec.syntax.fault import Fault, finding
from archspec.syntax.parser_messages import Context, Problem
from archspec.syntax.quoting import in_backticks

_CLOSING = {"[": "]", "{": "}"}
_FAR = 200  # characters before a fault that are searched for its cause
_UNSEPARATED = re.compile(r"(?P<value>[^\s,\[\]{}:]+)(?P<blank>\s+)(?P<key>[\w.-]+)\s*\Z")


def wrong_bracket(fault: Fault) -> Diagnostic | None:
    """``[`` closed by ``}``, or the other way round."""
    opening = _opening(fault)
    if opening is None or fault.character not in ("]", "}"):
        return None
    right = _CLOSING[fault.text[opening]]
    place = fault.span(fault.at, fault.at + 1)
    return finding(
        place,
        f"`{fault.text[opening]}` is closed with `{fault.character}`",
        f"write `{right}`",
        labels=(Label(fault.span(opening, opening + 1), "opened here"),),
        fix=Fix(f"write {right}", (Edit(place, right),)),
    )


def open_bracket(fault: Fault) -> Diagnostic | None:
    """A bracket that is not closed where its line ends, with the next layer or key after it."""
    opening = _opening(fault)
    if opening is None:
        opening = _open_bracket(fault)
    if opening is None or not _has_left(fault, opening):
        return None
    right = _CLOSING[fault.text[opening]]
    end = fault.line(opening).content.end
    return finding(
        fault.span(opening, opening + 1),
        f"`{fault.text[opening]}` is opened here and never closed",
        f"write {in_backticks(fault.text[opening:end] + right)}",
        label="opened here",
        labels=(Label(fault.span(fault.at, fault.at), f"`{right}` is still missing here"),),
        fix=Fix("close the bracket", (Edit(fault.span(end, end), right),)),
    )


def missing_comma(fault: Fault) -> Diagnostic | None:
    """Two items with no comma between them."""
    opening = _opening(fault)
    if opening is None:
        return None
    if fault.character != ":":
        end = len(fault.text[: fault.at].rstrip())
        label = "before this"
        return _comma(
            fault, end, "a comma is missing between two items", Label(fault.span(fault.at, fault.at + 1), label)
        )
    match = _UNSEPARATED.search(fault.text, max(opening, fault.at - _FAR), fault.at)
    if match is None:
        return None
    value, key = in_backticks(match["value"]), in_backticks(match["key"])
    return _comma(fault, match.end("value"), f"a comma is missing between {value} and {key}")


def second_colon(fault: Fault) -> Diagnostic | None:
    """``{a: b: c}``."""
    if _opening(fault) is None or fault.character != ":":
        return None
    return finding(
        fault.span(fault.at, fault.at + 1),
        "a second colon follows a value that is complete",
        "put the value in quotes if the colon is part of it",
        "put it in braces if it is a mapping: `{a: {b: c}}`",
    )


def lone_colon(fault: Fault) -> Diagnostic | None:
    """``{a:, b: 1}``."""
    if fault.problem is not Problem.LONE_COLON:
        return None
    place = fault.span(fault.at, fault.at + 1)
    return finding(place, "there is no value after this colon", "write it, or `~` for none")


def missing_item(fault: Fault) -> Diagnostic | None:
    """Nothing where a value should be: two commas in a row, a colon without a key, a bracket that closes nothing."""
    if fault.problem is not Problem.NO_VALUE:
        return None
    character = fault.character
    words = {
        ",": ("there is no item before this comma", "delete the comma, or write the item"),
        ":": ("a key is missing before this colon", "write `name: value`"),
        "]": ("`]` has no matching `[`", "delete it"),
        "}": ("`}` has no matching `{`", "delete it"),
        "-": ("a list item with a dash cannot be written within {} and []", "write the list as `[item, item]`"),
    }
    message, help_ = words.get(character, ("a value is missing here", "write it, or `~` for none"))
    return finding(fault.span(fault.at, fault.at + 1), message, help_)


def _opening(fault: Fault) -> int | None:
    """Offset of the bracket within which the parser gave up."""
    is_flow = fault.context is Context.FLOW
    return fault.since if is_flow and fault.since is not None and fault.text[fault.since] in _CLOSING else None


def _open_bracket(fault: Fault) -> int | None:
    """Offset of a bracket that the parser took for the beginning of a key, or that is open where the file ends."""
    if fault.context is not Context.KEY or fault.since is None:
        return None if fault.character else fault.bracket
    right = _CLOSING.get(fault.text[fault.since], "")
    return None if right in fault.line(fault.since).text else fault.since


def _has_left(fault: Fault, opening: int) -> bool:
    """Whether the parser is past what the bracket can have been meant to hold: on a later line, no deeper."""
    if not fault.character:
        return True
    first, last = fault.line(opening), fault.line(fault.at)
    return last.start > first.start and last.indentation <= first.indentation


def _comma(fault: Fault, at: int, message: str, *labels: Label) -> Diagnostic:
    place = fault.span(at - 1, at)
    help_ = f"write {in_backticks(fault.text[fault.line(at).content.start : at] + ',')}"
    return finding(
        place,
        message,
        help_,
        label="a comma is missing after this",
        labels=labels,
        fix=Fix("insert a comma", (Edit(fault.span(at, at), ","),)),
    )
