"""`$name` and `$(expression)`: what they give, what they refuse, and where."""

from __future__ import annotations

import contextlib
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archspec.syntax.expressions import LARGEST, ExpressionError, template

NAMES: dict[str, Any] = {
    "width": 64,
    "half": 0.5,
    "deep": True,
    "counts": (3, 4, 6, 3),
    "row": {"planes": 128},
    "kind": "v2",
}
VOLUME = {"height": 56, "width": 28, "channels": 64}


def value(text: str) -> Any:
    found = template(text)
    assert found is not None
    return found.evaluate(NAMES, VOLUME)


def fault(text: str) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        value(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("$width", 64),
        ("$(width)", 64),
        ("$( 2 * width + 1 )", 129),
        ("$(width // 3 % 5)", 1),
        ("$(width / 4)", 16),
        ("$(width / 3)", 64 / 3),
        ("$(2 ** 10 - 24)", 1000),
        ("$(-width + +1)", -63),
        ("$(width > 32 and not deep)", False),
        ("$(1 < 2 <= 2 != 3)", True),
        ("$(4 in counts or 9 not in counts)", True),
        ("$(counts[2])", 6),
        ("$(counts[-1])", 3),
        ("$(row['planes'])", 128),
        ("$([1, 2] + [3])", (1, 2, 3)),
        ("$([2] * 3)", (2, 2, 2)),
        ("$(len(counts) + sum(counts))", 20),
        ("$(min(3, width) + max(counts) + abs(-2))", 11),
        ("$(round(2.6) + floor(2.6) + ceil(2.2) + sqrt(16))", 12),
        ("$(width if deep else 1)", 64),
        ("$(kind == 'v2')", True),
        ("$('a' + kind)", "av2"),
        ("$(true and null == null)", True),
        ("$(in.height * in.width * in.channels)", 56 * 28 * 64),
        ("$half", 0.5),
        ("conv$(width)_$kind", "conv64_v2"),
        ("$deep!", "true!"),
        ("price: $$5", "price: $5"),
        ("$(')')", ")"),
    ],
)
def test_values(text: str, wanted: Any) -> None:
    got = value(text)
    assert got == wanted
    assert type(got) is type(wanted)


@pytest.mark.parametrize(
    ("width", "wanted"),
    # The rounding of channels in MobileNetV2's and V3's published code, worked out by hand: to the nearest multiple of
    # 8, up when that would lose more than a tenth.
    [(8, 8), (16 * 0.75, 16), (32 * 0.35, 16), (24 * 1.4, 32), (96 * 0.35, 32), (33, 32), (36, 40), (1, 8), (10, 16)],
)
def test_divisible_rounds_as_mobilenet(width: float, wanted: int) -> None:
    found = template("$(divisible(w, 8))")
    assert found is not None
    assert found.evaluate({"w": width}) == wanted


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("$wdth", "there is no parameter `wdth` here", "wdth"),
        ("$(2 * wdth)", "there is no parameter `wdth` here", "wdth"),
        ("$(1 / 0)", "division by zero in `1 / 0`", "1 / 0"),
        ("$(width % 0)", "division by zero", "width % 0"),
        ("$(10**10**10)", "is larger than", "10**10**10"),
        ("$(9**99)", "is larger than", "9**99"),
        ("$(2.0**9999)", "can't be computed", "2.0**9999"),
        ("$(2.0**999)", "is larger than", "2.0**999"),
        ("$((-8)**0.5)", "is not a real number", "(-8)**0.5"),
        ("$(sqrt(-1))", "can't be computed", "sqrt(-1)"),
        ("$('ab' * 3)", "does arithmetic with text", "'ab' * 3"),
        ("$([0] * 99999)", "is longer than", "[0] * 99999"),
        ("$(counts[9])", "has no element 9", "counts[9]"),
        ("$(row['x'])", "has no element 'x'", "row['x']"),
        ("$(counts + 1)", "can't be computed", "counts + 1"),
        ("$(in.depth)", "the volume here has in.height, in.width, in.channels", "in.depth"),
        ("$(width.real)", "only `in` has attributes", "width.real"),
        ("$(().__class__)", "only `in` has attributes", "().__class__"),
        ("$(__import__('os'))", "functions are min, max", "__import__('os')"),
        ("$(min(3, key=abs))", "functions are min, max", "min(3, key=abs)"),
        ("$(min())", "min takes 1 to 100 arguments", "min()"),
        ("$(lambda: 1)", "this Python syntax is not allowed", "lambda: 1"),
        ("$([x for x in counts])", "this Python syntax is not allowed", "[x for x in counts]"),
        ("$(f'{width}')", "this Python syntax is not allowed", "f'{width}'"),
        ("$(width := 3)", "is not a valid expression", None),
        ("$(width << 2)", "the operators are", "width << 2"),
        ("$(~width)", "is not an operator here", "~width"),
        ("$(width is 3)", "comparisons are", "width is 3"),
        ("$(b'x')", "is neither a number nor text", "b'x'"),
        ("$(1j)", "is neither a number nor text", "1j"),
        ("a $(2 + ) b", "is not a valid expression", None),
        ("a $(2 b", "`$(` without its `)`", "$(2 b"),
        ("$()", "an empty expression", None),
        ("5 $", "a lone `$`", "$"),
        ("$5", "a lone `$`", "$"),
        ("x$counts", "is a list, which can't be part of text", "counts"),
    ],
)
def test_faults_are_told_at_their_place(text: str, message: str, place: str | None) -> None:
    error = fault(text)
    assert message in str(error)
    assert 0 <= error.start <= error.end <= len(text)
    if place is not None:
        assert text[error.start : error.end] == place


@pytest.mark.parametrize(
    "text",
    [
        "$(" + "-" * 480 + "1)",
        "$(" + "1+" * 240 + "1)",
        "$(" + "not " * 120 + "1)",
    ],
)
def test_deep_expressions_neither_crash_nor_hang(text: str) -> None:
    message = str(fault(text))
    assert "too deep" in message or "is not a valid expression" in message


def test_long_expressions_are_refused() -> None:
    assert "at most 500 are read" in str(fault("$(" + "1 + " * 200 + "1)"))


def test_text_without_a_dollar_is_no_template() -> None:
    assert template("width") is None


def test_names_and_volume_that_are_read() -> None:
    found = template("$(min(width, in.channels) + counts[half])")
    assert found is not None
    (expression,) = found.expressions
    assert expression.names == {"width", "counts", "half"}
    assert expression.reads_volume


@given(text=st.text(alphabet="$(){}[]'\"+-*/%<>=!., \nabinw0123456789_", max_size=60))
def test_any_text_gives_a_value_or_an_expression_error(text: str) -> None:
    with contextlib.suppress(ExpressionError):
        found = template(text)
        if found is not None:
            found.evaluate(NAMES, VOLUME)


@given(a=st.integers(-(10**6), 10**6), b=st.integers(-(10**6), 10**6))
def test_arithmetic_is_pythons(a: int, b: int) -> None:
    for sign in ("+", "-", "*", "//", "%", "==", "<", ">="):
        if b or sign not in ("//", "%"):
            assert value(f"$(({a}) {sign} ({b}))") == eval(f"({a}) {sign} ({b})")  # noqa: S307 - two numbers and a sign
    assert abs(value(f"$(({a}) * 1000000)")) <= LARGEST
    assert math.isclose(value(f"$(({a}) / 7)"), a / 7)
