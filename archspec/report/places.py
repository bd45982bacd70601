"""Places for programs: paths relative to the root of the repository, columns as editors count them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.source import Source

_ROOTS = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")
"""Where GitHub Actions and GitLab CI say that they checked the repository out."""


def below_root(file: str) -> str | None:
    """The path of a file below the root of the repository, with slashes; None when it lies elsewhere.

    The root is where CI says that it is, or else the current directory.
    """
    for root in (*(os.environ[name] for name in _ROOTS if os.environ.get(name)), os.curdir):
        for relative in _relative(file, root):
            if relative.partition(os.sep)[0] != os.pardir:
                return relative.replace(os.sep, "/")
    return None


def _relative(file: str, root: str) -> Iterator[str]:
    """The path from a root to a file: as written, else with links resolved."""
    for resolved in (os.path.abspath, os.path.realpath):
        try:
            yield os.path.relpath(resolved(file), resolved(root))
        except ValueError:  # another drive, or a name that no file can have
            continue


def path_shown(file: str) -> str:
    """The path below the root if there is one, or else the name under which the file was read."""
    return below_root(file) or file


def utf16_position(source: Source, offset: int) -> tuple[int, int]:
    """Line and column of an offset, both from 1; the column counts 16-bit units, as editors and browsers do."""
    line, column = source.position(offset)
    before = source.text[offset - column + 1 : offset]
    return line, 1 + len(before.encode("utf-16-le", "surrogatepass")) // 2
