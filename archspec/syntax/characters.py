"""Characters that are not allowed in YAML, and invisible ones that readers treat differently."""

from __future__ import annotations

import re
import unicodedata
from itertools import islice
from typing import TYPE_CHECKING

from archspec.diagnostics import Diagnostic, Edit, Fix, Label, Sink
from archspec.source import Span
from archspec.syntax.quoting import in_backticks

if TYPE_CHECKING:
    from archspec.source import Source

FORBIDDEN = re.compile(
    "["
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # controls; NEL (85) ends a line in YAML 1.1 alone
    "\u2028\u2029"  # separators that end a line in YAML 1.1 alone
    "\ufeff"  # a byte order mark within the text
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"  # halves of a pair, and what is not a character
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
UNSEEN = (
    "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"  # spaces
    "\u200b\u200c\u200d\u200e\u200f\u2060"  # no width at all
)
_MOST_COUNTED = 100


def check_characters(source: Source, sink: Sink) -> bool:
    """Whether the text is free of forbidden characters; all of them make one finding, at the first."""
    found = [match.start() for match in islice(FORBIDDEN.finditer(source.text), _MOST_COUNTED + 1)]
    if found:
        sink(_finding(source, found))
    return not found


def replace_forbidden(text: str) -> str:
    """The text with a replacement character for each forbidden one."""
    return FORBIDDEN.sub("\ufffd", text)


def name(character: str) -> str:
    """The name of an invisible character: ``U+0000 (NUL)``."""
    name = _NAMES.get(character) or unicodedata.name(character, "")
    return f"U+{ord(character):04X}" + (f" ({name})" if name else "")


def unseen_end(text: str) -> str:
    """A character at either end of a text that looks like a space, but belongs to it; empty when there is none."""
    return next((end for end in (text[:1], text[-1:]) if end and end in UNSEEN), "")


def unseen_finding(text: str, character: str, span: Span) -> Diagnostic:
    """The finding on a value or key with such a character."""
    return Diagnostic(
        rule="control-character",
        message=f"the invisible character {name(character)} would become part of {in_backticks(text.strip(UNSEEN))}",
        span=span,
        label="read without it",
        help=("write a space instead",),
        fix=Fix("write a space instead", (Edit(span, span.text.replace(character, " ")),)),
    )


def _finding(source: Source, found: list[int]) -> Diagnostic:
    spans = [Span(source, at, at + 1) for at in found]
    several = len(found) > 1
    count = str(len(found)) if len(found) <= _MOST_COUNTED else f"more than {_MOST_COUNTED}"
    return Diagnostic(
        rule="control-character",
        message=f"the character {name(spans[0].text)} is not allowed in a YAML file",
        span=spans[0],
        label=f"the first of {count} such characters" if several else "here; it is invisible",
        labels=(Label(spans[1], "the second"),) if several else (),
        help=("delete them" if several else "delete it",),
        fix=_fix(spans),
    )


def _fix(spans: list[Span]) -> Fix | None:
    """Delete them all; with very many, the file is not text and deleting would not make it one."""
    if len(spans) > _MOST_COUNTED:
        return None
    title = "delete the character" + ("s" if len(spans) > 1 else "")
    return Fix(title, tuple(Edit(span, "") for span in spans))
