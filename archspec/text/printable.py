"""Text made safe to print, and its width in terminal cells.

Specs, names and messages may hold anything; nothing of theirs may move the cursor, ring the bell or turn the
direction of writing.
"""

from __future__ import annotations

import unicodedata

_TAB = 4
_JOINING_JAMO = range(0x1160, 0x1200)  # vowels and finals that melt into the Korean syllable before them


def printable(text: str) -> str:
    r"""``text`` with every character that is not printable written as its escape, such as ``\x1b``."""
    return text if text.isprintable() else "".join(map(_escape, text))


def _escape(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode()


def glyphs(line: str) -> list[str]:
    """What to print for each character of a source line: tabs are filled up with spaces, the rest is printable."""
    shown: list[str] = []
    column = 0
    for character in line:
        glyph = " " * (_TAB - column % _TAB) if character == "\t" else printable(character)
        shown.append(glyph)
        column += cells(glyph)
    return shown


def cells(text: str) -> int:
    """Terminal cells that printable text takes: two for wide characters, none for combining ones."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def _cells(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me"} or ord(character) in _JOINING_JAMO:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
