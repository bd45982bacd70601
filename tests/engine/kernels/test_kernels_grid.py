"""Every kernel against its operators' own forward in float64: shapes at which kernels go wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from archspec.engine.grades import Grade
from archspec.engine.kernels import KERNELS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.engine.kernels.conftest import Case, Trial

    Make = Callable[..., Trial]

ELSEWHERE = {"bottleneck", "view", "reference", "concat"}
"""Those of several layers, with several inputs, or with nothing to compute, or the oracle itself."""


def test_values_are_those_of_the_forward(trial: Make, case: Case) -> None:
    alone = trial(case.volume, case.call)
    for batch, dtype, threads in ((1, "float32", 1), (3, "float32", 2), (2, "float64", 3)):
        network = alone.agrees(batch, dtype, case.grade, threads)
        assert [step.kernel.name for step in network.plan.steps] == [case.kernel]
    assert len(alone.result(alone.network(grade=case.grade), alone.drawn(0))) == 0


def test_norm_sum_and_activation_are_done_in_the_same_pass(trial: Make, case: Case) -> None:
    """A layer, its batch norm, the sum with another branch and an activation."""
    first, other = f"{case.kind}1", f"{case.kind}2"
    finished = trial(
        case.volume,
        (*case.call, ("input",)),
        (*case.call, ("input",)),
        ("batch_norm", {}, (other,)),
        ("add", {}, ("batch_norm3", first)),
        ("silu", {}),
    )
    for batch, threads in ((2, 1), (1, 3)):
        network = finished.agrees(batch, "float32", case.grade, threads)
        assert [len(step.group.nodes) for step in network.plan.steps] == [1, 4]
        assert {step.kernel.name for step in network.plan.steps} == {case.kernel}


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_the_same_bits_in_every_run(trial: Make, case: Case, threads: int) -> None:
    """Another number of threads may cut the work elsewhere, and products are not added up in the same order then."""
    alone = trial(case.volume, case.call)
    x = alone.drawn(2)
    networks = [alone.network(grade=case.grade, threads=threads) for _ in range(2)]
    assert len({alone.result(network, x).tobytes() for network in (*networks, *networks)}) == 1


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("what", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_give_what_they_give_in_the_forward(trial: Make, case: Case, what: float) -> None:
    """At the same places; but products that mix what a direct one keeps apart turn their whole piece to NaN."""
    alone = trial(case.volume, case.call)
    (x,) = alone.drawn(2).values()
    x[0].flat[x[0].size // 2] = what
    ours, theirs = (alone.result(alone.network(grade=grade), {"input": x}) for grade in (case.grade, Grade.REFERENCE))
    if case.mixes:
        assert not np.isfinite(ours[~np.isfinite(theirs)]).any()
    else:
        np.testing.assert_array_equal(np.where(np.isfinite(ours), 0, ours), np.where(np.isfinite(theirs), 0, theirs))
    assert np.isfinite(ours[1]).all()  # another sample


def test_an_input_may_be_read_only_and_in_any_order(trial: Make, case: Case) -> None:
    alone = trial(case.volume, case.call)
    network = alone.network(grade=case.grade)
    (x,) = alone.drawn(3).values()
    backward = np.asfortranarray(x[::-1])[::-1]
    backward.flags.writeable = False
    before = backward.tobytes()
    wanted = alone.result(network, {"input": x})
    np.testing.assert_array_equal(alone.result(network, {"input": backward}), wanted)
    assert backward.tobytes() == before


def test_every_kernel_is_tried(cases: list[Case]) -> None:
    assert {case.kernel for case in cases} == set(KERNELS) - ELSEWHERE


def test_a_kernel_computes_what_it_applies_to_and_refuses_all_else(trial: Make, case: Case) -> None:
    alone = trial(case.volume, case.call)
    applying = alone.applying()
    assert {case.kernel, "reference"} <= set(applying)
    for name in set(KERNELS) - set(applying):
        with pytest.raises(ValueError, match=f"kernel {name} does not apply to "):
            alone.network(kernel=name)
    alone.all_agree(2, "float32", 2)
