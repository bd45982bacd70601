"""How a YAML 1.1 reader reads an unquoted scalar that a 1.2 reader reads differently.

Libraries read 1.1 to this day, PyYAML among them: a Norwegian ``no`` is false there, ``012`` is ten.
The patterns are those of the type pages of YAML 1.1 (yaml.org/type). ``y`` and ``n`` are left out, as in PyYAML.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from archspec.syntax.scalars import Value

Kind = Literal["truth", "octal", "binary", "number", "sexagesimal", "date", "text", "special"]


class Legacy(NamedTuple):
    """How YAML 1.1 reads a scalar; ``value`` is None when it has no counterpart here (a date)."""

    kind: Kind
    value: bool | int | float | str | None = None


_TRUTH = {
    form: word in ("yes", "on")
    for word in ("yes", "no", "on", "off")
    for form in (word, word.capitalize(), word.upper())
}
_LONGEST = 100
"""Longer scalars are no numbers that anybody wrote."""

_DAY = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
_CLOCK = r"[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?"
_ZONE = r"(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?"
_EXPONENT = r"(?:[eE][-+][0-9]+)?"
_PATTERNS: tuple[tuple[Kind, str], ...] = (  # compiled when first used: few files have a number in such a form
    ("binary", r"[-+]?0b[01_]+"),
    ("octal", r"[-+]?0[0-7_]+"),
    ("number", r"[-+]?0x[0-9a-fA-F_]+"),
    ("number", r"[-+]?(?:0|[1-9][0-9_]*)"),
    ("number", rf"[-+]?[0-9][0-9_]*\.[0-9_]*{_EXPONENT}|[-+]?\.[0-9][0-9_]*{_EXPONENT}"),
    ("sexagesimal", r"[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*"),
    ("date", r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    ("date", rf"{_DAY}(?:[Tt]|[ \t]+){_CLOCK}{_ZONE}"),
)


def legacy(text: str, value: Value) -> Legacy | None:
    """The 1.1 reading of a plain scalar; None when it is ``value``, the one of 1.2.

    A float that 1.1 takes for text (``1e-4`` has no dot) counts as the same: the language wants it.
    """
    if text in _TRUTH:
        return Legacy("truth", _TRUTH[text])
    if text == "=":
        return Legacy("special")
    if not text or len(text) > _LONGEST or not (text[0].isdigit() or text[0] in "+-."):
        return None
    if not isinstance(value, str) and str(value) == text:
        return None  # nearly all numbers: in this form they are the same to everybody
    found = _read(text)
    if found is None:
        return Legacy("text", text) if isinstance(value, int) else None
    same = found.value == value and type(found.value) is type(value)
    return None if same else found


def _read(text: str) -> Legacy | None:
    for kind, pattern in _PATTERNS:
        if re.fullmatch(pattern, text):
            return Legacy(kind, _NUMBERS[kind](text.replace("_", "")) if kind in _NUMBERS else None)
    return None


def _octal(text: str) -> int:
    return int(text, 8)


def _binary(text: str) -> int | None:
    return _whole(text, 2)


def _number(text: str) -> int | float | None:
    if "x" in text:
        return _whole(text, 16)
    return float(text) if "." in text else int(text)


def _whole(text: str, base: int) -> int | None:
    """An integer with its prefix; None when only ``_`` follows the prefix."""
    try:
        return int(text, base)
    except ValueError:
        return None


def _sexagesimal(text: str) -> int | float:
    sign = -1 if text.startswith("-") else 1
    total: int | float = 0
    for part in text.lstrip("+-").split(":"):
        total = total * 60 + (float(part) if "." in part else int(part))
    return sign * total


_NUMBERS: dict[str, Callable[[str], int | float | None]] = {
    "octal": _octal,
    "binary": _binary,
    "number": _number,
    "sexagesimal": _sexagesimal,
}
