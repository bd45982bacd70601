"""Text quoted for messages, and for YAML."""

from __future__ import annotations

LONGEST_SHOWN = 40
"""Characters of a value that a message repeats."""


def in_backticks(text: str) -> str:
    """A value in backticks, on one line and cut when long."""
    line = " ".join(text[: 4 * LONGEST_SHOWN].split())
    cut = len(line) > LONGEST_SHOWN or len(text) > 4 * LONGEST_SHOWN
    return f"`{line[: LONGEST_SHOWN - 1]}…`" if cut else f"`{line}`"


def quoted_yaml(text: str) -> str:
    """YAML that reads as exactly this one line of text."""
    if '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'
