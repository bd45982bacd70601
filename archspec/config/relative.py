"""Patterns of files in a configuration, relative to its folder."""

# ruff: noqa: PTH100 -- importing pathlib takes longer than reading a spec

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from archspec.files.patterns import Pattern


class Patterns(NamedTuple):
    """Patterns of files, and the folder that their paths are relative to."""

    folder: str
    patterns: tuple[Pattern, ...]

    def path(self, file: str) -> str:
        """The path of a file relative to the folder: ``a/b``."""
        path = os.path.abspath(file)
        with suppress(ValueError):  # on another drive of Windows there is no way from one to the other
            path = os.path.relpath(path, self.folder)
        return path.replace(os.sep, "/")

    def way(self, folder: str) -> str:
        """The path from the folder to another: ``a/b/``, or an empty text."""
        path = self.path(folder)
        return "" if path == "." else f"{path}/"


class Ignored(NamedTuple):
    """Rules that are not reported in some files."""

    files: Patterns
    rules: frozenset[str]
