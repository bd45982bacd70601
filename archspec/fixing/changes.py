"""Edits of several fixes in several files: which go together, what they make, and where everything else moves to."""

from __future__ import annotations

import codecs
from bisect import insort
from typing import TYPE_CHECKING, NamedTuple

from archspec.syntax.copies import place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from archspec.diagnostics import Edit, Fix


class _Change(NamedTuple):
    """Characters ``start`` to ``end`` of a text replaced."""

    start: int
    end: int
    text: str

    @property
    def growth(self) -> int:
        return len(self.text) - (self.end - self.start)

    def overlaps(self, other: _Change) -> bool:
        """Whether both claim a character, or where to insert."""
        return self.start == other.start or (self.start < other.end and other.start < self.end)


class Changes:
    """The edits of fixes that go together, by the place of their file, in order."""

    def __init__(self, fixes: Iterable[Fix] = ()) -> None:
        self._by_file: dict[str, list[_Change]] = {}
        for fix in fixes:
            self.add(fix)

    @property
    def files(self) -> frozenset[str]:
        """Places of the files that change."""
        return frozenset(self._by_file)

    def add(self, fix: Fix) -> bool:
        """Take a fix in, unless an edit of it touches another than its like; whether it was taken."""
        new = [(place(edit.span.source.name), _change(edit)) for edit in fix.edits]
        if any(
            change.overlaps(other) and change != other for file, change in new for other in self._by_file.get(file, ())
        ):
            return False
        for file, change in new:
            changes = self._by_file.setdefault(file, [])
            if change not in changes:
                insort(changes, change)
        return True

    def apply(self, data: Mapping[str, bytes]) -> dict[str, bytes]:
        """The files that change, as they are afterwards; every byte outside of the edits is kept."""
        return {file: _apply(data[file], changes) for file, changes in self._by_file.items()}

    def offset_after(self, file: str, offset: int) -> int:
        """Where an offset of a file lies afterwards; one that is written over moves to where that begins."""
        grown = 0
        for change in self._by_file.get(file, ()):
            if offset < change.end:
                return grown + min(offset, change.start)
            if change.start < offset:
                grown += change.growth
        return offset + grown

    def written_ranges(self, file: str) -> list[range]:
        """Offsets of what is written, afterwards; of what is deleted, where it was."""
        found, grown = [], 0
        for change in self._by_file.get(file, ()):
            start = change.start + grown
            found.append(range(start, start + max(len(change.text), 1)))
            grown += change.growth
        return found


def _change(edit: Edit) -> _Change:
    return _Change(edit.span.start, edit.span.end, edit.text)


def _apply(data: bytes, changes: list[_Change]) -> bytes:
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    text = data.removeprefix(mark).decode()  # offsets count the characters of this
    parts: list[str] = []
    done = 0
    for start, end, new in changes:
        parts += text[done:start], new
        done = end
    return mark + "".join([*parts, text[done:]]).encode()
