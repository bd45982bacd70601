from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from archspec.syntax.legacy import Legacy, legacy
from archspec.syntax.scalars import core, is_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("NULL", None),
        ("nULL", "nULL"),
        ("true", True),
        ("True", True),
        ("FALSE", False),
        ("tRUE", "tRUE"),
        ("yes", "yes"),
        ("0", 0),
        ("-0", 0),
        ("+12", 12),
        ("012", 12),
        ("08", 8),
        ("0o14", 12),
        ("0o18", "0o18"),
        ("-0o14", "-0o14"),
        ("0x1F", 31),
        ("0xfg", "0xfg"),
        ("+0x1F", "+0x1F"),
        ("0b1", "0b1"),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("2020-01-01", "2020-01-01"),
        ("1e-4", 1e-4),
        ("1E4", 1e4),
        ("1.", 1.0),
        (".5", 0.5),
        ("-.5e1", -5.0),
        ("12e03", 12000.0),
        (".", "."),
        ("-", "-"),
        ("+", "+"),
        ("1e", "1e"),
        (".e1", ".e1"),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("+.Inf", math.inf),
        ("inf", "inf"),
        ("nan", "nan"),
        ("1e999", math.inf),
        ("1e-999", 0.0),
        ("227x227x3", "227x227x3"),
        ("$(4 * planes)", "$(4 * planes)"),
        ("61M", "61M"),
        ("٣", "٣"),
        ("²", "²"),
    ],
)
def test_the_core_schema(text: str, value: object) -> None:
    found = core(text)
    assert (type(found), found) == (type(value), value)


def test_not_a_number_is_a_float() -> None:
    assert all(
        isinstance(core(text), float) and math.isnan(float(str(core(text)))) for text in (".nan", ".NaN", ".NAN")
    )


@pytest.mark.parametrize("text", ["1", "-1", "0x1", "0o7", "1.5", "1e5", ".5", "1" * 5000])
def test_numbers(text: str) -> None:
    assert is_number(text)


@pytest.mark.parametrize("text", ["", "a", "1a", ".inf", "1_000", "1" * 5000 + "x"])
def test_no_numbers(text: str) -> None:
    assert not is_number(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("yes", Legacy("truth", value=True)),
        ("Off", Legacy("truth", value=False)),
        ("NO", Legacy("truth", value=False)),
        ("oN", None),
        ("y", None),
        ("true", None),
        ("012", Legacy("octal", 10)),
        ("-012", Legacy("octal", -10)),
        ("07", None),
        ("09", Legacy("text", "09")),
        ("0o14", Legacy("text", "0o14")),
        ("0b101", Legacy("binary", 5)),
        ("0b_", Legacy("binary")),
        ("1_000", Legacy("number", 1000)),
        ("1_000.5", Legacy("number", 1000.5)),
        ("-0x1F", Legacy("number", -31)),
        ("1:30", Legacy("sexagesimal", 90)),
        ("-1:30", Legacy("sexagesimal", -90)),
        ("1:30.5", Legacy("sexagesimal", 90.5)),
        ("1:60", None),
        ("2020-01-01", Legacy("date")),
        ("2001-12-14t21:59:43.10-05:00", Legacy("date")),
        ("=", Legacy("special")),
        ("1e-4", None),
        ("1.5e3", None),
        ("1_" * 60, None),
    ],
)
def test_what_yaml_1_1_reads(text: str, expected: Legacy | None) -> None:
    assert legacy(text, core(text)) == expected


def _safe_load(text: str) -> Any:
    """What PyYAML, a reader of 1.1, makes of a plain scalar; its own class for what it cannot construct."""
    try:
        return yaml.safe_load(f"- {text}")[0]
    except (yaml.YAMLError, ValueError):
        return yaml.YAMLError


_DOUBTFUL = st.text("0123456789_:.+-xobeEnNaAfFyYsStTrRuU=<~", min_size=1, max_size=12)


@given(st.one_of(_DOUBTFUL, st.from_regex(r"[-+]?(0[0-7_]+|[1-9][0-9_]*(:[0-5]?[0-9])*)(\.[0-9_]*)?", fullmatch=True)))
@example("0_")
@example("0x_")
@example("1:30.")
@example("190:20:30")
def test_both_versions_read_what_is_not_told_alike(text: str) -> None:
    old, new = _safe_load(text), core(text)
    told = legacy(text, new)
    if told is None:
        # A float that 1.1 takes for text is what the language wants; and some texts are no scalar at all.
        wanted = isinstance(new, float) and isinstance(old, str)
        no_scalar = old is yaml.YAMLError or isinstance(old, (dict, list)) or _is_comment(text)
        assert wanted or no_scalar or (type(old), repr(old)) == (type(new), repr(new))
    elif told.value is not None:
        assert type(old) is type(told.value)
        assert old == (pytest.approx(told.value) if isinstance(told.value, float) else told.value)
    else:
        assert old is yaml.YAMLError or isinstance(old, dt.date)


def _is_comment(text: str) -> bool:
    return text in ("-", "- ") or text.startswith(("- ", "? ", ": "))
