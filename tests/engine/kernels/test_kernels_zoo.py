"""Whole networks of the zoo: every layer has a kernel, and what comes out is what the operators' forward gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from archspec import api
from archspec.engine.grades import Grade
from archspec.engine.plan import make_plan
from archspec.examination import examine
from archspec.files import zoo

if TYPE_CHECKING:
    from archspec.ops._numpy import Array

BOUNDS = {"exact": 5e-6, "fast": 1e-5}
"""Errors of the results, relative to the largest; the reference computes in the same float32."""

SMALL: dict[str, str | None] = {
    "alexnet_original": "67x67x3",
    "c3d": "16x32x32x3",
    "convnext_tiny": "32x32x3",
    "darknet19": "64x64x3",
    "dcgan": None,
    "densenet121": "32x32x3",
    "efficientnet_b0": "32x32x3",
    "fpn": "64x64x3",
    "googlenet": "64x64x3",
    "inception_v3": "75x75x3",
    "lenet": None,
    "m3": None,
    "mobilenet_v1_025": "32x32x3",
    "mobilenet_v2": "32x32x3",
    "mobilenet_v3_small": "32x32x3",
    "resnet18": "32x32x3",
    "resnet20": None,
    "resnext50_32x4d": "32x32x3",
    "shufflenet_v2_x0_5": "32x32x3",
    "squeezenet1_1": "64x64x3",
    "unet": "188x188x1",
    "unet_same": "32x32x1",
    "vgg11": "32x32x3",
    "vit_b_32": "64x64x3",
    "zfnet": "65x65x3",
}
"""A network of each file, and an input as small as it takes; None where its own is small."""
SLOW = {"unet_same", "vgg11", "alexnet_original", "c3d", "darknet19", "fpn", "inception_v3", "unet", "vit_b_32"}
"""Those whose reference takes long."""


@pytest.mark.parametrize("name", zoo.entries())
@pytest.mark.parametrize("fused", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_no_layer_runs_by_its_own_forward(name: str, fused: bool) -> None:
    graph = examine(f"zoo:{name}").graph
    assert graph is not None
    steps = make_plan(graph, Grade.EXACT, np.dtype(np.float32), fuse=fused).steps
    assert [step.group.kind for step in steps if step.kernel.name == "reference"] == []


@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.slow) if n in SLOW else n for n in SMALL])
def test_results_are_those_of_the_forward(name: str) -> None:
    spec = api.load(f"zoo:{name}", input=SMALL[name])
    reference = api.compile(spec, grade="reference")
    rng = np.random.default_rng(0)
    x = {
        name: rng.standard_normal((2, *volume.shape)).astype(np.float32)
        for name, volume in reference.graph.inputs.items()
        if volume
    }
    wanted = reference(x)
    for grade, threads in (("exact", 1), ("fast", 2)):
        found = api.compile(spec, grade=grade, threads=threads)(x)  # type: ignore[arg-type] # these are two of them
        for ours, theirs in zip(_all(found), _all(wanted), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=BOUNDS[grade] * float(np.abs(theirs).max()))


def _all(results: Array | dict[str, Array]) -> list[Array]:
    return list(results.values()) if isinstance(results, dict) else [results]


def test_every_file_of_the_zoo_is_run() -> None:
    entries = zoo.entries()
    assert {entries[name].file for name in SMALL} == {entry.file for entry in entries.values()}
