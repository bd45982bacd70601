"""Settings as other libraries spell them: one finding each, whose fix gives the network that was meant."""

from __future__ import annotations

import pytest

import archspec
from archspec.diagnostics import Diagnostic, Severity
from archspec.fixing.changes import Changes

HEADER = "name: x\ninput: 32x32x8\nlayers:\n  - conv: {filters: 8, kernel: 1}\n"


def errors(text: str) -> list[Diagnostic]:
    return [each for each in archspec.check(text) if each.severity is Severity.ERROR]


def fixed(item: str) -> tuple[Diagnostic, str]:
    """The one finding about an item, and the spec after its fix, which has no error."""
    text = f"{HEADER}  - {item}\n"
    (found,) = errors(text)
    assert found.fix, found
    assert found.span
    file = found.span.source.name
    changes = Changes([found.fix])
    (after,) = changes.apply({place: text.encode() for place in changes.files}).values()
    assert errors(after.decode()) == [], (file, after)
    return found, after.decode().removeprefix(HEADER)


@pytest.mark.parametrize(
    ("item", "after", "is_safe"),
    [
        ("conv: {filters: 8, kernel: 5x5}", "conv: {filters: 8, kernel: 5}", True),
        ("conv: {filters: 8, kernel: 3x5}", "conv: {filters: 8, kernel: [3, 5]}", True),
        ("conv: {filters: 8, kernel: 3 x 3}", "conv: {filters: 8, kernel: 3}", True),
        ("conv: {filters: 8, kernel: 3\u00d73}", "conv: {filters: 8, kernel: 3}", True),
        ("conv: {filters: 8, kernel: (3, 3)}", "conv: {filters: 8, kernel: 3}", True),
        ("conv: {kernel: (3, 5), filters: 8}", "conv: {kernel: [3, 5], filters: 8}", True),
        ("conv: {filters: 8, kernel: (3,)}", "conv: {filters: 8, kernel: 3}", True),
        ("conv:\n      filters: 8\n      kernel: (3, 3)", "conv:\n      filters: 8\n      kernel: 3", True),
        ("max_pool: (2, 2)", "max_pool: 2", True),
        ("max_pool: 2x2", "max_pool: 2", True),
        ("max_pool: '2'", "max_pool: 2", True),
        ('conv: {filters: 8, kernel: "3"}', "conv: {filters: 8, kernel: 3}", True),
        ('conv: {filters: 8, kernel: 3, bias: "False"}', "conv: {filters: 8, kernel: 3, bias: false}", True),
        ("conv: {filters: 64.0, kernel: 3}", "conv: {filters: 64, kernel: 3}", True),
        ("conv: {filters: [8], kernel: 3}", "conv: {filters: 8, kernel: 3}", True),
        ("conv: {filters: 1,000, kernel: 3}", "conv: {filters: 1000, kernel: 3}", False),
        ("conv: {filters: 8, kernel: 3, stride: None}", "conv: {filters: 8, kernel: 3}", False),
        ("conv: {stride: None, filters: 8, kernel: 3}", "conv: {filters: 8, kernel: 3}", False),
        ("conv: {filters: 8, kernel: 3, stride: null}", "conv: {filters: 8, kernel: 3}", False),
        ("conv:\n      stride: None\n      filters: 8\n      kernel: 3",
         "conv:\n      filters: 8\n      kernel: 3", False),
        ("conv: {filters: 8, kernel: 3, padding: SAME}", "conv: {filters: 8, kernel: 3, padding: same}", True),
        ("dropout: {p: 0.5}", "dropout: {rate: 0.5}", True),
        ("dropout: {rate: 50}", "dropout: {rate: 0.5}", False),
        ("dropout: 50%", "dropout: 0.5", True),
        ("dropout: None", "dropout", False),
        ("avg_pool: {size: 2}", "avg_pool: {kernel: 2}", True),
        ("avg_pool: {poolSize: 2}", "avg_pool: {kernel: 2}", True),
        ("leaky_relu: {alpha: 0.1}", "leaky_relu: {slope: 0.1}", True),
        ("upsample: {scale: 2}", "upsample: {factor: 2}", True),
        ("fc: {units: 10, activation: softmax}", "fc: {units: 10}\n  - softmax", False),
        ("fc: {activation: ReLU, units: 10} # c", "fc: {units: 10} # c\n  - relu", False),
        ("fc: {units: 10, activation: linear}", "fc: {units: 10}", False),
        ("fc: {units: 10, activation: None}", "fc: {units: 10}", False),
        ("conv: {filters: 8, kernel: 3, dropout: 0.2}", "conv: {filters: 8, kernel: 3}\n  - dropout: 0.2", False),
        ("conv:\n      filters: 8\n      kernel: 3\n      activation: relu",
         "conv:\n      filters: 8\n      kernel: 3\n  - relu", False),
        ("batch_norm: {momentum: 0.1}", "batch_norm", False),
        ("batch_norm: {num_features: 8, eps: 1.0e-3}", "batch_norm: {eps: 1.0e-3}", False),
        ("relu: {inplace: true}", "relu", False),
        ("relu: true", "relu", False),
        ("conv: {filters: 8, kernel: 3, data_format: channels_first}", "conv: {filters: 8, kernel: 3}", False),
    ],
)  # fmt: skip
def test_a_spelling_of_another_library_is_one_finding_with_a_fix(item: str, after: str, is_safe: bool) -> None:
    found, written = fixed(item)
    assert written == f"  - {after}\n"
    assert found.fix
    assert found.fix.safe is is_safe


def test_all_layers_among_the_arguments_are_written_at_once_norms_first() -> None:
    text = f"{HEADER}  - conv: {{filters: 8, kernel: 3, activation: relu, batch_norm: true}}\n"
    first, second = errors(text)
    assert first.fix
    assert second.fix
    assert first.fix.edits == second.fix.edits
    assert [edit.text for edit in first.fix.edits] == ["", "\n  - batch_norm\n  - relu"]


@pytest.mark.parametrize(
    "item",
    [
        "conv: {filters: sixty, kernel: 3}", "conv: {filters: 8, kernel: 0}", "max_pool: {kernel: None}",
        "conv: {filters: 8, kernel: $(1 / 2)}", "dropout: 500", "fc: '10 units'", "conv: {filters: 8, kernel: 0x0}",
    ],
)  # fmt: skip
def test_nothing_is_offered_that_is_not_valid_either(item: str) -> None:
    (found,) = errors(f"{HEADER}  - {item}\n")
    assert found.fix is None


def test_a_layer_among_the_arguments_of_a_repeated_item_has_no_fix() -> None:
    (found,) = errors(f"{HEADER}  - conv: {{filters: 8, kernel: 1, activation: relu}}\n    repeat: 2\n")
    assert found.fix is None
    assert found.help == ("a layer is an item of its own: write `- relu` after `conv`",)


def test_in_a_list_in_brackets() -> None:
    text = "name: x\ninput: 8x8x3\nlayers: [fc: {units: 10, activation: softmax}, tanh]\n"
    (found,) = errors(text)
    assert found.fix
    assert [edit.text for edit in found.fix.edits] == ["", ", softmax"]
