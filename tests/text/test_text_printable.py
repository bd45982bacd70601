from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archspec.text.printable import cells, glyphs, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("conv1", "conv1"),
        ("漢字 é ü", "漢字 é ü"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\nb\rc\td\x00", "a\\nb\\rc\\td\\x00"),
        ("\x9b31m", "\\x9b31m"),
        ("abc\u202edcba", "abc\\u202edcba"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("line\u2028end\x85", "line\\u2028end\\x85"),
        ("no\xa0break", "no\\xa0break"),
        ("half\udc80", "half\\udc80"),
    ],
)
def test_what_terminals_would_obey_is_escaped(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text())
def test_nothing_unprintable_is_left(text: str) -> None:
    assert printable(text).isprintable()
    assert all(glyph.isprintable() for glyph in glyphs(text))


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("", 0),
        ("conv", 4),
        ("漢字", 4),
        ("\uff57\uff49\uff44\uff45", 8),
        ("\xe9", 1),
        ("e\u0301", 1),
        ("한글", 4),
        ("😀", 2),
        ("█▏", 2),
    ],
)
def test_cells_count_wide_and_combining_characters(text: str, width: int) -> None:
    assert cells(text) == width


def test_cells_of_a_syllable_do_not_depend_on_its_normal_form() -> None:
    assert cells(unicodedata.normalize("NFD", "한글é")) == cells("한글é") == 5


def test_tabs_reach_to_the_next_multiple_of_four() -> None:
    assert glyphs("\ta\t漢\tb") == ["    ", "a", "   ", "漢", "  ", "b"]
