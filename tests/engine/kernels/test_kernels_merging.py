"""Sums, products and concatenations: several inputs, gates of one position, and memory that is written over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.engine.kernels.conftest import Trial

    Make = Callable[..., Trial]

MAP, GATE = Volume((7, 5), 6), Volume((1, 1), 6)
LARGE, WIDE = Volume((61, 53), 40), Volume((1, 1), 40)
"""More numbers than a chunk has, so that chunks begin in one sample and end in the next."""


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("batch", [1, 2, 5])
@pytest.mark.parametrize(
    ("kind", "volumes"),
    [
        ("add", (MAP, MAP)),
        ("add", (MAP, MAP, MAP)),
        ("multiply", (MAP, MAP)),
        ("multiply", (MAP, GATE)),
        ("multiply", (GATE, MAP)),
        ("multiply", (GATE, MAP, GATE, MAP)),
        ("multiply", (GATE, GATE)),
        ("multiply", (LARGE, WIDE)),
        ("multiply", (WIDE, LARGE, LARGE)),
        ("add", (LARGE, LARGE)),
        ("concat", (MAP, Volume((7, 5), 1), MAP)),
        ("concat", (LARGE, LARGE)),
    ],
)
def test_inputs_of_the_network(trial: Make, kind: str, volumes: tuple[Volume, ...], batch: int, threads: int) -> None:
    inputs = {f"x{number}": volume for number, volume in enumerate(volumes)}
    merged = trial(inputs, (kind, {}, tuple(inputs)), "batch_norm", "relu")
    network = merged.agrees(batch, "float32", threads=threads)
    assert [step.kernel.name for step in network.plan.steps] == ["concat" if kind == "concat" else "elementwise"]


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize(
    "merge",
    [
        ("add", ("relu2", "relu2")),
        ("add", ("relu2", "relu2", "relu2")),
        ("add", ("tanh1", "relu2", "relu2")),
        ("add", ("relu2", "tanh1", "relu2")),
        ("multiply", ("relu2", "relu2")),
        ("multiply", ("tanh1", "relu2", "tanh1")),
        ("concat", ("relu2", "tanh1", "relu2")),
    ],
)
def test_an_input_read_twice_is_not_overwritten_too_early(
    trial: Make, merge: tuple[str, tuple[str, ...]], threads: int
) -> None:
    kind, reads = merge
    trial(MAP, "tanh", ("relu", {}, ("tanh1",)), (kind, {}, reads), "sigmoid").agrees(3, threads=threads)


def test_a_gate_scales_its_sample_in_place(trial: Make) -> None:
    squeezed: tuple[Any, ...] = (
        ("conv", {"filters": 6, "kernel": 3}),
        "silu",
        "global_avg_pool",
        ("conv", {"filters": 6, "kernel": 1}),
        "hard_sigmoid",
        ("multiply", {}, ("hard_sigmoid5", "silu2")),
        ("conv", {"filters": 3, "kernel": 1}),
    )
    network = trial(Volume((61, 53), 3), *squeezed).agrees(4, threads=2)
    assert [step.group.overwrites for step in network.plan.steps if step.group.first.kind == "multiply"] == ["silu2"]


def test_a_product_is_fused_with_the_larger_input(trial: Make) -> None:
    gated = trial(MAP, "tanh", ("conv", {"filters": 6, "kernel": 1}), ("multiply", {}, ("conv2", "tanh1")))
    assert [step.group.kind for step in gated.agrees(2).plan.steps] == ["tanh", "conv + multiply"]


def test_a_gate_does_not_grow_in_its_own_place(trial: Make) -> None:
    gated = trial(MAP, "tanh", "global_max_pool", "sigmoid", ("multiply", {}, ("tanh1", "sigmoid3")))
    kinds = [step.group.kind for step in gated.agrees(2).plan.steps]
    assert kinds == ["tanh", "global_max_pool + sigmoid", "multiply"]


def test_positions_are_added_in_the_same_pass(trial: Make) -> None:
    embedded = trial(Volume((4, 4), 6), "tokens", "class_token", "position_embedding", "relu")
    kinds = [step.group.kind for step in embedded.agrees(3, threads=3).plan.steps]
    assert kinds == ["tokens", "class_token + position_embedding + relu"]


def test_a_view_that_another_layer_needs_is_copied(trial: Make) -> None:
    kept = trial(
        MAP,
        "tanh",
        "flatten",
        ("relu", {}, ("tanh1",)),
        ("flatten", {}, ("relu3",)),
        ("add", {}, ("flatten2", "flatten4")),
    )
    kernels = [step.kernel.name for step in kept.agrees(2).plan.steps]
    assert sorted(kernels) == ["elementwise", "elementwise", "elementwise", "rearrange", "view"]


def test_an_unknown_activation_runs_by_its_own_forward(trial: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archspec.engine.kernels._epilogue.activation", lambda _: None)
    trial(LARGE, ("conv", {"filters": 7, "kernel": 1}), "silu").agrees(2, threads=2)


def test_inputs_may_be_one_array(trial: Make) -> None:
    merged = trial({"a": MAP, "b": MAP}, ("multiply", {}, ("a", "b")))
    x = np.random.default_rng(0).standard_normal((2, *MAP.shape)).astype(np.float32)
    np.testing.assert_array_equal(merged.result(merged.network(), {"a": x, "b": x}), x * x)
