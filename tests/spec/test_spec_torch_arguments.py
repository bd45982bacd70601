"""Positional arguments of PyTorch's layers mean what its signatures say, or are not fixed."""

from __future__ import annotations

import inspect

import pytest

import archspec
from archspec.fixing.changes import Changes
from archspec.ops import OPERATORS, operator
from archspec.spec.foreign import ARGUMENTS, is_same_operator, our_operator, ours
from archspec.syntax.copies import place

POSITIONAL = [name for name in OPERATORS if operator(name).torch_arguments]


def fixed(layer: str) -> str | None:
    text = f"name: a\ninput: 30x30x3\nlayers:\n  - {layer}\n"
    found = next(each for each in archspec.check(text) if each.rule == "unknown-operator")
    if found.fix is None:
        return None
    after = Changes([found.fix]).apply({place(found.file): text.encode()})[place(found.file)]
    return after.decode().splitlines()[3].removeprefix("  - ")


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        ("MaxPool2d: [3, 2]", "max_pool: {kernel: 3, stride: 2}"),
        ("MaxPool2d: 2", "max_pool: 2"),
        ("nn.MaxPool2d: [3, 2, 1]", "max_pool: {kernel: 3, stride: 2, padding: 1}"),
        ("MaxPool2d: [[3, 3], 2]", "max_pool: {kernel: [3, 3], stride: 2}"),
        ("AvgPool2d: [2, 2]", "avg_pool: {kernel: 2, stride: 2}"),
        ("AvgPool2d: [2, 2, 0, true]", None),
        (
            "Conv2d: [3, 64, 3, 2, 1]",
            "conv: {in_channels: 3, filters: 64, kernel: 3, stride: 2, padding: 1}",
        ),
        ("Conv2d: 64", None),
        ("Linear: [2700, 10]", "linear: {in_features: 2700, units: 10}"),
        ("BatchNorm2d: 64", "batch_norm"),
        ("Dropout: 0.3", "dropout: 0.3"),
        ("AdaptiveAvgPool2d: [[7, 7]]", "adaptive_avg_pool: [7, 7]"),
        ("Upsample: 2", None),
        ("Flatten: 1", None),
        ("GroupNorm: [3, 3]", "group_norm: 3"),
        ("Conv2D: [64, 3]", None),
        ("max_pool 2", "max_pool: 2"),
        ("conv 64 3x3", "conv: {filters: 64, kernel: [3, 3]}"),
    ],
)
def test_positional_arguments(layer: str, expected: str | None) -> None:
    assert fixed(layer) == expected


@pytest.mark.torch
@pytest.mark.parametrize("name", POSITIONAL)
def test_they_are_those_of_the_signature(name: str) -> None:
    torch = pytest.importorskip("torch")
    classes = [
        value
        for word in dir(torch.nn)
        if inspect.isclass(value := getattr(torch.nn, word))
        and our_operator(word) == name
        and is_same_operator(word)
        and not word.startswith("Lazy")
        and issubclass(value, torch.nn.Module)
    ]
    for kind in classes:
        theirs = list(inspect.signature(kind).parameters)
        for our_name, word in zip(operator(name).torch_arguments.split(), theirs, strict=False):
            if our_name not in "-?":
                assert our_name in (word, ours(word, ARGUMENTS, [our_name])), f"{kind.__name__}: {word}"
