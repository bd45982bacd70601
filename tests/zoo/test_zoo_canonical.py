"""The form in which the zoo's networks are compared: what it takes for equal, and what it must not."""

from __future__ import annotations

from typing import Any

import pytest

import archspec

MAIN = "[{conv: {filters: 4, kernel: 1}}, relu]"
SHORTCUT = "[{conv: {filters: 4, kernel: 1, bias: false}}]"


def facts(ours: Any, *layers: str) -> list[object]:
    text = "\n".join(["name: net", "input: 8x8x4", "layers:", *(f"  - {layer}" for layer in layers)])
    return [layer.facts for layer in ours(archspec.analyze(archspec.load(text)).graph)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([f"add: [{MAIN}, {SHORTCUT}]"], [f"add: [{SHORTCUT}, {MAIN}]"]),
        ([f"concat: [[], {MAIN}, {SHORTCUT}]"], [f"concat: [[], [{{concat: [{MAIN}, {SHORTCUT}]}}]]"]),
        (["fc: 10"], ["flatten", "fc: 10"]),
        (["global_avg_pool", "fc: 10"], ["global_avg_pool", "conv: {filters: 10, kernel: 1}"]),
        (["dropout: 0.5", "flatten"], ["flatten", "dropout: 0.5"]),
    ],
)
def test_equal(one: list[str], other: list[str], ours: Any) -> None:
    assert facts(ours, "relu", *one, "tanh") == facts(ours, "relu", *other, "tanh")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([f"concat: [{MAIN}, {SHORTCUT}]"], [f"concat: [{SHORTCUT}, {MAIN}]"]),
        (["relu", "tanh", "add: relu1"], ["relu", "tanh", "add: tanh1"]),
        ([f"add: [{MAIN}, []]"], [f"add: [{MAIN}, {SHORTCUT}]"]),
        (["batch_norm"], ["batch_norm: {eps: 1e-3}"]),
        (["dropout: 0.5"], ["dropout: 0.4"]),
        (["relu"], ["tanh"]),
        (["max_pool: 2"], ["avg_pool: 2"]),
        (["conv: {filters: 4, kernel: 1, stride: 2}"], ["conv: {filters: 4, kernel: 1, stride: 4}"]),
    ],
)
def test_different(one: list[str], other: list[str], ours: Any) -> None:
    assert facts(ours, "conv: {filters: 4, kernel: 1}", *one) != facts(ours, "conv: {filters: 4, kernel: 1}", *other)
