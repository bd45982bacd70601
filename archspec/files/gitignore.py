"""What .gitignore files exclude from a walk through folders, whether or not git is installed.

Git is not asked: it would take as long as checking dozens of specs, and lists tracked files whatever the patterns say.
Its ``.git/info/exclude`` and a user's global file are not read.
"""

# ruff: noqa: PTH100, PTH110, PTH112, PTH118, PTH119, PTH120 -- importing pathlib takes longer than reading a spec

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from archspec.diagnostics import Diagnostic
from archspec.files.patterns import left_out, parse_patterns
from archspec.syntax.guarded_file import UnreadableFileError, read_guarded_file

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archspec.diagnostics import Sink
    from archspec.files.patterns import Pattern

FILE = ".gitignore"
_MOST_BYTES, _MOST_LINES = 2**20, 10_000
_FEWER = "exclude folders instead of the files in them"


class Level(NamedTuple):
    """Patterns of one .gitignore, or of a configuration, and the way from where they stand to a folder (``a/b/``)."""

    patterns: tuple[Pattern, ...]
    way: str = ""

    def below(self, name: str) -> Level:
        """The same patterns, seen from a folder in this one."""
        return Level(self.patterns, f"{self.way}{name}/")


class PassedOver(NamedTuple):
    """What is skipped in a folder: what exclusion patterns and .gitignore files match."""

    excluded: tuple[Level, ...]
    respects_gitignore: bool = True


def level_of(folder: str, sink: Sink, way: str = "") -> Level:
    """The patterns of a folder's .gitignore; none when it has none, and none after a finding."""
    path = os.path.join(folder, FILE)
    if not os.path.exists(path) or os.path.isdir(path):  # git passes over a folder of this name, too
        return Level((), way)
    try:
        return Level(_patterns_in(path), way)
    except UnreadableFileError as refusal:
        sink(Diagnostic(rule="unreadable-file", message=str(refusal), path=path, help=refusal.help, unusable=True))
        return Level((), way)


def _patterns_in(path: str) -> tuple[Pattern, ...]:
    lines = read_guarded_file(path, _MOST_BYTES, _FEWER).decode("utf-8-sig", "surrogateescape").split("\n")
    if len(lines) > _MOST_LINES:
        raise UnreadableFileError(f"the file has {len(lines):,} lines, and the limit is {_MOST_LINES:,}", _FEWER)
    return parse_patterns(line.removesuffix("\r") for line in lines)


def levels_above(folder: str, sink: Sink) -> tuple[Level, ...]:
    """The patterns of the folders above, up to the root of the repository; none outside of a repository."""
    levels: list[Level] = []
    here, way = os.path.abspath(folder), ""
    while not os.path.exists(os.path.join(here, ".git")):
        above = os.path.dirname(here)
        if above == here:
            return ()
        way = f"{os.path.basename(here)}/{way}"
        here = above
        levels.append(level_of(here, sink, way))
    return tuple(reversed(levels))


def is_left_out(name: str, excluded: Iterable[Level], ignoring: Iterable[Level], *, is_folder: bool) -> bool:
    """Whether an entry of a folder is excluded, or ignored by the lowest level that has a pattern for it."""
    if any(left_out(level.way + name, level.patterns, is_folder=is_folder) for level in excluded):
        return True
    ignored = False
    for level in ignoring:
        verdict = left_out(level.way + name, level.patterns, is_folder=is_folder)
        ignored = ignored if verdict is None else verdict
    return ignored
