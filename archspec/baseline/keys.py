"""Keys that identify findings although lines have moved: file, rule, and place in the network or the file."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, NamedTuple

from archspec.syntax import parse
from archspec.syntax.copies import STDIN
from archspec.syntax.nodes import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from archspec.diagnostics import Diagnostic
    from archspec.source import Source


class FindingKey(NamedTuple):
    """``file`` is relative to the baseline's folder, ``path`` a layer's (``stage1.conv2``) or a key's (``input``)."""

    file: str
    rule: str
    path: str


class FindingKeys:
    """Makes the keys of findings; each file is parsed once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._trees: dict[Source, Node | None] = {}

    def of(self, found: Diagnostic) -> FindingKey:
        """The key of a finding."""
        return FindingKey(self.file(found.file), found.rule, self.path(found))

    def file(self, name: str) -> str:
        """A file as the baseline names it, with ``/`` on every system; absolute where there is no relative path."""
        if name == STDIN:
            return name
        path = os.path.realpath(name)
        with suppress(ValueError):  # on another drive
            path = os.path.relpath(path, os.path.realpath(self._folder))
        return PurePath(path).as_posix()

    def path(self, found: Diagnostic) -> str:
        """The layer that a finding is about, or the keys on the way to where it begins: ``layers.conv.kernel``.

        Items of lists have no number.
        """
        if found.layer or found.span is None:
            return found.layer or ""
        source = found.span.source
        if source not in self._trees:
            self._trees[source] = parse(source, _ignore)
        return ".".join(_words(self._trees[source], found.span.start))


def _words(node: Node | None, offset: int) -> list[str]:
    words: list[str] = []
    while node is not None:
        inner: Node | None = None
        match node:
            case Mapping(entries=entries):
                for entry in entries:
                    if entry.key.span.start <= offset < max(entry.value.span.end, entry.key.span.end):
                        words.append(entry.name)
                        inner = entry.value
                        break
            case Sequence(items=items):
                inner = next((item for item in items if item.span.start <= offset < item.span.end), None)
                if isinstance(inner, Scalar):
                    words.append(str(inner.value))
        node = inner
    return words


def _ignore(_: Diagnostic) -> None:
    """Faults of the file are reported elsewhere."""
