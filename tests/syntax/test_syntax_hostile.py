"""Files made to exhaust memory, time or the stack: each is answered with one finding, at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archspec.source import Source
from archspec.syntax import Limits, Mapping, parse
from archspec.syntax.characters import FORBIDDEN
from tests.work import no_hanging, work

if TYPE_CHECKING:
    from archspec.diagnostics import Diagnostic
    from tests.syntax.conftest import Check

MANY = 100_000
LAUGHS = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + "".join(f"a{i}: &a{i} [{f'*a{i - 1},' * 10}]\n" for i in range(1, 30))
KEYED = "a0: &a0 {x: 1}\n" + "".join(
    f"a{i}: &a{i} {{{', '.join(f'k{j}: *a{i - 1}' for j in range(10))}}}\n" for i in range(1, 30)
)
TOWER = f"a0: &a0 {'[' * 40}{']' * 40}\n" + "".join(
    f"a{i}: &a{i} {'[' * 40}*a{i - 1}{']' * 40}\n" for i in range(1, 30)
)
STAIRS = "\n".join(" " * i + "a:" for i in range(1000))


@pytest.mark.parametrize(
    ("text", "rule", "line", "column"),
    [
        ("[" * MANY, "depth-limit", 1, 65),
        ("{" * MANY, "depth-limit", 1, 65),
        ("{a: [" * MANY, "depth-limit", 1, 161),
        ("[a: " * MANY, "depth-limit", 1, 129),
        ("{? " * MANY, "depth-limit", 1, 193),
        ("- " * MANY, "depth-limit", 1, 129),
        ("? " * MANY, "depth-limit", 1, 129),
        (STAIRS, "depth-limit", 65, 65),
        ("[" * MANY + "]" * MANY, "depth-limit", 1, 65),
        ("x: " + "[" * 1005 + "]" * 1005, "depth-limit", 1, 67),
        ("[" * 970 + " " * 40 + "[" * 100, "depth-limit", 1, 65),
        ("a:\n" + "[" * MANY, "depth-limit", 2, 64),  # no key can begin so, which only some versions see first
        ("a:\n- b\n" + "{[" * MANY, "depth-limit", 3, 63),
        ("a:\n" + "[" * 1005, "depth-limit", 2, 64),
        ("a: " + "[" * 1010 + "`", "depth-limit", 1, 67),
        ("a: " + "[" * 60 + "`", "yaml-syntax", 1, 64),
        ("a: '" + "[" * MANY, "yaml-syntax", 1, 4),
        ('a: ["b", "' + "[" * MANY, "yaml-syntax", 1, 10),
        ("[" * 63 + "a" * 2000, "yaml-syntax", 1, 63),
        ("]" * MANY, "yaml-syntax", 1, 1),
        (":" * MANY, "yaml-syntax", 1, MANY),
        ("'" * (2 * MANY + 1), "yaml-syntax", 1, 1),
        (LAUGHS, "alias-limit", 6, 10),
        (KEYED, "alias-limit", 6, 41),
        (TOWER, "depth-limit", 2, 49),
        ("\x00" * MANY, "control-character", 1, 1),
        ("x\x00" * MANY, "control-character", 1, 2),
        ("- no\n" * MANY, "finding-limit", 1001, 3),
        ("- *a\n" * MANY, "finding-limit", 1001, 3),
        ("[" + "&a b, " * 5000 + "]", "finding-limit", 1, 6002),
        ("#" * MANY, "empty-file", 1, 1),
        ("\n" * MANY, "empty-file", 1, 1),
        ("$(" * MANY + "a, b" + ")" * MANY, None, 0, 0),
        ("[" + "$(f(1, 2)), " * MANY + "]", "finding-limit", 1, 12002),
        ("a: x" + "\u00a0" * MANY + "x", None, 0, 0),
        ("a" + " " * 9 * MANY + "b: c: d", "yaml-syntax", 1, 9 * MANY + 3),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_one_answer_at_once(check: Check, text: str, rule: str | None, line: int, column: int) -> None:
    with work(most=25 * len(text)), no_hanging(30):  # a regular expression that backtracks takes many minutes
        _, found = check(text)
    if rule is None:
        assert found == []
        return
    last = found[-1]
    assert last.span is not None
    assert (last.rule, last.span.line, last.span.column) == (rule, line, column)
    assert len(last.message) < 200


def test_numbers_beyond_what_python_converts(check: Check) -> None:
    for text in ("9" * 5000, "-" + "9" * 5000, "0x" + "f" * 5000, "1" * 5000 + ".5", "1e" + "9" * 5000):
        tree, found = check(f"a: {text}\n")
        assert isinstance(tree, Mapping)
        assert [diagnostic.rule for diagnostic in found] == ["number-range"]
    for text in ("1_" * 5000, "1:" * 5000 + "1", "0b" + "1" * 5000, "0" * 99 + "8"):
        assert check(f"a: {text}\n")[0] is not None


def test_aliases_of_scalars_count_too(check: Check) -> None:
    tree, found = check("- &a x\n" + "- *a\n" * 2000, Limits(aliases=2000))
    assert found == []
    assert tree is not None
    _, found = check("- &a x\n" + "- *a\n" * 2001, Limits(aliases=2000))
    assert [diagnostic.rule for diagnostic in found] == ["alias-limit"]


def test_merge_keys_bring_no_more_than_aliases_may(check: Check) -> None:
    shared = ", ".join(f"k{i}: 1" for i in range(10_000))
    _, found = check(f"a: &a {{{shared}}}\n" + "".join(f"b{i}: {{<<: *a}}\n" for i in range(1000)))
    assert found[-1].rule == "alias-limit"
    assert len(found) == 10


def test_every_forbidden_character_stops_the_parser_before_it_starts(check: Check) -> None:
    forbidden = [
        chr(code) for code in (*range(0xA0), 0x2028, 0xD800, 0xFDD0, 0xFEFF, 0xFFFE) if FORBIDDEN.match(chr(code))
    ]
    assert len(forbidden) == 32 - 3 + 33 + 5
    for character in forbidden:
        _, found = check(f"a: b{character}c\n")
        assert [diagnostic.rule for diagnostic in found] == ["control-character"]


@pytest.mark.slow
def test_a_network_of_100_000_layers_is_read() -> None:
    layer = "  - conv: {{filters: {}, kernel: 3, stride: 1, padding: same, bias: false}}\n"
    text = "name: big\ninput: 224x224x3\nlayers:\n" + "".join(layer.format(i) for i in range(100_000))
    found: list[Diagnostic] = []
    tree = parse(Source("big.yaml", text), found.append)
    assert found == []
    assert isinstance(tree, Mapping)


def test_the_work_grows_with_the_length_only(check: Check) -> None:
    def lines_run(layers: int) -> int:
        with work() as done:
            _, found = check("layers:\n" + "- conv: {filters: 64, kernel: 3}\n- relu\n" * layers)
        assert found == []
        return done.lines

    lines_run(1)  # what is imported at first use does not count
    assert lines_run(1000) < 10.5 * lines_run(100)
