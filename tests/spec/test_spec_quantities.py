"""Counts and bytes as specs write them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archspec.spec.quantities import parse_bytes, parse_count


@pytest.mark.parametrize(
    ("written", "count"),
    [
        (0, 0),
        (34944, 34_944),
        (1e3, 1_000),
        ("34944", 34_944),
        ("12k", 12_000),
        ("12K", 12_000),
        ("61M", 61_000_000),
        ("1.2G", 1_200_000_000),
        ("1.2 G", 1_200_000_000),
        (" 1.2G ", 1_200_000_000),
        ("0.000001T", 1_000_000),
        ("15.47026432G", 15_470_264_320),
        ("138.357544M", 138_357_544),
        ("0.3k", 300),
        (10**40, 10**40),
    ],
)
def test_counts(written: Any, count: int) -> None:
    found = parse_count(written)
    assert found == count
    assert type(found) is int


@pytest.mark.parametrize(
    ("written", "count"),
    [
        (0, 0),
        ("7B", 7),
        ("1kB", 1_000),
        ("1KB", 1_000),
        ("80MB", 80_000_000),
        ("64MiB", 67_108_864),
        ("1.5KiB", 1_536),
        ("2GB", 2_000_000_000),
        ("2GiB", 2_147_483_648),
        ("1TB", 10**12),
        ("1TiB", 2**40),
        ("77.070336MB", 77_070_336),
        ("73.5MiB", 77_070_336),
    ],
)
def test_bytes(written: Any, count: int) -> None:
    found = parse_bytes(written)
    assert found == count
    assert type(found) is int


@pytest.mark.parametrize(
    "written",
    [
        "", "M", "61m", "61MM", "61 M M", "1,000", "1_000", "-1", "+1", "1.", ".5M", "1e3", "0x10", "61MB", "many",
        "\u0661", -1, 1.5, float("inf"), float("nan"), True, False, None, (1,), {"a": 1},
    ],
)  # fmt: skip
def test_no_counts(written: Any) -> None:
    with pytest.raises(ValueError, match=r"34944, 61M or 1\.2G"):
        parse_count(written)


@pytest.mark.parametrize("written", ["80M", "80mb", "80Mb", "80mib", "80MIB", "-1MB", "1.5.5MB", None, True, -5])
def test_no_bytes(written: Any) -> None:
    with pytest.raises(ValueError, match="600000, 80MB or 64MiB"):
        parse_bytes(written)


@pytest.mark.parametrize(
    ("written", "is_"), [("1.2345k", "1234.5"), ("0.1", "0.1"), ("0.0000001M", "0.1"), ("1.00005k", "1000.05")]
)
def test_no_fractions_of_a_count(written: str, is_: str) -> None:
    with pytest.raises(ValueError, match=f"{written} is {is_}, not a whole number"):
        parse_count(written)


@pytest.mark.parametrize("written", ["0.1KiB", "1.5B"])
def test_no_fractions_of_a_byte(written: str) -> None:
    with pytest.raises(ValueError, match="not a whole number"):
        parse_bytes(written)


@given(number=st.integers(0, 10**25))
def test_numbers_are_exact(number: int) -> None:
    """Decimals are never rounded on the way, however many digits there are."""
    assert parse_count(f"{number}k") == number * 1000
    assert parse_count(f"{number // 1000}.{number % 1000:03}k") == number
    assert parse_bytes(f"{number}KiB") == number * 1024
