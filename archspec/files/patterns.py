"""Patterns of file names as .gitignore files have them, also used by ``exclude`` and ``per-file-ignores``.

The rules are those of https://git-scm.com/docs/gitignore, held to git itself by a test over drawn patterns. Character
classes with names (``[[:alpha:]]``) are not read. No pattern makes matching slow: see ``archspec/files/wildcards.py``.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from archspec.files.wildcards import ANY, STAR, Star, Wildcard, character_class

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from archspec.files.wildcards import Token

_TOKEN = re.compile(
    r"(?P<stars>\*++)"
    r"|(?P<one>\?)"
    r"|\[(?P<negated>[!^]?+)(?P<members>(?:\\.|[^\\])(?:\\.|[^\]\\])*+)\]"
    r"|(?P<never>\[|\\$)"  # what is opened and not closed matches nothing
    r"|\\?(?P<text>.)",
    re.DOTALL,
)
_WILD = re.compile(r"[*?\[\\]")


class Pattern:
    """One line: what it matches, whether that is then left out or taken back in, and whether only a folder counts."""

    def __init__(self, line: str) -> None:
        self.takes_in = line.startswith("!")
        text = line.removeprefix("!")
        self.folders_only = text.endswith("/")
        text = text.removesuffix("/")
        self._is_anywhere = "/" not in text
        self._text = text.removeprefix("/")

    def matches(self, path: str) -> bool:
        """Whether it matches a path, whose parts are separated by ``/``."""
        if self._is_anywhere:
            path = path.rpartition("/")[2]
        if _WILD.search(self._text) is None:
            return path == self._text
        return self._wildcard is not None and self._wildcard.admits(path.split("/"))

    @cached_property
    def _wildcard(self) -> Wildcard | None:
        return _parse_path(self._text)


def parse_pattern(line: str) -> Pattern | None:
    """A line of a .gitignore file; None when it is blank or a comment."""
    line = _without_trailing_spaces(line)
    return Pattern(line) if line and not line.startswith("#") else None


def parse_patterns(lines: Iterable[str]) -> tuple[Pattern, ...]:
    """All patterns in lines."""
    return tuple(pattern for line in lines if (pattern := parse_pattern(line)) is not None)


def left_out(path: str, patterns: Sequence[Pattern], *, is_folder: bool) -> bool | None:
    """What the last pattern that matches a path says of it: left out, or taken in; None when none matches.

    ``path`` is relative to where the patterns stand, its parts separated by ``/``.
    """
    for pattern in reversed(patterns):
        if (is_folder or not pattern.folders_only) and pattern.matches(path):
            return not pattern.takes_in
    return None


def is_left_out(path: str, patterns: Sequence[Pattern]) -> bool:
    """Whether a file, or any folder that it is in, is left out; what is in such a folder cannot be taken back in."""
    return any(left_out(part, patterns, is_folder=part != path) for part in _parts(path))


def _parts(path: str) -> Iterator[str]:
    """``a``, ``a/b`` and ``a/b/c`` of ``a/b/c``."""
    at = path.find("/")
    while at >= 0:
        yield path[:at]
        at = path.find("/", at + 1)
    yield path


def _without_trailing_spaces(line: str) -> str:
    """Spaces at the end do not count, unless a backslash stands before."""
    kept = line.rstrip(" ")
    backslashes = len(kept) - len(kept.rstrip("\\"))
    return line[: len(kept) + 1] if backslashes % 2 else kept


def _parse_path(text: str) -> Wildcard | None:
    """The parts of a pattern; None when it matches nothing."""
    tokens = _tokens(text)
    if tokens is None:
        return None
    parts: list[Token] = []
    begin = 0
    for end in (*(at for at, each in enumerate(tokens) if each == "/"), len(tokens)):
        parts.append(_parse_part(tokens[begin:end]))
        begin = end + 1
    if isinstance(parts[-1], Star):  # at the end: all that is in the folder, but not itself
        parts.append(Wildcard([STAR]))
    return Wildcard(parts)


def _tokens(text: str) -> list[Token] | None:
    found: list[Token] = []
    for token in _TOKEN.finditer(text):
        match token.lastgroup:
            case "never":
                return None
            case "stars":
                found += [STAR] * len(token[0])
            case "one":
                found.append(ANY)
            case "members":
                found.append(character_class(token["members"], negated=bool(token["negated"])))
            case _:
                found.append(token["text"])
    return found


def _parse_part(tokens: Sequence[Token]) -> Token:
    """What a part of a path may be: one name, names that a wildcard admits, or with ``**`` any folders."""
    if len(tokens) > 1 and all(isinstance(token, Star) for token in tokens):
        return STAR
    literal = [token for token in tokens if isinstance(token, str)]
    return "".join(literal) if len(literal) == len(tokens) else Wildcard(tokens)
