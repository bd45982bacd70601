"""Brackets that the YAML parser has read ahead of its last event.

A bracket may begin a key, so a parser reads up to 1,024 characters of its line before it says that a list begins.
What stops it there depends on the parser: libyaml 0.2.6 refuses 1,000 levels, 0.2.5 and PyYAML know no limit.
Our own limit is far below theirs, and it must be the one that is reported.
"""

from __future__ import annotations

import re

_TOKENS = re.compile(
    r"""(?<![^\s,:\[\]{}])(?:"(?:[^"\\]|\\.)*+(?:"|\Z)|'[^']*+(?:'|\Z))  # a text in quotes, closed or not
    |(?<!\S)\#[^\r\n]*+                                    # a comment
    |(?P<open>[\[{])
    |(?P<close>[\]}])
    """,
    re.VERBOSE | re.DOTALL,
)


def first_beyond(text: str, start: int, end: int, levels: int) -> int | None:
    """Offset of the first bracket in ``text[start:end]`` that opens more than ``levels`` levels; None without any."""
    depth = 0
    for match in _TOKENS.finditer(text, start, end):
        if match["open"]:
            depth += 1
            if depth > levels:
                return match.start()
        elif match["close"]:
            depth -= 1
    return None
