"""Commas and brackets inside ``$(...)``, hidden from the YAML parser.

Within ``{}`` and ``[]`` a comma ends a value, so that ``{filters: $(max(8, planes))}`` is another mapping
than it seems. Every such comma or bracket gives way to a character that no file may hold; it comes back
when the scalar is read. A scalar in ``{}`` or ``[]`` that has one needs quotes, and that is reported once,
for all that it was meant to be.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_INDICATORS = ",[]{}"
_STAND_INS = "\ufdd0\ufdd1\ufdd2\ufdd3\ufdd4"  # set aside by Unicode for a program's own use
_HIDE = dict(zip(_INDICATORS, _STAND_INS, strict=True))
_SHOW = str.maketrans(_STAND_INS, _INDICATORS)
_HIDDEN = re.compile(f"[{_STAND_INS}]")
_ESCAPED = re.compile(r"\\(?:u|U0000)fdd[0-4]", re.IGNORECASE)
_TOKENS = re.compile(
    r"""(?P<open>\()
    |(?P<close>\))
    |(?P<indicator>[,\[\]{}])
    |(?<=[\s(\[,=])(?:"[^"\n\\]*"|'[^'\n\\]*')  # a string of the expression
    |(?P<end>["'\n]|:(?=\s)|(?<=\s)\#)          # no expression goes on behind these
    """,
    re.VERBOSE,
)


def mask(text: str) -> str:
    """The text, as long as before, without the commas and brackets that are inside ``$(...)``."""
    if "$(" not in text:
        return text
    parts: list[str] = []
    done = 0
    for at in _hidden_places(text):
        parts += text[done:at], _HIDE[text[at]]
        done = at + 1
    return "".join([*parts, text[done:]])


def is_masked(value: str) -> bool:
    """Whether a scalar of a masked text lacks any of its characters."""
    return _HIDDEN.search(value) is not None


def has_escaped_stand_in(text: str) -> bool:
    """Whether an escape makes one of the characters that are hidden, so that it would be taken for a comma."""
    return _ESCAPED.search(text) is not None


def unmask(value: str) -> str:
    """A scalar of a masked text as it was written."""
    return value.translate(_SHOW)


def _hidden_places(text: str) -> Iterator[int]:
    """Offsets of the commas and brackets inside complete ``$(...)``, each of which is on one line."""
    at = text.find("$(")
    while at >= 0:
        places, end = _expression(text, at)
        yield from places
        at = text.find("$(", end)


def _expression(text: str, start: int) -> tuple[list[int], int]:
    """Offsets inside one expression, none when it is not complete, and the offset after it."""
    places: list[int] = []
    depth = 0
    for match in _TOKENS.finditer(text, start):
        kind = match.lastgroup
        if kind == "indicator":
            places.append(match.start())
        elif kind == "end":
            return [], match.end()
        elif kind is not None:
            depth += 1 if kind == "open" else -1
            if depth == 0:
                return places, match.end()
    return [], len(text)
