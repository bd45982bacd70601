"""A call allocates nothing but its result: all else lies in the arena and in scratch memory from the first call on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from archspec.engine import loops, runner, scratch
from archspec.engine.grades import Grade
from archspec.volume import Volume
from tests.memory import most_allocated

if TYPE_CHECKING:
    from collections.abc import Callable

    from archspec.engine.network import Network
    from archspec.ops._numpy import Array
    from tests.engine.kernels.conftest import Case, Trial

    Make = Callable[..., Trial]

NOISE = 8_000
"""Bytes of Python's own objects, about: scalars, arguments, views of inputs and results."""

NETWORKS: dict[str, tuple[Volume, tuple[Any, ...]]] = {
    "convolutions": (
        Volume((24, 24), 3),
        (
            ("conv", {"filters": 32, "kernel": 3, "padding": 1, "stride": 2}),
            "batch_norm",
            "relu",
            ("conv", {"filters": 32, "kernel": 3, "padding": 1}),
            ("depthwise_conv", {"kernel": 3, "padding": 1}),
            "hard_swish",
            ("conv", {"filters": 16, "kernel": 1}),
            ("max_pool", {"kernel": 2}),
            "flatten",
            ("fc", {"units": 10}),
            "softmax",
        ),
    ),
    "gates": (
        Volume((12, 12), 16),
        (
            "silu",
            "global_avg_pool",
            ("conv", {"filters": 16, "kernel": 1}),
            "sigmoid",
            ("multiply", {}, ("silu1", "sigmoid4")),
            ("conv", {"filters": 8, "kernel": 1}),
        ),
    ),
    "a transformer": (
        Volume((16, 16), 3),
        (
            ("conv", {"filters": 48, "kernel": 4, "stride": 4}),
            "tokens",
            "class_token",
            "position_embedding",
            "layer_norm",
            ("attention", {"heads": 4}),
            ("add", {}, ("position_embedding4", "attention6")),
            "layer_norm",
            ("linear", {"units": 96}),
            "gelu",
            ("select", {"index": 0}),
        ),
    ),
    "an encoder and decoder": (
        Volume((16, 16), 4),
        (
            ("conv", {"filters": 8, "kernel": 3, "padding": 1, "padding_mode": "reflect"}),
            ("group_norm", {"groups": 2}),
            "mish",
            ("avg_pool", {"kernel": 2}),
            ("conv_transpose", {"filters": 8, "kernel": 2, "stride": 2}),
            ("concat", {}, ("conv_transpose5", "mish3")),
            ("upsample", {"factor": 2, "mode": "bilinear"}),
            ("crop", {"size": 20}),
            ("channel_shuffle", {"groups": 4}),
            ("slice", {"stop": 6}),
        ),
    ),
}


@pytest.fixture(autouse=True)
def _no_loop_buffers(monkeypatch: pytest.MonkeyPatch) -> None:
    """NumPy's loops over several axes take buffers for each operand: here next to none."""
    monkeypatch.setattr(loops, "BUFFER", 16)


def allocated(network: Network, x: dict[str, Any]) -> int:
    """Bytes that a call holds at most besides its result, from the third on.

    The least of three: what a kernel takes it takes in every call, what other threads of the tests' runner take not.
    """
    for _ in range(2):
        network(x)
    return min(held(network, x) for _ in range(3))


def held(network: Network, x: dict[str, Any]) -> int:
    results: list[object] = []
    most = most_allocated(lambda: results.append(network(x)))
    return most - sum(y.nbytes for y in results if isinstance(y, np.ndarray))


def test_a_kernel_takes_no_memory(trial: Make, case: Case) -> None:
    finished = trial(case.volume, case.call, ("batch_norm", {}), ("gelu", {}))
    assert allocated(finished.network(grade=case.grade), finished.drawn(2)) < NOISE


def test_a_kernel_reads_nothing_but_what_was_written(trial: Make, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """New memory holds NaN, in both dtypes, and so does what lies side_inputs it."""

    def full_of_nan(size: int) -> Array:
        memory = np.full(size + 3 * scratch.LINE, 0xFF, np.uint8)
        start = scratch.LINE + -memory.ctypes.data % scratch.LINE
        return memory[start : start + size]

    for module in (runner, scratch):
        monkeypatch.setattr(module, "aligned_bytes", full_of_nan)
    finished = trial(case.volume, case.call, ("batch_norm", {}), ("gelu", {}))
    finished.agrees(2, grade=case.grade, threads=3)
    finished.agrees(1, "float64", case.grade)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_takes_no_memory(trial: Make, name: str) -> None:
    volume, calls = NETWORKS[name]
    network = trial(volume, *calls)
    assert all(step.kernel.name != "reference" for step in network.network().plan.steps)
    network.agrees(2)
    assert allocated(network.network(), network.drawn(2)) < NOISE


def test_what_a_kernel_would_take_is_seen(trial: Make) -> None:
    volume, calls = NETWORKS["a transformer"]
    network = trial(volume, *calls)
    assert allocated(network.network(grade=Grade.REFERENCE), network.drawn(2)) > NOISE
