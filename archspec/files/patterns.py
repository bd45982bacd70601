"""Patterns of file names as .gitignore files have them, also used by ``exclude`` and ``per-file-ignores``.

The rules are those of https://git-scm.com/docs/gitignore, held to git itself by a test over drawn patterns. Character
classes with names (``[[:alpha:]]``) are not read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_TOKEN = re.compile(
    r"(?P<deep>(?:^|(?<=/))\*\*+(?:/|$))"  # a part of the path that is `**`: any folders, or everything below
    r"|(?P<star>\*+)"
    r"|(?P<one>\?)"
    r"|\[(?P<negated>[!^]?+)(?P<members>(?:\\.|[^\\])(?:\\.|[^\]\\])*+)\]"
    r"|(?P<never>\[|\\$)"  # what is opened and not closed matches nothing
    r"|\\(?P<escaped>.)"
    r"|(?P<text>.)",
    re.DOTALL,
)
_MEMBER = re.compile(r"\\?(?P<first>.)(?:-(?!$)\\?(?P<last>.))?", re.DOTALL)
_NOTHING = "(?!)"


class Pattern(NamedTuple):
    """One line: what it matches, whether a match is excluded or included again, and whether it must be a folder."""

    regex: re.Pattern[str]
    takes_in: bool
    folders_only: bool


def parse_pattern(line: str) -> Pattern | None:
    """A line of a .gitignore file; None when it is blank or a comment."""
    line = _without_trailing_spaces(line)
    if not line or line.startswith("#"):
        return None
    text = line.removeprefix("!")
    folders_only = text.endswith("/")
    text = text.removesuffix("/")
    anywhere = "" if "/" in text else "(?:.*/)?"
    regex = "".join(map(_translate, _TOKEN.finditer(text.removeprefix("/"))))
    return Pattern(re.compile(anywhere + regex, re.DOTALL), line.startswith("!"), folders_only)


def parse_patterns(lines: Iterable[str]) -> tuple[Pattern, ...]:
    """All patterns in lines."""
    return tuple(pattern for line in lines if (pattern := parse_pattern(line)) is not None)


def left_out(path: str, patterns: Iterable[Pattern], *, is_folder: bool) -> bool | None:
    """Whether the last pattern that matches a path excludes it; None if no pattern matches.

    ``path`` is relative to where the patterns stand, its parts separated by ``/``.
    """
    verdict = None
    for pattern in patterns:
        if (is_folder or not pattern.folders_only) and pattern.regex.fullmatch(path):
            verdict = not pattern.takes_in
    return verdict


def is_left_out(path: str, patterns: tuple[Pattern, ...]) -> bool:
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
    """Without spaces at the end, unless a backslash escapes them."""
    kept = line.rstrip(" ")
    backslashes = len(kept) - len(kept.rstrip("\\"))
    return line[: len(kept) + 1] if backslashes % 2 else kept


def _translate(token: re.Match[str]) -> str:
    """A part of a pattern as a regular expression."""
    match token.lastgroup:
        case "deep":
            return "(?:.*/)?" if token[0].endswith("/") else ".+"
        case "star":
            return "[^/]*"
        case "one":
            return "[^/]"
        case "never":
            return _NOTHING
        case "members":
            return _one_of(token["members"], negated=bool(token["negated"]))
        case kind:
            return re.escape(token[kind or "text"])


def _one_of(members: str, *, negated: bool) -> str:
    """A character class; a range from a later to an earlier character holds the first alone."""
    listed = ""
    for member in _MEMBER.finditer(members):
        first = member["first"]
        listed += f"{re.escape(first)}-{re.escape(max(first, member['last'] or first))}"
    return f"(?!/)[{'^' if negated else ''}{listed}]"
