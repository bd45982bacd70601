"""An expression that is compiled has the value that its evaluation gives, or the same fault."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from archspec.syntax.expressions import ExpressionError, template

NAMES: dict[str, Any] = {
    "a": 3, "b": 0, "big": 2**62, "huge": 2**70, "real": 2.5, "infinite": float("inf"), "yes": True, "word": "ab",
    "list": (1, 2, (3,)), "map": {"k": 4}, "none": None, "long": "x" * 10_001,
}  # fmt: skip
VOLUME = {"height": 7, "width": 5, "channels": 8}

OPERATORS = ("+", "-", "*", "/", "//", "%", "**", "==", "!=", "<", "<=", "in", "is", "and", "or")
LEAVES = st.sampled_from([
    *NAMES, "nothing", "in.height", "in.channels", "in.depth", "in", "a.b", "true", "null", "7", "0", "2.0", "'k'",
    "9223372036854775807", "99999999999999999999", "1e400", "True", "...", "[1, 2]", "()", "(a,)", "b'x'",
])  # fmt: skip
TREES = st.recursive(
    LEAVES,
    lambda part: st.one_of(
        st.builds("({} {} {})".format, part, st.sampled_from(OPERATORS), part),
        st.builds("({} {} {} {} {})".format, part, st.sampled_from(["<", "=="]), part, st.sampled_from("<>"), part),
        st.builds("({} if {} else {})".format, part, part, part),
        st.builds("{}[{}]".format, part, part),
        st.builds("({}{})".format, st.sampled_from(["-", "not ", "+", "~"]), part),
        st.builds("{}({})".format, st.sampled_from(["min", "max", "abs", "round", "len", "sqrt", "sum", "open"]), part),
        st.builds("{}({}, {})".format, st.sampled_from(["min", "max", "round", "divisible", "floor"]), part, part),
    ),
    max_leaves=6,
)


def value(text: str, *, is_compiled: bool, volume: dict[str, int] | None) -> tuple[str, str]:
    """The kind and the text of a value, or of a fault."""
    template.cache_clear()
    try:
        found = template(f"$({text})")
        assert found is not None
        for expression in found.expressions:
            if not is_compiled:
                vars(expression)["function"] = None
        result = found.evaluate(NAMES, volume)
    except ExpressionError as error:
        return "fault", f"{error} {error.start} {error.end}"
    return type(result).__name__, repr(result)


@settings(max_examples=600)
@given(TREES, st.sampled_from([VOLUME, None]))
def test_compiled_and_evaluated(text: str, volume: dict[str, int] | None) -> None:
    assert value(text, is_compiled=True, volume=volume) == value(text, is_compiled=False, volume=volume)


def test_what_networks_compute_is_compiled() -> None:
    for text in ("width", "(kernel // 2)", "(stride != 1 or in.channels != 4 * planes)", "(counts[0] if i else -1)"):
        found = template(f"${text}")
        assert found is not None
        assert all(expression.function for expression in found.expressions)


def test_a_power_is_not_computed_before_its_size_is_known() -> None:
    (expression,) = template("$(10 ** 10 ** 10)").expressions  # type: ignore[union-attr]
    assert expression.function is None
