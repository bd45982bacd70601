"""What ``print`` shows of plans and profiles."""

from __future__ import annotations

import numpy as np

import archspec
from archspec.report.formats import render_profile

SPEC = "name: tiny\ninput: 8x8x3\nbatch: 2\nlayers:\n  - max_pool: 2\n  - fc: 3\n"


def test_printing_a_plan_or_a_profile_shows_its_table() -> None:
    network = archspec.compile(SPEC)
    assert f"{network.forecast()}\n" == render_profile(network.forecast())
    assert str(network.plan) == str(network.forecast())
    assert "max_pool1" in str(network.plan)
    profile = network.profile(np.zeros((2, 8, 8, 3), np.float32), runs=3)
    assert f"{profile}\n" == render_profile(profile)
    assert repr(profile).startswith("Profile(Plan(tiny: 2 steps")
