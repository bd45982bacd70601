"""Inverted residuals in one step: against the forward, and where they are not to be one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Callable

    from archspec.engine.network import Network
    from tests.engine.kernels.conftest import Trial

    Make = Callable[..., Trial]

WIDE = ("conv", {"filters": 128, "kernel": 1}), ("conv", {"filters": 8, "kernel": 1})
"""What makes the inference peak, so that chains behind it leave the arena as it is."""


def block(kernel: int = 3, activation: str = "relu6", filters: int = 8, **depthwise: Any) -> tuple[Any, ...]:
    return (
        ("conv", {"filters": 48, "kernel": 1, "bias": False}),
        "batch_norm",
        activation,
        ("depthwise_conv", {"kernel": kernel, "bias": False, "padding": "same", **depthwise}),
        "batch_norm",
        activation,
        ("conv", {"filters": filters, "kernel": 1}),
        "batch_norm",
    )


def kernels(network: Network) -> list[str]:
    return [step.kernel.name for step in network.plan.steps]


@pytest.mark.parametrize("threads", [2, 3, 5])
@pytest.mark.parametrize("batch", [0, 1, 2, 4])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "layers",
    [
        block(),
        block(kernel=5, activation="silu"),
        block(stride=2, filters=20),
        block(dilation=2, activation="hard_swish"),
        block(kernel=3, padding=[[2, 0], [0, 1]], stride=[2, 1]),
    ],
    ids=["plain", "5x5 silu", "stride", "dilated", "asymmetric"],
)
def test_one_step_is_as_exact_as_three(
    trial: Make, layers: tuple[Any, ...], batch: int, dtype: str, threads: int
) -> None:
    network = trial(Volume((11, 9), 6), *WIDE, *layers).agrees(batch, dtype, threads=threads)
    assert kernels(network) == ["gemm", "gemm", "bottleneck"]


@pytest.mark.parametrize("threads", [1, 2])
def test_a_residual_is_added_to_the_sums_of_all_parts(trial: Make, threads: int) -> None:
    residual = trial(Volume((11, 9), 6), *WIDE, *block(), ("add", {}, ("conv2", "batch_norm10")), "relu")
    network = residual.agrees(2, threads=threads)
    last = ["bottleneck"] if threads > 1 else ["gemm", "depthwise", "gemm"]
    assert kernels(network) == ["gemm", "gemm", *last]


def test_an_output_that_is_read_elsewhere_is_not_fused(trial: Make) -> None:
    side_inputs: tuple[Any, ...] = ("concat", {}, ("relu65", "batch_norm10"))
    assert "bottleneck" not in kernels(trial(Volume((11, 9), 6), *WIDE, *block(), side_inputs).agrees(threads=2))


@pytest.mark.parametrize("activation", ["softmax", "log_softmax", "prelu"])
def test_what_reads_all_channels_or_has_weights_is_not_in_a_chain(trial: Make, activation: str) -> None:
    apart = trial(Volume((11, 9), 6), *WIDE, *block(activation=activation)).agrees(2, threads=3)
    assert kernels(apart) == ["gemm", "gemm", "gemm", "depthwise", "gemm"]


def test_the_arena_stays_as_large_as_the_analysis_says(trial: Make) -> None:
    """Without anything larger before it a chain would make the arena smaller than the inference peak."""
    assert "bottleneck" not in kernels(trial(Volume((11, 9), 6), *block()).agrees(threads=2))


def test_the_same_bits_every_time(trial: Make) -> None:
    chain = trial(Volume((11, 9), 6), *WIDE, *block())
    network = chain.network(threads=2)
    first = chain.result(network, chain.drawn())
    for _ in range(20):
        assert (chain.result(network, chain.drawn()) == first).all()
