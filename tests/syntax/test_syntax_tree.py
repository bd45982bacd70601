from __future__ import annotations

import gc
import subprocess
import sys
from typing import TYPE_CHECKING, cast

import pytest

from archspec.source import Source
from archspec.syntax import Mapping, Node, Scalar, Sequence, parse, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.syntax.conftest import Check


def scalars(node: Node) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from scalars(item)
    else:
        for pair in node.entries:
            yield pair.key
            yield from scalars(pair.value)


def written(node: Node) -> list[str]:
    return [scalar.span.text for scalar in scalars(node)]


def sound(check: Check, text: str) -> Node:
    tree, found = check(text)
    assert found == []
    assert tree is not None
    return tree


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("a: 1\nb: [x, 'y', \"z\"]\n", {"a": 1, "b": ("x", "y", "z")}),
        ("- conv: {filters: 96, kernel: 11}\n- relu\n", ({"conv": {"filters": 96, "kernel": 11}}, "relu")),
        ("a:\nb: ~\nc: null\nd: ''\n", {"a": None, "b": None, "c": None, "d": ""}),
        ("a: 1e-4\nb: .5\nc: TRUE\nd: 0x10\n", {"a": 1e-4, "b": 0.5, "c": True, "d": 16}),
        ("a: [p: q, r]\n", {"a": ({"p": "q"}, "r")}),
        ("a: |\n  x\n   y\nb: >-\n  x\n  y\n", {"a": "x\n y\n", "b": "x y"}),
        ("a: x\n  y\n", {"a": "x y"}),
        ("a: $(max(1, 2))\nb: $(sizes[0])\nc: $x\n", {"a": "$(max(1, 2))", "b": "$(sizes[0])", "c": "$x"}),
        ("{a: \"$(max(1, 2))\", b: '$(x[0])'}", {"a": "$(max(1, 2))", "b": "$(x[0])"}),
        ("a: {b: $(c), d: 2} # $(e, f)\n", {"a": {"b": "$(c)", "d": 2}}),
        ("a: ['$(b', 'c)']\nd: [\"$(b\", \"c)\"]\n", {"a": ("$(b", "c)"), "d": ("$(b", "c)")}),
        ("a: {b: $(c, d: 1}\n", {"a": {"b": "$(c", "d": 1}}),
        ("- &a {x: 1}\n- *a\n- &a y\n- *a\n", ({"x": 1}, {"x": 1}, "y", "y")),
        ("*a : 1\n", None),
        ("%YAML 1.2\n---\na: 1\n...\n", {"a": 1}),
        ("a: 'it''s'\nb: \"\\u00e9\\n\"\n", {"a": "it's", "b": "é\n"}),
        ("a: http://x.org/y:z\nb: C:\\x\nc: a:b\n", {"a": "http://x.org/y:z", "b": "C:\\x", "c": "a:b"}),
        ("a: b #c\n# d\n", {"a": "b"}),
        ("a:\t1\nb: [1,\n\t2]\nc: x\ty\t# z\nd: x\t\n  y\n", {"a": 1, "b": (1, 2), "c": "x\ty", "d": "x y"}),
        ("{}", {}),
        ("[]", ()),
        ("~", None),
        ('"" ', ""),
    ],
)
def test_values(check: Check, text: str, data: object) -> None:
    if text.startswith("*"):
        tree, found = check("- &a k\n- {*a : 1}\n")
        assert (plain(cast("Node", tree)), found) == (("k", {"k": 1}), [])
    else:
        assert plain(sound(check, text)) == data


def test_plain_tells_quotes_from_none(check: Check) -> None:
    tree = sound(check, "[1, '1', \"x\", x, null]")
    assert [(scalar.value, scalar.plain) for scalar in scalars(tree)] == [
        (1, True), ("1", False), ("x", False), ("x", True), (None, True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        (
            "name: alexnet\nsource: \"K, 2012\"\nx: 'it''s'\n",
            ["name", "alexnet", "source", '"K, 2012"', "x", "'it''s'"],
        ),
        ("é: 'ü'\r\nb: \"z\"\r\n𝄞: 𝄞x\r\n", ["é", "'ü'", "b", '"z"', "𝄞", "𝄞x"]),
        ("a: >-\r\n  x\r\n  y\r\n\r\nb: 1\r\n", ["a", ">-\r\n  x\r\n  y", "b", "1"]),
        ("a: &x !!str foo\n", ["a", "foo"]),
        ("a: &x   # why\n  foo\nb: *x\n", ["a", "foo", "b", "*x"]),
        ("a: &x\nb: *x\n", ["a", "", "b", "*x"]),
        ("a:\nb: # c\n", ["a", "", "b", ""]),
        ("a: x\n  y # c\n", ["a", "x\n  y"]),
        ("{a, b: , c: [ d ]}", ["a", "", "b", "", "c", "d"]),
        ("{a: $(f(1, 2)), b: 3}", ["a", "$(f(1, 2))", "b", "3"]),
    ],
)
def test_spans_of_scalars(check: Check, text: str, spans: list[str]) -> None:
    tree, _ = check(text)
    assert tree is not None
    assert written(tree) == spans


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("a: [1,\n  2 ]\nb: 1\n", "[1,\n  2 ]"),
        ("a: &x {b: 1}\nc: *x\n", "{b: 1}"),
        ("a:\n  b: 1\n  c:\n\n# d\ne: 1\n", "b: 1\n  c:"),
        ("a:\n- 1\n- x: 2\n  y: [3]\n\nb: 1\n", "- 1\n- x: 2\n  y: [3]"),
        ("a: &x\n  - 1\nb: *x\n", "- 1"),
        ("a: &x\n- 1\nb: *x\n", "- 1"),
        ("a:\n- |\n  x\n\nb:\n", "- |\n  x"),
        ("a:\n- [[b]: c ]\n", None),
    ],
)
def test_spans_of_collections(check: Check, text: str, span: str | None) -> None:
    tree, _ = check(text)
    assert isinstance(tree, Mapping)
    if span is not None:
        assert tree.entries[0].value.span.text == span


def test_places_count_characters_not_bytes(check: Check) -> None:
    tree = sound(check, "größe: 1\nmaß: {höhe: 7}\n")
    place = list(scalars(tree))[-1].span
    assert (place.text, place.line, place.column) == ("7", 2, 13)


def test_an_alias_stands_where_it_is_used_and_its_content_where_it_is_written(check: Check) -> None:
    tree = sound(check, "a: &x {k: 1}\nb: *x\n")
    assert isinstance(tree, Mapping)
    first, second = tree.get("a"), tree.get("b")
    assert isinstance(first, Mapping)
    assert isinstance(second, Mapping)
    assert (second.span.text, second.span.line) == ("*x", 2)
    assert second.entries is first.entries


def test_keys_equal_in_python_keep_the_first() -> None:
    tree = parse(Source("a", "1: a\ntrue: b\n1.0: c\n"), lambda _: None)
    assert isinstance(tree, Mapping)
    assert len(tree.entries) == 3
    assert plain(tree) == {1: "a"}


@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_is_left_as_it_was(enabled: bool) -> None:
    was = gc.isenabled()
    try:
        gc.enable() if enabled else gc.disable()
        parse(Source("a", "a: 1"), lambda _: None)
        parse(Source("a", "a: ["), lambda _: None)
        assert gc.isenabled() == enabled
    finally:
        gc.enable() if was else gc.disable()


def test_the_stage_needs_nothing_heavy() -> None:
    script = "import sys, archspec.syntax; print(sorted({'numpy', 'rich', 'pydantic', 'typer'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
