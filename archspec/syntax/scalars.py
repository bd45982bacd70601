"""What a scalar without quotes means: the core schema of YAML 1.2 (section 10.3.2 of its specification)."""

from __future__ import annotations

import re
from math import inf, nan

Value = bool | int | float | str | None
"""What a scalar can hold."""

_WORDS: dict[str, Value] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -inf),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), nan),
}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o(?P<octal>[0-7]+)|0x(?P<hexadecimal>[0-9a-fA-F]+)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")


def is_number(text: str) -> bool:
    """Whether the text has the form of an integer or of a float with digits."""
    return bool(_INTEGER.fullmatch(text) or _FLOAT.fullmatch(text))


def core(text: str) -> Value:
    """The value of a plain scalar.

    ``012`` is 12, and ``1e-4`` a number. A float out of range is infinite or 0. An integer of more
    than 4300 decimal digits raises ValueError (a limit of Python); callers refuse long numbers first.
    """
    if text in _WORDS:
        return _WORDS[text]
    if not text[0].isdigit() and text[0] not in "+-.":
        return text
    if match := _INTEGER.fullmatch(text):
        return _integer(match)
    return float(text) if _FLOAT.fullmatch(text) else text


def _integer(match: re.Match[str]) -> int:
    if digits := match["octal"]:
        return int(digits, 8)
    if digits := match["hexadecimal"]:
        return int(digits, 16)
    return int(match[0])
