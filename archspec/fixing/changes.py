"""Edits of several fixes in several files: which are compatible, the result, and how offsets move."""

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
        """Whether both replace a character, or insert at the same offset."""
        return self.start == other.start or (self.start < other.end and other.start < self.end)


class Changes:
    """The edits of compatible fixes by file, in order."""

    def __init__(self, fixes: Iterable[Fix] = ()) -> None:
        self._by_file: dict[str, list[_Change]] = {}
        for fix in fixes:
            self.add(fix)

    @property
    def files(self) -> frozenset[str]:
        """Places of the files that change."""
        return frozenset(self._by_file)

    def add(self, fix: Fix) -> bool:
        """Add a fix unless one of its edits overlaps a different one; returns whether it was added."""
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
        """The contents of the files that change, after the edits; every byte outside of the edits is kept."""
        return {file: _apply(data[file], changes) for file, changes in self._by_file.items()}

    def offset_after(self, file: str, offset: int) -> int:
        """An offset of a file after the edits; an offset inside of an edit moves to its beginning."""
        grown = 0
        for change in self._by_file.get(file, ()):
            if offset < change.end:
                return grown + min(offset, change.start)
            if change.start < offset:
                grown += change.growth
        return offset + grown

    def written_ranges(self, file: str) -> list[range]:
        """Ranges of the new text, after the edits; an empty range for a deletion."""
        found, grown = [], 0
        for change in self._by_file.get(file, ()):
            start = change.start + grown
            found.append(range(start, start + max(len(change.text), 1)))
            grown += change.growth
        return found

    def followed_by(self, fix: Fix, then: Fix) -> Fix | None:
        """A fix together with one of the text after it; None if that cannot be written as one."""
        edits = list(fix.edits)
        for edit in then.edits:
            source, start, end = edit.span
            name = place(source.name)
            at = next((at for at, own in enumerate(edits) if self._is_inside(edit, own)), None)
            if at is not None:
                own, begin = edits[at], self._start_after(edits[at])
                text = own.text[: start - begin] + edit.text + own.text[end - begin :]
                edits[at] = own._replace(text=text)
                continue
            first, last = self._offset_before(name, start), self._offset_before(name, end)
            if first is None or last is None:
                return None
            edits.append(edit._replace(span=fix.edits[0].span._replace(start=first, end=last)))
        titles = dict.fromkeys((fix.title, then.title))
        return fix._replace(title=" and ".join(titles), edits=tuple(edits), safe=fix.safe and then.safe)

    def _is_inside(self, edit: Edit, own: Edit) -> bool:
        """Whether an edit of the text afterwards is in what an edit wrote."""
        start = self._start_after(own)
        is_same_file = place(own.span.source.name) == place(edit.span.source.name)
        return is_same_file and start <= edit.span.start and edit.span.end <= start + len(own.text)

    def _start_after(self, edit: Edit) -> int:
        """Where the text of an edit is afterwards."""
        return self.offset_after(place(edit.span.source.name), edit.span.start)

    def _offset_before(self, file: str, offset: int) -> int | None:
        """The offset that is at ``offset`` afterwards; None inside of what was written."""
        grown = 0
        for change in self._by_file.get(file, ()):
            if offset <= change.start + grown:
                break
            if offset < change.start + grown + len(change.text):
                return None
            grown += change.growth
        return offset - grown


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
