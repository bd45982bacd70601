"""Lines that do not match those above them, and text after a complete value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.diagnostics import Diagnostic, Edit, Fix, Label
from archspec.syntax.fault import Fault, Line, finding
from archspec.syntax.parser_messages import Problem
from archspec.syntax.quoting import in_backticks

if TYPE_CHECKING:
    from archspec.source import Span

_FAR = 1000  # lines above a fault that are searched for its cause


def too_deep(fault: Fault) -> Diagnostic | None:
    """A key that is indented below a value that is complete."""
    line = fault.line(fault.at)
    above = line.before()
    if fault.problem is not Problem.COLON or above is None or line.indentation <= above.indentation:
        return None
    column = above.after_dashes - above.start
    indentation = fault.span(line.start, line.start + line.indentation)
    return finding(
        line.content,
        "this line is indented below a value that is already complete",
        _beside(above, column),
        label=f"this begins in column {line.indentation + 1}",
        labels=(Label(above.content, "this has its value"),),
        fix=Fix("indent it like the line above", (Edit(indentation, " " * column),)),
    )


def item_in_place(fault: Fault) -> Diagnostic | None:
    """``layers: - relu``."""
    if fault.problem is not Problem.DASH:
        return None
    return finding(
        fault.span(fault.at, fault.at + 1),
        "a list cannot begin on the line of its key",
        "put each `- item` on a line of its own",
        "or write the list as `[item, item]`",
    )


def question_mark(fault: Fault) -> Diagnostic | None:
    """``? `` where no key can begin."""
    if fault.problem is not Problem.QUESTION_MARK:
        return None
    return finding(fault.span(fault.at, fault.at + 1), "a key cannot begin with `? ` here", "write `name: value`")


def after_value(fault: Fault) -> Diagnostic | None:
    """Something after a value that is complete, on the same line."""
    before = fault.text[fault.line(fault.at).start : fault.at].rstrip()
    if not fault.has_ended or not before.strip("- \t"):
        return None
    if fault.character in ("]", "}"):
        return finding(fault.span(fault.at, fault.at + 1), f"`{fault.character}` closes nothing", "delete it")
    if before[-1] in "\"'":
        return _after_quote(fault, before[-1])
    rest = _rest(fault)
    return finding(
        rest,
        f"{in_backticks(rest.text)} follows a value that is complete",
        "delete it, or put it all in quotes",
    )


def _after_quote(fault: Fault, quote: str) -> Diagnostic:
    """Text after a closing quote: one quote too many, or one was forgotten in a line above."""
    rest = _rest(fault)
    opened = _line_left_open(fault, quote)
    if opened is None:
        inside = "`''`" if quote == "'" else '`\\"`'
        help_ = f"a quote within the text is written {inside}"
        return finding(rest, f"{in_backticks(rest.text)} follows the closing quote", help_)
    at, end = opened.start + opened.text.rindex(quote), opened.content.end
    return finding(
        rest,
        f"{in_backticks(rest.text)} follows a quote that closes the text opened in line {opened.number}",
        f"close the quote in line {opened.number}: {in_backticks(fault.text[at:end] + quote)}",
        labels=(Label(fault.span(at, at + 1), "opened here"),),
        fix=Fix("close the quote", (Edit(fault.span(end, end), quote),)),
    )


def _line_left_open(fault: Fault, quote: str) -> Line | None:
    """The line above with an open quote, if the line of the fault closes it."""
    line: Line | None = fault.line(fault.at)
    if line is None or fault.text[line.start : fault.at].count(quote) % 2 == 0:
        return None
    for _ in range(_FAR):
        if line is None or (line := line.before()) is None or line.text.count(quote) % 2:
            return line
    return None


def misplaced_item(fault: Fault) -> Diagnostic | None:
    """A key among the items of a list, or an item among the keys of a mapping."""
    line, since = fault.line(fault.at), fault.since
    if not fault.has_ended or since is None or since >= fault.at:
        return None
    first = fault.line(since)
    if fault.at - line.start != since - first.start:
        return None
    labels = (Label(fault.span(since, max(first.content.end, since)), "this begins in the same column"),)
    if fault.text[since] == "-":
        message, help_ = "there is a key where the list above continues", "indent it, or write `- ` before it"
    else:
        message, help_ = (
            "there is an item where the mapping above continues",
            "put a key above it, and indent it below",
        )
    return finding(line.content, message, help_, labels=labels)


def misplaced_line(fault: Fault) -> Diagnostic | None:
    """A line whose indentation is that of no line above."""
    line, since = fault.line(fault.at), fault.since
    if not fault.has_ended:
        return None
    above = line.before()
    if since is None or since >= fault.at or above is None:
        return _past_the_end(line, above)
    first = fault.line(since)
    nearest = above.indentation if fault.character == "-" else above.after_dashes - above.start
    places = {since - first.start: first, nearest: above}
    return finding(
        line.content,
        "the indentation of this line matches no line above it",
        *(_beside(place, column) for column, place in sorted(places.items(), reverse=True)),
        label=f"this begins in column {fault.at - line.start + 1}",
    )


def _past_the_end(line: Line, above: Line | None) -> Diagnostic:
    labels = (Label(above.content, "the file is complete up to here"),) if above else ()
    message = "this line does not belong to anything above it"
    return finding(line.content, message, "indent all keys of the spec equally", labels=labels)


def _beside(line: Line, column: int) -> str:
    return f"begin it in column {column + 1}, beside line {line.number}"


def _rest(fault: Fault) -> Span:
    return fault.span(fault.at, max(fault.line(fault.at).content.end, min(fault.at + 1, len(fault.text))))
