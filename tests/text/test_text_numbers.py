from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archspec.text.numbers import bar, both_units, decimal, exact, percent, short, short_bytes


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (9_999, "9,999"),
        (10_000, "10.0k"),
        (36_928, "36.9k"),
        (102_764_544, "103M"),
        (1_849_688_064, "1.85G"),
        (999_499, "999k"),
        (999_500, "1.00M"),
        (999_999_999, "1.00G"),
        (15 * 10**12, "15.0T"),
        (10**18, "1,000P"),
    ],
)
def test_short_numbers_have_three_digits(number: int, text: str) -> None:
    assert short(number) == text


@given(st.integers(0, 10**17))
def test_short_numbers_are_short_and_near(number: int) -> None:
    text = short(number)
    assert len(text) <= 6
    if number >= 10_000:
        power = "kMGTP".index(text[-1]) + 1
        assert abs(float(text[:-1]) * 1000**power - number) <= 0.0051 * number


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 B"), (512, "512 B"), (1200, "1.20 kB"), (12_845_056, "12.8 MB"), (10**10, "10.0 GB")]
)
def test_short_bytes(number: int, text: str) -> None:
    assert short_bytes(number) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (896, "896 bytes"),
        (73_768, "73.8 kB (72.0 KiB)"),
        (77_070_336, "77.1 MB (73.5 MiB)"),
        (2_213_720_704, "2.2 GB (2.1 GiB)"),
    ],
)
def test_both_units_by_name(number: int, text: str) -> None:
    assert both_units(number) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(0, 5, "0.0%"), (5, 5, "100.0%"), (1, 3, "33.3%"), (1, 100_000, "<0.1%"), (99_999, 100_000, ">99.9%")],
)
def test_percent_never_rounds_to_none_or_all(part: int, whole: int, text: str) -> None:
    assert percent(part, whole) == text


def test_exact_and_decimal() -> None:
    assert exact(138_357_544) == "138,357,544"
    assert [decimal(Fraction(*pair)) for pair in ((225, 2), (217, 4), (224, 3), (8, 2))] == [
        "112.5",
        "54.25",
        "74.67",
        "4",
    ]


@pytest.mark.parametrize(("part", "text"), [(80, "████████"), (1, "▏"), (40, "████"), (45, "████▌"), (79, "███████▉")])
def test_bars_are_drawn_in_eighths(part: int, text: str) -> None:
    assert bar(part, 80, 8) == text
