"""Each row: a text, what is found in it, and what it reads as nevertheless.

A finding is written ``line:column rule: message``, in the order of places.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from archspec.diagnostics import Diagnostic, Severity
from archspec.syntax import Limits, plain

if TYPE_CHECKING:
    from tests.syntax.conftest import Check


def line(diagnostic: Diagnostic) -> str:
    assert diagnostic.span is not None
    return f"{diagnostic.span.line}:{diagnostic.span.column} {diagnostic.rule}: {diagnostic.message}"


AMBIGUOUS: list[tuple[str, list[str], Any]] = [
    ("bias: no\n", ["1:7 yaml-ambiguity: `no` is false in YAML 1.1 and text in YAML 1.2"], {"bias": "no"}),
    ("bias: ON\n", ["1:7 yaml-ambiguity: `ON` is true in YAML 1.1 and text in YAML 1.2"], {"bias": "ON"}),
    ("on: 1\n", ["1:1 yaml-ambiguity: `on` is true in YAML 1.1 and text in YAML 1.2"], {"on": 1}),
    ("- {n: 012}\n", ["1:7 yaml-ambiguity: `012` is 10 in YAML 1.1 and 12 in YAML 1.2"], ({"n": 12},)),
    ("a: 0o14\n", ["1:4 yaml-ambiguity: `0o14` is text in YAML 1.1 and 12 in YAML 1.2"], {"a": 12}),
    ("a: 1_000\n", ["1:4 yaml-ambiguity: `1_000` is 1000 in YAML 1.1 and text in YAML 1.2"], {"a": "1_000"}),
    ("a: 0b101\n", ["1:4 yaml-ambiguity: `0b101` is 5 in YAML 1.1 and text in YAML 1.2"], {"a": "0b101"}),
    ("a: 1:30\n", ["1:4 yaml-ambiguity: `1:30` is 90 (base 60) in YAML 1.1 and text in YAML 1.2"], {"a": "1:30"}),
    (
        "a: 2012-12-03\n",
        ["1:4 yaml-ambiguity: `2012-12-03` is a date in YAML 1.1 and text in YAML 1.2"],
        {"a": "2012-12-03"},
    ),
    ("a: =\n", ["1:4 yaml-ambiguity: `=` is a special value in YAML 1.1 and text in YAML 1.2"], {"a": "="}),
    ("a: 0x_\n", ["1:4 yaml-ambiguity: `0x_` is no valid number in YAML 1.1 and text in YAML 1.2"], {"a": "0x_"}),
    (
        "a: [no, no]\n",
        [
            "1:5 yaml-ambiguity: `no` is false in YAML 1.1 and text in YAML 1.2",
            "1:9 yaml-ambiguity: `no` is false in YAML 1.1 and text in YAML 1.2",
        ],
        {"a": ("no", "no")},
    ),
    ("a: [y, n, Y, 'no', 1e-4, 07, 0, -5, null]\n", [], {"a": ("y", "n", "Y", "no", 1e-4, 7, 0, -5, None)}),
]

KEYS: list[tuple[str, list[str], Any]] = [
    ("a: 1\nb: 2\n'a': 3\n", ["3:1 duplicate-key: the key `a` is already in this mapping"], {"a": 1, "b": 2}),
    ("{1: a, 0x1: b}", ["1:8 duplicate-key: the key `1` is already in this mapping"], None),
    ("? [a]\n: 1\nb: 2\n", ["1:3 complex-key: a key must be a name, but this is a list"], {"b": 2}),
    ("{{a: 1}: 1, b: 2}", ["1:2 complex-key: a key must be a name, but this is a mapping"], {"b": 2}),
    ("~: 1\nb: 2\n", ["1:1 complex-key: a key must be a name, but this is null"], {"b": 2}),
    (
        "a: &x {k: 1, s: 2}\nb:\n  <<: *x\n  s: 3\n",
        ["3:3 merge-key: merge keys (`<<`) are not supported: YAML 1.2 does not have them"],
        {"a": {"k": 1, "s": 2}, "b": {"s": 3, "k": 1}},
    ),
    (
        "{<<: [{a: 1}, {a: 2, b: 3}], c: 4}",
        ["1:2 merge-key: merge keys (`<<`) are not supported: YAML 1.2 does not have them"],
        {"c": 4, "a": 1, "b": 3},
    ),
    ("{'<<': 1}", [], {"<<": 1}),
]

ANCHORS: list[tuple[str, list[str], Any]] = [
    ("a: &conv1 1\nb: *conv2\n", ["2:4 undefined-alias: there is no anchor `&conv2` before `*conv2`"], {"a": 1}),
    ("- *a\n- &a 1\n- *a\n", ["1:3 undefined-alias: there is no anchor `&a` before `*a`"], (1, 1)),
    ("*x", ["1:1 undefined-alias: there is no anchor `&x` before `*x`"], None),
    ("&a [1, *a]", ["1:8 recursive-alias: `*a` would repeat a value within itself, without end"], (1,)),
    ("&a\n- *a", ["2:3 recursive-alias: `*a` would repeat a value within itself, without end"], ()),
    ("a: &x 1\n", ["1:4 unused-anchor: no alias `*x` uses `&x`"], {"a": 1}),
    ("a: !!str 12\n", ["1:4 yaml-tag: the tag `!!str` is not supported: the form of a value determines its type"],
     {"a": "12"}),
    ("a: !x [1]\n", ["1:4 yaml-tag: the tag `!x` is not supported: the form of a value determines its type"],
     {"a": (1,)}),
]  # fmt: skip

FILES: list[tuple[str, list[str], Any]] = [
    ("", ["1:1 empty-file: the file has no spec: it is empty"], None),
    (" \r\n  \n", ["1:1 empty-file: the file has no spec: it is empty"], None),
    ("\n# x\n", ["1:1 empty-file: the file has no spec, only comments"], None),
    ("--- # x\n...\n", ["1:1 empty-file: the file has no spec, only comments"], None),
    (
        "a: 1\n---\nb: 2\n---\nc: 3\n",
        ["2:1 several-documents: the file has several YAML documents, but a spec is only one"],
        {"a": 1},
    ),
    ("a: 1\x00\nb: \x1b\n", ["1:5 control-character: the character U+0000 (NUL) is not allowed in a YAML file"], None),
    (
        "a: b\u2028c\n",
        ["1:5 control-character: the character U+2028 (LINE SEPARATOR) is not allowed in a YAML file"],
        None,
    ),
    (
        "\ufeffa: 1\n",
        ["1:1 control-character: the character U+FEFF (ZERO WIDTH NO-BREAK SPACE) is not allowed in a YAML file"],
        None,
    ),
    ("a: \ud800\n", ["1:4 control-character: the character U+D800 is not allowed in a YAML file"], None),
    (
        'a: "\\e[31m"\n',
        [
            (
                "1:4 control-character: an escape in this text makes the character U+001B (ESC), "
                "which is not allowed in a spec"
            ),
        ],
        {"a": "\ufffd[31m"},
    ),
    (
        'a: "\\ufdd0"\n',
        ["1:4 control-character: an escape in this text makes the character U+FDD0, which is not allowed in a spec"],
        {"a": "\ufffd"},
    ),
    (
        "a: 1\n\u00a0b: 2\n",
        ["2:1 control-character: the invisible character U+00A0 (NO-BREAK SPACE) would become part of `b`"],
        {"a": 1, "b": 2},
    ),
    (
        "a: 1\nb:\u00a02\n",
        ["2:3 control-character: the invisible character U+00A0 (NO-BREAK SPACE) does not count as a space in YAML"],
        None,
    ),
    ("a: 1e999\n", ["1:4 number-range: `1e999` is larger than a float can be (1.8e308)"], {"a": float("inf")}),
    ("a: 1e-999\n", ["1:4 number-range: `1e-999` is smaller than a float can be (4.9e-324)"], {"a": 0.0}),
    ("a: [.inf, 0e5, 1e308, 0.0]\n", [], {"a": (float("inf"), 0.0, 1e308, 0.0)}),
    (
        f"a: {'9' * 5000}\n",
        [f"1:4 number-range: the number `{'9' * 39}…` has 5,000 characters, and the limit is 100"],
        {"a": "9" * 5000},
    ),
]


@pytest.mark.parametrize(("text", "expected", "data"), [*AMBIGUOUS, *KEYS, *ANCHORS, *FILES])
def test_findings(check: Check, text: str, expected: list[str], data: Any) -> None:
    tree, found = check(text)
    assert [line(diagnostic) for diagnostic in found] == expected
    if data is not None:
        assert tree is not None
        assert plain(tree) == data


def test_every_problem_of_a_file_is_told_in_one_run(check: Check) -> None:
    _, found = check("on: 1\na: &x {b: 1, b: 2}\nc: [!t 1, *y]\nd: {<<: 1, ~: 2}\ne: [1_0, {k:1}]\nf: [\n")
    assert [diagnostic.rule for diagnostic in found] == [
        "yaml-ambiguity",
        "duplicate-key",
        "yaml-tag",
        "undefined-alias",
        "merge-key",
        "complex-key",
        "yaml-ambiguity",
        "yaml-syntax",
        "yaml-syntax",
    ]


def test_only_an_unused_anchor_is_less_than_an_error(check: Check) -> None:
    _, found = check("a: &x 1\nb: no\n")
    assert [(diagnostic.rule, diagnostic.severity) for diagnostic in found] == [
        ("unused-anchor", Severity.WARNING),
        ("yaml-ambiguity", Severity.ERROR),
    ]


def test_a_second_place_is_labelled(check: Check) -> None:
    for text, label in [
        ("a: 1\nb: 2\na: 3\n", (1, 1, "a", "the first one")),
        ("&a [1, *a]", (1, 1, "&a", "the value begins here")),
        ("a: \x00\nb: \x1b\n", (2, 4, "\x1b", "the second")),
    ]:
        _, found = check(text)
        (second,) = found[0].labels
        assert (second.span.line, second.span.column, second.span.text, second.text) == label


@pytest.mark.parametrize(
    ("text", "help_"),
    [
        ("a: no\n", ("write `false`", 'write `"no"` for the text')),
        ("no: a\n", ('write `"no"` for the text',)),
        ("a: 012\n", ("write `12`, or `10` if the leading 0 means octal", 'write `"012"` for the text')),
        ("a: 1_0.5\n", ("write `10.5`", 'write `"1_0.5"` for the text')),
        ("a: 1:30\n", ('write `"1:30"` for the text',)),
        ("a: &conv1 1\nb: *conv2\n", ("did you mean `*conv1`?",)),
        ("b: *conv2\n", ("write `&conv2` before the value to repeat",)),
        ("a: !!str 12\n", ('write `"12"`',)),
        ("a: !!str '12'\n", ("delete the tag",)),
        ("a: 1e-999\n", ("write `0`",)),
    ],
)
def test_help_says_what_to_type(check: Check, text: str, help_: tuple[str, ...]) -> None:
    _, found = check(text)
    assert found[0].help == help_


@pytest.mark.parametrize(
    ("text", "limits", "expected"),
    [
        ("[[[1]]]", Limits(depth=2), "1:3 depth-limit: lists and mappings are nested more than 2 deep"),
        ("[[1]]", Limits(depth=2), None),
        ("- &a [1]\n- [*a]\n", Limits(depth=3), None),
        (
            "- &a [1]\n- [*a]\n",
            Limits(depth=2),
            "2:4 depth-limit: lists and mappings are nested more than 2 deep",
        ),
        ("- &a [1, 2]\n- *a\n- *a\n", Limits(aliases=6), None),
        (
            "- &a [1, 2]\n- *a\n- *a\n",
            Limits(aliases=5),
            "3:3 alias-limit: aliases repeat more than 5 keys and values",
        ),
        ("[1, 2, 3, 4]", Limits(nodes=5), "1:5 node-limit: the file has more than 5 keys, values and brackets"),
        ("[no, no, no]", Limits(findings=1), "1:6 finding-limit: the file has more than 1 findings"),
        ("a: 1234", Limits(number=3), "1:4 number-range: the number `1234` has 4 characters, and the limit is 3"),
    ],
)
def test_limits(check: Check, text: str, limits: Limits, expected: str | None) -> None:
    tree, found = check(text, limits)
    assert (line(found[-1]) if found else None) == expected
    assert (tree is None) == (expected is not None and "number-range" not in expected)
    assert all(diagnostic.help for diagnostic in found)
