"""What is unknown in a graph carries its cause, and nothing behind a false `when` is evaluated."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import archspec
from archspec.diagnostics import Diagnostic
from archspec.examination import examine

SOURCES = Path(archspec.__file__).parent


def spec(layers: str, head: str = "") -> str:
    return f"name: n\ninput: 8x8x3\n{head}layers:\n{layers}"


@pytest.mark.parametrize(
    ("layers", "rule", "word"),
    [
        ("  - {relu: , name: a}\n  - {from: $(in.height), fc: 1000}\n", "unknown-volume", "`8`"),
        ("  - add: {x: $(in.height), y: []}\n", "unknown-volume", "`8`"),
        ("  - add: [$(in.height), []]\n", "unknown-volume", "`8`"),
        ("  - conv: {filters: 3, kernel: 1}\n    tie: $(in.channels)\n", "unknown-volume", "`3`"),
        ("  - {from: '$([1, 2])', relu: }\n", "unknown-volume", "[1, 2]"),
        ("  - {from: $(1 // 0), relu: }\n", "expression", "division by zero"),
        ("  - {repeat: $(1 // 0), relu: }\n", "expression", "division by zero"),
        ("  - {when: $(1 // 0), relu: }\n", "expression", "division by zero"),
        ("  - {when: 3, relu: }\n", "invalid-value", "true or false"),
        ("  - {for: $(1 // 0), layers: [relu]}\n", "expression", "division by zero"),
        ("  - {upsample: {size: 3, mode: $(1 // 0)}}\n", "expression", "division by zero"),
        ("  - {relu: , name: a}\n  - {repeat: x, relu: , name: b}\n  - {from: b, tanh: }\n", "invalid-value", "repeat"),
    ],
)
def test_one_error_and_an_unknown_network(layers: str, rule: str, word: str) -> None:
    seen = examine(spec(layers))
    assert [each.rule for each in seen.errors] == [rule]
    assert word in seen.errors[0].message
    assert seen.graph is not None
    assert not seen.graph.is_known
    assert seen.graph.causes == (seen.errors[0],) or seen.graph.causes[0].rule == rule  # type: ignore[union-attr]
    assert seen.report is not None
    assert seen.report.totals.params is None


def test_unknown_needs_a_cause() -> None:
    """Unknown is never made without the finding or the volume that is its cause: nowhere is it a bare promise."""
    for path in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name):
                assert node.exc.id != "Unknown", f"{path}:{node.lineno}"


@pytest.mark.parametrize(
    "item",
    [
        "{when: $(n > 2), from: zzz, tanh: }",
        "{when: $(n > 2), repeat: $(n // 0), tanh: }",
        "{when: $(n > 2), repeat: -1, tanh: }",
        "{when: $(n > 2), conv: {filters: $(q), kernel: 99}}",
        "{when: $(n > 2), conv: {filters: 3, kernel: 1}, tie: zzz}",
        "{when: $(n > 2), for: $(n // 0), layers: [relu]}",
        "{when: $(n > 2), name: $(q), tanh: }",
        "{when: $(n > 2), add: [zzz, $(q)]}",
        "{when: $(n > 2), zorp: }",
        "{when: $(n > 2 and in.channels > 0), conv: {filters: $(q), kernel: 99}}",
        "{when: $(n > i + 2), repeat: 2, from: zzz, tanh: }",
        "{when: $(n > 2), from: zzz}",
    ],
)
def test_nothing_is_evaluated_behind_a_false_condition(item: str) -> None:
    head = f"params: {{m: 2}}\nblocks:\n  b:\n    params: {{n: }}\n    layers:\n      - {item}\n      - relu\n"
    never = examine(spec("  - b: 2\n", head))
    assert never.errors == []
    assert never.graph is not None
    assert never.graph.is_known
    assert [node.kind for node in never.graph.nodes] == ["relu"]
    both = archspec.check(spec("  - b: 2\n  - b: 4\n", head))
    assert any(each.severity == "error" for each in both)
    assert "constant-condition" not in {each.rule for each in both}


def test_left_out_items_change_nothing() -> None:
    """An item that is left out leaves the volume as it is, its `from` too."""
    seen = examine(
        spec("  - {conv: {filters: 4, kernel: 1}, name: a}\n  - {from: input, when: false, tanh: }\n  - elu\n")
    )
    assert seen.graph is not None
    assert seen.graph.by_name["elu1"].inputs == ("a",)


def test_a_condition_of_a_round_is_asked_in_every_round() -> None:
    seen = examine(spec("  - {repeat: 4, when: $(i % 2 == 0), conv: {filters: $(i + 1), kernel: 1}}\n"))
    assert seen.graph is not None
    assert [node.output and node.output.channels for node in seen.graph.nodes] == [1, 3]


def test_arguments_of_an_alias_are_evaluated_where_they_are_used() -> None:
    """An alias, or an escape, hides an expression from the text of a call, not from its value."""
    layers = (
        "  - repeat: 3\n    layers:\n      - conv: &a {filters: $(8 * (i + 1)), kernel: 1}\n      - relu\n"
        '      - conv: *a\n      - conv: {filters: "\\x24(8 * (i + 1))", kernel: 1}\n'
    )
    seen = examine(spec(layers))
    assert seen.errors == []
    assert seen.graph is not None
    channels = [node.output.channels for node in seen.graph.nodes if node.kind == "conv" and node.output]
    assert channels == [8] * 3 + [16] * 3 + [24] * 3


def test_volumes_of_any_name_can_be_read() -> None:
    long = "a" * 90
    layers = (
        f"  - {{relu: , name: {long}}}\n  - {{conv: {{filters: 4, kernel: 1}}, name: '12'}}\n"
        f"  - {{from: {long}, elu: }}\n  - add: [[], {long}]\n  - {{from: '12', elu: }}\n  - {{from: 12, elu: }}\n"
    )
    seen = examine(spec(layers))
    assert seen.errors == []
    assert seen.graph is not None
    assert [node.inputs[0] for node in seen.graph.nodes if node.kind == "elu"] == [long, "12", "12"]


def test_causes_are_findings_or_volumes() -> None:
    seen = examine(spec("  - zorp\n  - conv: {filters: $(in.channels), kernel: 1}\n  - fc: 0\n"))
    assert seen.graph is not None
    rules = [each.rule for each in seen.graph.causes if isinstance(each, Diagnostic)]
    assert rules == ["unknown-operator", "unknown-operator", "invalid-value"]
