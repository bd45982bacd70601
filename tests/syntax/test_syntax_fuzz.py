"""Random texts and random data: no exception, no place out of bounds, and what PyYAML reads too."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from archspec.source import Source, Span
from archspec.syntax import Limits, Mapping, Node, Scalar, events, parse, plain
from archspec.syntax.masking import mask

if TYPE_CHECKING:
    from archspec.diagnostics import Diagnostic

SMALL = Limits(depth=12, nodes=400, aliases=60, findings=20, number=30)

PIECES = [
    "a", "b: ", "c:", "- ", "-", "? ", ": ", "[", "]", "{", "}", ", ", ",", "\n", "\n  ", "\n    ", "\r\n", "\t", " ",
    "'", '"', "\\", "\\e", "\\ud800", "#", " # x", "&a ", "*a", "&b", "*b", "!", "!!str ", "|", ">-", "<<: ",
    "---\n", "...\n", "%", "@", "`", "no", "012", "1_0", "1:30", "1e999", "$(f(", "$(", ")", "x[0]", "é", "𝄞",
    "\u00a0", "\u2028", "\ufdd0", "\x00", "\x1b", "\ufeff", "\ud800", "=", "fc:10", "k 3", "2020-01-01", "~",
]  # fmt: skip
TEXTS = st.one_of(st.lists(st.sampled_from(PIECES), max_size=25).map("".join), st.text(max_size=60))


def run(text: str, parser: type, limits: Limits = SMALL) -> tuple[Node | None, list[Diagnostic]]:
    found: list[Diagnostic] = []
    was, events.parser_class = events.parser_class, parser
    try:
        return parse(Source("fuzz", text), found.append, limits), found
    finally:
        events.parser_class = was


def spans(node: Node) -> list[Span]:
    if isinstance(node, Scalar):
        return [node.span]
    if isinstance(node, Mapping):
        children: list[Node] = [part for entry in node.entries for part in (entry.key, entry.value)]
    else:
        children = list(node.items)
    return [node.span, *(span for child in children for span in spans(child))]


def told(diagnostic: Diagnostic) -> list[Span]:
    assert diagnostic.span is not None
    edits = diagnostic.fix.edits if diagnostic.fix else ()
    return [diagnostic.span, *(label.span for label in diagnostic.labels), *(edit.span for edit in edits)]


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS)
@example("a: \n\t\n")
@example("\ufeff\ufeffa: 1")
@example("a: &a\n *a")
@example("[$(a,'b)']")
@example("a: !<x y")
@example('"\\U00110000"')
def test_any_text_gets_an_answer(text: str) -> None:
    for parser in {events.parser_class, events.PurePython}:
        tree, found = run(text, parser)
        assert tree is not None or found
        places = [span for diagnostic in found for span in told(diagnostic)]
        for span in places + (spans(tree) if tree else []):
            assert 0 <= span.start <= span.end <= len(text)
            assert span.line >= 1
            assert span.column >= 1
        assert all(diagnostic.message and diagnostic.help for diagnostic in found)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS)
def test_both_parsers_say_the_same_where_they_read_the_text(text: str) -> None:
    first, found = run(text, events.parser_class)
    second, others = run(text, events.PurePython)
    if first is None or second is None:
        return  # they give up at different places, PyYAML's own sooner at tabs
    assert same(plain(first), plain(second))
    assert [(d.rule, d.message, d.span and d.span.start) for d in found] == [
        (d.rule, d.message, d.span and d.span.start) for d in others
    ]
    assert [(span.start, span.end) for span in spans(first)] == [(span.start, span.end) for span in spans(second)]


def same(one: Any, other: Any) -> bool:
    """Equality in which not-a-number equals itself."""
    return repr(one) == repr(other)


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, min_value=-1e300, max_value=1e300).filter(lambda number: "e" not in repr(number)),
    st.text(st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"]), max_size=12),
)
DATA = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text("abcdefghijk_", min_size=1, max_size=8), inner, max_size=4)
    ),
    max_leaves=20,
)


def tuples(data: Any) -> Any:
    """Lists as tuples, as ``plain`` gives them."""
    if isinstance(data, dict):
        return {key: tuples(value) for key, value in data.items()}
    return tuple(map(tuples, data)) if isinstance(data, list) else data


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(DATA, st.booleans(), st.sampled_from(["\n", "\r\n"]))
def test_what_pyyaml_writes_is_read_back(data: Any, flow: bool, ending: str) -> None:
    text = yaml.safe_dump(data, default_flow_style=flow, allow_unicode=True, line_break=ending, sort_keys=False)
    for parser in {events.parser_class, events.PurePython}:
        tree, found = run(text, parser, Limits())
        rules = {diagnostic.rule for diagnostic in found}
        assert rules <= {"yaml-ambiguity", "yaml-syntax", "number-range", "control-character"}
        if not rules:
            assert tree is not None
            assert plain(tree) == tuples(yaml.safe_load(text)) == tuples(data)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(DATA)
def test_json_is_yaml(data: Any) -> None:
    tree, found = run(json.dumps(data, ensure_ascii=False), events.parser_class, Limits())
    assert found == []
    assert tree is not None
    assert plain(tree) == tuples(data)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(["$(", "(", ")", ",", "[", "]", "'", '"', "a", " ", ": ", "#", "\n"])).map("".join))
def test_masking_keeps_every_place(text: str) -> None:
    hidden = mask(text)
    assert len(hidden) == len(text)
    assert all(one == other or one in ",[]{}" for one, other in zip(text, hidden, strict=True))


def test_infinity_is_the_largest_number_told() -> None:
    tree, found = run("[.inf, -.inf, .nan]", events.parser_class)
    assert found == []
    assert tree is not None
    high, low, none = plain(tree)
    assert (high, low) == (math.inf, -math.inf)
    assert math.isnan(none)
