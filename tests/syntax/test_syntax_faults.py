"""What the YAML parser cannot read: each row is a text, the place told, the message, and the help."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.syntax.conftest import Check

Row = tuple[str, str, str, str]

TEXT: list[Row] = [
    ("a:\n\tb: 2\n", "2:1 \t", "a tab cannot indent a line in YAML", "indent with spaces, two for each level"),
    ("a:\n  b: 1\n\tc: 2\n", "3:1 \t", "a tab cannot indent a line in YAML", "indent with spaces, two for each level"),
    ('a: "abc\nb: 1\n', '1:4 "abc', 'the quote `"` is opened here and never closed', 'write `"abc"`'),
    ("a: 'b\n--- \nc'", "1:4 'b", "the quote `'` is opened here and never closed", "write `'b'`"),
    ("a: 'it's'\n", "1:8 s'", "`s'` follows the closing quote", "a quote within the text is written `''`"),
    (
        'a: "abc\nb: "def"\nc: 1\n',
        '2:5 def"',
        '`def"` follows a quote that closes the text opened in line 1',
        'close the quote in line 1: `"abc"`',
    ),
    ('a: "C:\\data"\n', "1:7 \\d", "`\\d` is not an escape sequence of YAML", "write `\\\\` for a backslash"),
    ('a: "\\xZZ"\n', "1:5 \\xZZ", "`\\xZZ` is not an escape sequence of YAML", "write `\\\\` for a backslash"),
    ('a: "\\ud800"\n', "1:5 \\ud800", "`\\ud800` is not an escape sequence of YAML", "write `\\\\` for a backslash"),
    (
        '"\\UFFFFFFFF"',
        "1:2 \\UFFFFFFFF",
        "`\\UFFFFFFFF` is not an escape sequence of YAML",
        "write `\\\\` for a backslash",
    ),
    ("a: @x y # z\n", "1:4 @x y", "a value without quotes cannot begin with `@`", 'write `"@x y"`'),
    ("a: `x`\n", "1:4 `x`", "a value without quotes cannot begin with a backquote", 'write `"`x`"`'),
    ("{a: %x, b: 1}\n", "1:5 %x", "a value without quotes cannot begin with `%`", 'write `"%x"`'),
    ("a: * 2\n", "1:4 * 2", "`*` begins an alias, so a name must follow", 'write `"* 2"`'),
    ("[&, a]", "1:2 &", "`&` begins an anchor, so a name must follow", 'write `"&"`'),
    (
        "a: |x\n  b\n",
        "1:4 |x",
        "`|` begins a block of text, which starts on the next line",
        "put the text on the next line, indented; or put it in quotes",
    ),
    (
        "%FOO\n---\na: 1\n",
        "1:1 %FOO",
        "a line that begins with `%` is a YAML directive, and this one is not supported",
        "delete the line",
    ),
    (
        "%YAML 1.3\n---\na: 1\n",
        "1:1 %YAML 1.3",
        "a line that begins with `%` is a YAML directive, and this one is not supported",
        "delete the line",
    ),
]

BRACKETS: list[Row] = [
    ("a: [1, 2}\n", "1:9 }", "`[` is closed with `}`", "write `]`"),
    ("a: {x: 1]\nb: 1", "1:9 ]", "`{` is closed with `]`", "write `}`"),
    ("a: [1, 2\nb: 3\n", "1:4 [", "`[` is opened here and never closed", "write `[1, 2]`"),
    (
        "- conv: {filters: 96, kernel: 3 # x\n- relu\n",
        "1:9 {",
        "`{` is opened here and never closed",
        "write `{filters: 96, kernel: 3}`",
    ),
    ("a: {k: {x: 1}\nb: 3\n", "1:4 {", "`{` is opened here and never closed", "write `{k: {x: 1}}`"),
    (
        "- conv: {filters: 96 kernel: 3}\n",
        "1:20 6",
        "a comma is missing between `96` and `kernel`",
        "write `- conv: {filters: 96,`",
    ),
    ("a: [\n  [1]\n  [2]\n]\n", "2:5 ]", "a comma is missing between two items", "write `[1],`"),
    (
        "{a: b: c}\n",
        "1:6 :",
        "a second colon follows a value that is complete",
        "put the value in quotes if the colon is part of it",
    ),
    ("[a, , b]", "1:5 ,", "there is no item before this comma", "delete the comma, or write the item"),
    (
        "[a: b, - c]",
        "1:8 -",
        "a list item with a dash cannot be written within {} and []",
        "write the list as `[item, item]`",
    ),
    ("{: x}", "1:2 :", "a key is missing before this colon", "write `name: value`"),
    ("a: ]\n", "1:4 ]", "`]` has no matching `[`", "delete it"),
    ("a: {x: 1}}\n", "1:10 }", "`}` closes nothing", "delete it"),
    ("a: {? ", "1:4 {", "`{` is opened here and never closed", "write `{?}`"),
    ("a: [\n", "1:4 [", "`[` is opened here and never closed", "write `[]`"),
    (
        "key: [a, b]c\n",
        "1:12 c",
        "`c` follows a value that is complete",
        "delete it, or put it all in quotes",
    ),
]

COLONS: list[Row] = [
    (
        "name:alexnet\ninput: 2\n",
        "1:5 :",
        "a space is missing after the colon in `name:alexnet`",
        "write `name: alexnet`",
    ),
    (
        "a: 1\nname:alexnet # x\ninput: 2\n",
        "2:5 :",
        "a space is missing after the colon in `name:alexnet`",
        "write `name: alexnet`",
    ),
    ("name alexnet\ninput: 2\n", "1:1 name alexnet", "a colon is missing in `name alexnet`", "write `name: alexnet`"),
    ("name: a\ninput 3\n", "2:1 input 3", "a colon is missing in `input 3`", "write `input: 3`"),
    ("a: 1\nlayers\n  - x\n", "2:1 layers", "a colon is missing in `layers`", "write `layers:`"),
    ("- relu\n  name: x\n", "1:3 relu", "a colon is missing in `relu`", "write `relu:`"),
    ("a:\n- b\n-c\n", "3:1 -", "a space is missing after the dash in `-c`", "write `- c`"),
    (
        "source: Deep: a view # x\nb: 1\n",
        "1:13 :",
        "a value that contains a colon and a space needs quotes",
        'write `source: "Deep: a view"`',
    ),
    ("a: ? b\n", "1:4 ?", "a key cannot begin with `? ` here", "write `name: value`"),
    ("a: 1\n[b\n", "2:1 [", "`[` is opened here and never closed", "write `[b]`"),
    ("a: 1\n'b'\nc: 2\n", "2:1 'b'", "`'b'` is not a key with a value", "write `name: value`"),
    (": x\n", "1:1 :", "a key is missing before this colon", "write `name: value`"),
    (
        '"a\nb": 1\n',
        "2:3 :",
        "what is before this colon is not a key: a key is on one line, and no longer than 1,024 characters",
        "write `name: value`",
    ),
]

LINES: list[Row] = [
    (
        "a:\n  b: 1\n    c: 2\n",
        "3:5 c: 2",
        "this line is indented below a value that is already complete",
        "begin it in column 3, beside line 2",
    ),
    (
        "a:\n  b: 1\n c: 2\n",
        "3:2 c: 2",
        "the indentation of this line matches no line above it",
        "begin it in column 3, beside line 2",
    ),
    (
        "layers:\n  - a\n - b\n",
        "3:2 - b",
        "the indentation of this line matches no line above it",
        "begin it in column 3, beside line 2",
    ),
    (
        "  a: 1\nb: 2\n",
        "2:1 b: 2",
        "this line does not belong to anything above it",
        "indent all keys of the spec equally",
    ),
    ("- a\nb: 1\n", "2:1 b: 1", "there is a key where the list above continues", "indent it, or write `- ` before it"),
    (
        "a: 1\n- b\n",
        "2:1 - b",
        "there is an item where the mapping above continues",
        "put a key above it, and indent it below",
    ),
    (
        "a: - b\n",
        "1:4 -",
        "a list cannot begin on the line of its key",
        "put each `- item` on a line of its own",
    ),
]


@pytest.mark.parametrize(("text", "place", "message", "help_"), [*TEXT, *BRACKETS, *COLONS, *LINES])
def test_faults(check: Check, text: str, place: str, message: str, help_: str) -> None:
    tree, found = check(text)
    (fault,) = found
    assert tree is None
    assert fault.rule == "yaml-syntax"
    assert fault.span is not None
    assert f"{fault.span.line}:{fault.span.column} {fault.span.text}" == place
    assert (fault.message, fault.help[0]) == (message, help_)


READ_ALL_THE_SAME: list[tuple[str, list[tuple[str, str, str]]]] = [
    (
        "{filters: $(max(8, planes)), kernel: 3}",
        [
            (
                "1:11 $(max(8, planes))",
                "`$(max(8, planes))` needs quotes here: within {} and [], a comma or bracket ends a value",
                'write `"$(max(8, planes))"`',
            )
        ],
    ),
    (
        "[$(x[0]), 'y', $(k in ['a', 'b'])]",
        [
            (
                "1:2 $(x[0])",
                "`$(x[0])` needs quotes here: within {} and [], a comma or bracket ends a value",
                'write `"$(x[0])"`',
            ),
            (
                "1:16 $(k in ['a', 'b'])",
                "`$(k in ['a', 'b'])` needs quotes here: within {} and [], a comma or bracket ends a value",
                "write `\"$(k in ['a', 'b'])\"`",
            ),
        ],
    ),
    (
        "- fc:10\n- relu\n",
        [("1:5 :", "a space is missing after the colon in `fc:10`", "write `fc: 10`")],
    ),
    (
        "{filters:96, kernel 3}",
        [
            ("1:9 :", "a space is missing after the colon in `filters:96`", "write `filters: 96`"),
            ("1:14 kernel 3", "a colon is missing in `kernel 3`", "write `kernel: 3`"),
        ],
    ),
]


@pytest.mark.parametrize(("text", "expected"), READ_ALL_THE_SAME)
def test_faults_that_are_read_as_they_were_meant(check: Check, text: str, expected: list[tuple[str, str, str]]) -> None:
    tree, found = check(text)
    assert tree is not None
    assert {fault.rule for fault in found} == {"yaml-syntax"}
    assert [
        (f"{fault.span.line}:{fault.span.column} {fault.span.text}", fault.message, fault.help[0])
        for fault in found
        if fault.span
    ] == expected


def test_what_was_opened_is_labelled(check: Check) -> None:
    for text, place in [
        ("a: [1, 2}\n", (1, 4, "opened here")),
        ("a: [1, 2\nb: 3\n", (2, 2, "`]` is still missing here")),
        ('a: "abc\nb: 1\n', (3, 1, "still open here")),
        ('a: "abc\nb: "def"\nc: 1\n', (1, 4, "opened here")),
    ]:
        _, found = check(text)
        (label,) = found[0].labels
        assert (label.span.line, label.span.column, label.text) == place


def test_what_came_before_a_fault_is_told_too(check: Check) -> None:
    _, found = check("a: no\nb: 1\nb: 2\nc: {d: 1, d: 2}\ne: [\n")
    assert [(fault.span.line if fault.span else 0, fault.rule) for fault in found] == [
        (1, "yaml-ambiguity"),
        (3, "duplicate-key"),
        (4, "duplicate-key"),
        (5, "yaml-syntax"),
    ]


def test_a_tag_that_cannot_be_read(check: Check) -> None:
    for text in ("a: !<x\n", "a: !foo!bar x\n", "a: !!%FF x\n"):
        tree, found = check(text)
        assert tree is None
        assert [fault.rule for fault in found] == ["yaml-tag"]
