"""Findings on ambiguous plain scalars: YAML 1.1 and 1.2 differ, or a number is out of range."""

from __future__ import annotations

from math import isinf
from typing import TYPE_CHECKING

from archspec.diagnostics import Diagnostic, Edit, Fix
from archspec.syntax.legacy import Legacy, legacy
from archspec.syntax.quoting import in_backticks, quoted_yaml

if TYPE_CHECKING:
    from archspec.source import Span
    from archspec.syntax.scalars import Value

_LARGEST = "1.8e308"
_SMALLEST = "4.9e-324"


def ambiguity(text: str, value: Value, span: Span, *, is_key: bool) -> Diagnostic | None:
    """A finding if a YAML 1.1 reader reads a value other than ``value``."""
    found = legacy(text, value)
    if found is None:
        return None
    plainly = None if is_key else _as_value(found, value)
    forms = [*([plainly] if plainly else []), quoted_yaml(text)]
    return Diagnostic(
        rule="yaml-ambiguity",
        message=f"{in_backticks(text)} is {_words(found)} in YAML 1.1 and {_modern_words(value)} in YAML 1.2",
        span=span,
        label=f"read as {_modern_words(value)}",
        help=tuple(_advice(form, found, value) for form in forms),
        fix=_fix(span, forms, safe=_is_safe(found, value)),
    )


def _as_value(found: Legacy, value: Value) -> str | None:
    """The form without quotes that all readers take alike; None when only quotes will do."""
    if found.kind in ("date", "special", "sexagesimal"):
        return None
    chosen = found.value if isinstance(value, str) else value
    return None if chosen is None else _as_text(chosen)


def _is_safe(found: Legacy, value: Value) -> bool:
    """Whether only one value can be meant.

    A number, or nothing at all, in 1.2 has another value in 1.1. A text that 1.1 takes for a number was meant as one,
    unless its leading 0 makes it octal.
    """
    return found.kind == "text" or (isinstance(value, str) and found.kind != "octal")


def _advice(form: str, found: Legacy, value: Value) -> str:
    if form.startswith(('"', "'")):
        return f"write `{form}` for the text"
    if found.kind == "octal" and value != found.value:
        return f"write `{form}`, or `{_as_text(found.value)}` if the leading 0 means octal"
    return f"write `{form}`"


def _fix(span: Span, forms: list[str], *, safe: bool) -> Fix:
    """Writing the first form; where that does not hold, as ``name: false`` doesn't, the next."""
    first, *others = forms
    otherwise = _fix(span, others, safe=safe) if others else None
    return Fix(f"write `{first}`", (Edit(span, first),), safe, otherwise)


def _words(found: Legacy) -> str:
    if found.kind == "date":
        return "a date"
    if found.value is None:
        return "a special value" if found.kind == "special" else "no valid number"
    if found.kind == "text":
        return "text"
    return _as_text(found.value) + (" (base 60)" if found.kind == "sexagesimal" else "")


def _modern_words(value: Value) -> str:
    return "text" if isinstance(value, str) else _as_text(value)


def _as_text(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value)


def out_of_range(text: str, value: Value, span: Span) -> Diagnostic | None:
    """A finding when a float was written with digits, but is infinite, or was not 0 and has become it."""
    if not isinstance(value, float) or text.lower().endswith(("inf", "nan")):
        return None
    digits = text.lower().partition("e")[0]
    vanished = value == 0 and any(digit in "123456789" for digit in digits)
    if not isinf(value) and not vanished:
        return None
    side = f"smaller than a float can be ({_SMALLEST})" if vanished else f"larger than a float can be ({_LARGEST})"
    return Diagnostic(
        rule="number-range",
        message=f"{in_backticks(text)} is {side}",
        span=span,
        label="read as 0" if vanished else "read as infinity",
        help=("write `0`",) if vanished else ("write `.inf` if infinity is meant",),
    )


def too_long(text: str, span: Span, most: int) -> Diagnostic:
    """The finding on a number with more characters than are read."""
    return Diagnostic(
        rule="number-range",
        message=f"the number {in_backticks(text)} has {len(text):,} characters, and the limit is {most:,}",
        span=span,
        label="read as text",
        help=("write a shorter number", "put it in quotes if it is text"),
    )
