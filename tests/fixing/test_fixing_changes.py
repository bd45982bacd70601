"""Edits in several files: which go together, what comes of them, and where everything else lies then."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archspec.diagnostics import Edit, Fix
from archspec.fixing.changes import Changes
from archspec.source import Source, Span
from archspec.syntax.copies import place

if TYPE_CHECKING:
    from collections.abc import Sequence

SOURCE = Source("net.yaml", "")
FILE = place("net.yaml")


def fix(*edits: tuple[int, int, str]) -> Fix:
    return Fix("", tuple(Edit(Span(SOURCE, start, end), text) for start, end, text in edits))


@pytest.mark.parametrize(
    ("first", "second", "go_together"),
    [
        ((2, 4, "x"), (4, 6, "y"), True),
        ((2, 4, "x"), (3, 6, "y"), False),
        ((2, 4, "x"), (2, 4, "x"), True),
        ((2, 4, "x"), (2, 4, "y"), False),
        ((2, 2, "x"), (2, 2, "y"), False),
        ((2, 2, "x"), (2, 4, "y"), False),
        ((2, 4, "x"), (4, 4, "y"), True),
        ((2, 4, "x"), (3, 3, "y"), False),
        ((1, 9, ""), (4, 5, ""), False),
    ],
)
def test_what_goes_together(first: tuple[int, int, str], second: tuple[int, int, str], go_together: bool) -> None:
    for one, other in ((first, second), (second, first)):
        changes = Changes([fix(one)])
        assert changes.add(fix(other)) is go_together


def test_a_fix_is_taken_whole_or_not_at_all() -> None:
    changes = Changes([fix((4, 6, "x"))])
    assert not changes.add(fix((0, 1, "y"), (5, 7, "z")))
    assert changes.apply({FILE: b"0123456789"}) == {FILE: b"0123x6789"}


def test_bytes_outside_of_the_edits_are_kept() -> None:
    data = codecs.BOM_UTF8 + "ä: 1\r\nb: \u2028 no\r\n\x85".encode()
    at = "ä: 1\r\nb: \u2028 ".__len__()
    assert Changes([fix((at, at + 2, "false"))]).apply({FILE: data}) == {FILE: data.replace(b"no", b"false")}


def test_files_do_not_mix() -> None:
    other = Fix("", (Edit(Span(Source("other.yaml", ""), 0, 1), "A"),))
    changes = Changes([fix((0, 1, "B")), other])
    assert changes.files == {FILE, place("other.yaml")}
    assert changes.apply({FILE: b"b", place("other.yaml"): b"a"}) == {FILE: b"B", place("other.yaml"): b"A"}


EDITS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 4), st.text("xyz", max_size=4)), max_size=6)


@given(EDITS)
def test_what_is_not_written_over_keeps_its_character(edits: Sequence[tuple[int, int, str]]) -> None:
    text = "abcdefghijklmnopqrstuvwx"
    changes = Changes()
    taken = [(at, at + size) for at, size, new in edits if changes.add(fix((at, at + size, new)))]
    after = changes.apply({FILE: text.encode()}).get(FILE, text.encode()).decode()
    for offset, character in enumerate(text):
        if not any(start <= offset < end for start, end in taken):
            moved = changes.offset_after(FILE, offset)
            inserted = [new for at, size, new in edits if at == offset and size == 0]
            assert character in after[moved : moved + 1 + max(map(len, inserted), default=0)]


@given(EDITS)
def test_written_ranges_hold_what_is_written(edits: Sequence[tuple[int, int, str]]) -> None:
    text = "abcdefghijklmnopqrstuvwx"
    changes = Changes()
    taken = {(at, at + size, new) for at, size, new in edits if changes.add(fix((at, at + size, new)))}
    after = changes.apply({FILE: text.encode()}).get(FILE, text.encode()).decode()
    ranges = changes.written_ranges(FILE)
    assert len(ranges) == len(taken)
    for where, (_, _, new) in zip(ranges, sorted(taken), strict=True):
        assert after[where.start :].startswith(new)
        assert len(where) == max(len(new), 1)
    assert changes.written_ranges(place("other.yaml")) == []
    assert changes.offset_after(place("other.yaml"), 7) == 7
