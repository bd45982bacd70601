"""Commas and brackets inside ``$(...)``, hidden from the YAML parser.

Within ``{}`` and ``[]`` a comma ends a value, so that ``{filters: $(max(8, planes))}`` is another mapping
than it seems. Every such comma or bracket gives way to a character that no file may hold; it comes back
when the scalar is read. A scalar in ``{}`` or ``[]`` that bears one wants quotes, and that is told once,
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
_TOKENS = re.compile(
    r"""(?P<dollar>\$\()
    |(?P<open>\()
    |(?P<close>\))
    |(?P<indicator>[,\[\]{}])
    |(?<=[\s(\[,=])(?:"[^"\n\\]*"|'[^'\n\\]*')  # a string of the expression
    |(?P<end>["'\n]|:(?=\s)|(?<=\s)\#)          # no expression goes on behind these
    """,
    re.VERBOSE,
)


def mask(text: str) -> str:
    """The text, as long as before, without the commas and brackets that stand inside ``$(...)``."""
    if "$(" not in text:
        return text
    parts: list[str] = []
    done = 0
    for at in _hidden_places(text):
        parts += text[done:at], _HIDE[text[at]]
        done = at + 1
    return "".join([*parts, text[done:]])


def masked(value: str) -> bool:
    """Whether a scalar of a masked text lacks any of its characters."""
    return _HIDDEN.search(value) is not None


def unmask(value: str) -> str:
    """A scalar of a masked text as it was written."""
    return value.translate(_SHOW)


def _hidden_places(text: str) -> Iterator[int]:
    """Offsets of the indicators inside complete ``$(...)``, each of which stands on one line."""
    opened: list[int] = []  # for each open bracket how many places were seen before it, negative for a plain one
    places: list[int] = []
    for match in _TOKENS.finditer(text, text.index("$(")):
        kind = match.lastgroup
        if kind == "indicator" and opened:
            places.append(match.start())
        elif kind == "dollar":
            opened.append(len(places))
        elif kind == "open" and opened:
            opened.append(-1)
        elif kind == "close" and opened:
            seen = opened.pop()
            if seen >= 0:
                yield from places[seen:]
                del places[seen:]
        elif kind == "end":
            opened.clear()
            places.clear()
