"""Names that no volume has: what was meant, and the fix that writes it."""

from __future__ import annotations

import pytest

import archspec
from archspec.diagnostics import Diagnostic, Severity


def error(layers: str) -> Diagnostic:
    text = f"name: x\ninput: 32x32x8\nparams: {{k: [3, 5]}}\nlayers:\n{layers}"
    (found,) = [each for each in archspec.check(text) if each.severity is Severity.ERROR]
    return found


def written(found: Diagnostic) -> str:
    assert found.fix
    (edit,) = found.fix.edits
    return edit.text


@pytest.mark.parametrize(
    ("item", "text"),
    [
        ("concat: [relu, [tanh]]", "[relu]"), ("add: [[], ReLU]", "[relu]"), ("concat: {a: [], b: tanh}", "[tanh]"),
        ("add: relu", "[[], [relu]]"), ("concat: [gelu, input]", "[gelu]"),
    ],
)  # fmt: skip
def test_an_operator_as_a_branch_is_a_list(item: str, text: str) -> None:
    for before in ("", "  - relu\n"):
        found = error(f"{before}  - {item}\n")
        assert "a branch of one operator is a list" in found.message
        assert written(found) == text


def test_an_operator_with_arguments_as_a_branch_has_no_fix() -> None:
    found = error("  - add: [[], conv]\n")
    assert found.help == ("write `[conv: {kernel: ..., filters: ...}]`",)
    assert found.fix is None


def test_a_name_of_a_volume_is_still_the_nearest() -> None:
    assert "did you mean `relu1`?" in error("  - relu\n  - {tanh: , from: relu}\n").message
    assert written(error("  - {relu: , name: stem}\n  - add: [[], stme]\n")) == "stem"


def test_rounds_of_a_repeated_layer_are_numbered() -> None:
    found = error("  - {dropout: , name: a, repeat: 3}\n  - {tanh: , from: a}\n")
    assert "are numbered, `a1` to `a3`" in found.message
    assert written(found) == "a3"


def test_what_names_nothing() -> None:
    found = error('  - linear: 8\n  - {linear: 8, tie: "$(null)"}\n')
    assert "gives nothing" in found.message


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("k // 2", "`k` is a list, `2` is a number"), ("-k", "`k` is a list"), ("2[0]", "`2` is a number"),
        ("k < 3", "`k` is a list, `3` is a number"), ("min(k, 3)", "`k` is a list, `3` is a number"),
        ("k['a']", "is text"), ("len(3)", "`3` is a number"),
    ],
)  # fmt: skip
def test_operands_of_expressions_are_in_words(expression: str, says: str) -> None:
    found = error(f'  - conv: {{filters: 3, kernel: $k, padding: "$({expression})"}}\n')
    assert found.rule == "expression"
    assert says in found.message
    for word in ("tuple", "'int'", "unsupported", "object", "subscriptable"):
        assert word not in found.message


def test_arithmetic_with_a_number_is_not_a_merge() -> None:
    assert error("  - multiply: 0.1\n").help[0].startswith("arithmetic with a number is not in the language yet")
    assert error("  - add: {}\n").help == ("write `add: [[...], []]`",)
