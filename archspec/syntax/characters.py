"""Characters that no YAML file may hold, and the invisible ones that readers take differently."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from archspec.diagnostics import Diagnostic, Edit, Fix, Label, Sink
from archspec.source import Span

if TYPE_CHECKING:
    from archspec.source import Source

FORBIDDEN = re.compile(
    "["
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # controls; NEL (85) ends a line in YAML 1.1 alone
    "\u2028\u2029"  # separators that end a line in YAML 1.1 alone
    "\ufeff"  # a byte order mark within the text
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"  # halves of a pair, and what is no character
    "]"
)
_NAMES = {
    "\x00": "NUL",
    "\x07": "BEL",
    "\x08": "BACKSPACE",
    "\x0c": "FORM FEED",
    "\x1b": "ESC",
    "\x7f": "DEL",
    "\x85": "NEL",
}
_MOST_EDITS = 100


def check_characters(source: Source, sink: Sink) -> bool:
    """Whether the text is free of forbidden characters; all of them make one finding, at the first."""
    found = [match.start() for match in FORBIDDEN.finditer(source.text)]
    if found:
        sink(_finding(source, found))
    return not found


def replaced(text: str) -> str:
    """The text with a replacement character for each forbidden one."""
    return FORBIDDEN.sub("\ufffd", text)


def name(character: str) -> str:
    """How a message calls a character that cannot be shown: ``U+0000 (NUL)``."""
    known = _NAMES.get(character) or unicodedata.name(character, "")
    return f"U+{ord(character):04X}" + (f" ({known})" if known else "")


def _finding(source: Source, found: list[int]) -> Diagnostic:
    spans = [Span(source, at, at + 1) for at in found[: _MOST_EDITS + 1]]
    many = len(found) > 1
    return Diagnostic(
        rule="control-character",
        message=f"the character {name(spans[0].text)} may not stand in a YAML file",
        span=spans[0],
        label=f"the first of {len(found):,}" if many else "this invisible character",
        labels=(Label(spans[1], "the second"),) if many else (),
        help=("delete them" if many else "delete it",),
        fix=_fix(spans),
    )


def _fix(spans: list[Span]) -> Fix | None:
    """Delete them all; with very many, the file is no text and deleting would not make it one."""
    if len(spans) > _MOST_EDITS:
        return None
    title = "delete the character" if len(spans) == 1 else "delete the characters"
    return Fix(title, tuple(Edit(span, "") for span in spans))
