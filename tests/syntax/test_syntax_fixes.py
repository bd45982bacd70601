"""Fixes are applied and the text is read again: the finding is gone, and a safe fix keeps what was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archspec.syntax import plain

if TYPE_CHECKING:
    from tests.syntax.conftest import Check, Repair


MEANT = ("a: no\n", "a: 1_000\n")
"""Text to YAML 1.2, but nobody meant it as one; where a text belongs, it is put in quotes."""


@pytest.mark.parametrize(
    ("text", "repaired", "safe"),
    [
        ("a: no\n", "a: false\n", True),
        ("no: a\n", '"no": a\n', True),
        ("012: a\n", '"012": a\n', False),
        ("a: 012\n", "a: 12\n", False),
        ("a: 0o14\n", "a: 12\n", True),
        ("a: 09\n", "a: 9\n", True),
        ("a: 1_000\n", "a: 1000\n", True),
        ("a: 1:30\n", 'a: "1:30"\n', True),
        ("a: 2012-12-03 # x\n", 'a: "2012-12-03" # x\n', True),
        ("a: &x {b: 1}\n", "a: {b: 1}\n", True),
        ("a: &x\n  b: 1\n", "a:\n  b: 1\n", True),
        ("- &x\r\n  b: 1\r\n", "-\r\n  b: 1\r\n", True),
        ("a: !!str 12\n", 'a: "12"\n', True),
        ("a: !x {b: 1}\n", "a: {b: 1}\n", False),
        ("a: 1\x0c\nb: \x1b2\n", "a: 1\nb: 2\n", False),
        ("a: \u00a0b\n", "a:  b\n", False),
        ("a:\u00a02\nb: 1\n", "a: 2\nb: 1\n", False),
        ("{a: $(f(1, 2))}\n", '{a: "$(f(1, 2))"}\n', True),
        ("{a: $('x' in [b, c])}\n", "{a: \"$('x' in [b, c])\"}\n", True),
        ('{a: $("x" in [b, c])}\n', "{a: '$(\"x\" in [b, c])'}\n", True),
        ("- fc:10\n", "- fc: 10\n", True),
        ("{filters:96}", "{filters: 96}", True),
        ("{kernel 3}", "{kernel: 3}", False),
        ("a:\n\tb:\n\t\tc: 1\n", "a:\n  b:\n    c: 1\n", False),
        ("a: 'b\nc: 1\n", "a: 'b'\nc: 1\n", False),
        ('a: "b\nc: "d"\n', 'a: "b"\nc: "d"\n', False),
        ('a: "\\d"\n', 'a: "\\\\d"\n', False),
        ("a: @b, c\n", 'a: "@b, c"\n', True),
        ("[a, @b, c]\n", '[a, "@b", c]\n', True),
        ("{a: *, b: 1}\n", '{a: "*", b: 1}\n', True),
        ("[1, 2}\n", "[1, 2]\n", False),
        ("- a: {b: 1 # x\n- c\n", "- a: {b: 1} # x\n- c\n", False),
        ("{a: 1 b: 2}\n", "{a: 1, b: 2}\n", False),
        ("[\n  [1]\n  [2]\n]\n", "[\n  [1],\n  [2]\n]\n", False),
        ("a:1\nb: 2\n", "a: 1\nb: 2\n", True),
        ("a b\nc: 2\n", "a: b\nc: 2\n", False),
        ("- a\n-b\n", "- a\n- b\n", False),
        ("a: b: c # d\n", 'a: "b: c" # d\n', False),
        ("- relu\n  name: x\n", "- relu:\n  name: x\n", False),
        ("a:\n  b: 1\n    c: 2\n", "a:\n  b: 1\n  c: 2\n", False),
    ],
)
def test_fixes(check: Check, repair: Repair, text: str, repaired: str, safe: bool) -> None:
    tree, found = check(text)
    fix = found[0].fix
    assert fix is not None
    assert (repair(text, fix), fix.safe) == (repaired, safe)
    after, left = check(repaired)
    assert left == []
    assert after is not None
    if safe and tree is not None and text not in MEANT:
        assert plain(after) == plain(tree)


def test_what_has_no_single_repair_has_no_fix(check: Check) -> None:
    for text in ("a: 1\na: 2\n", "{<<: {a: 1}}", "[*x]", "a: 1e999\n", "a: 1\n---\nb: 2\n", "a: ]\n", 'a: "b: c": d\n'):
        _, found = check(text)
        assert [diagnostic.fix for diagnostic in found] == [None]
