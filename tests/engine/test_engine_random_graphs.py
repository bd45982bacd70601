"""Random graphs, run by a plan in one arena and by threads, against their operators' forwards one after the other."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archspec.engine import session
from archspec.engine.grades import Grade
from archspec.engine.network import Network
from archspec.engine.parameters import full_name, stored_weights
from archspec.engine.plan import make_plan
from archspec.ops import operator
from archspec.volume import Volume
from tests.engine.conftest import make_graph

if TYPE_CHECKING:
    from archspec.engine.stages import Call, Stage
    from archspec.graph.model import Graph
    from archspec.ops._base import Operator
    from archspec.ops._numpy import Array

SMALL = st.integers(1, 4)
WINDOW = {
    "kernel": SMALL,
    "stride": SMALL,
    "padding": st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=2, max_size=2),
    "fit": st.sampled_from(["crop", "pad"]),
}
POOL = {"kernel": SMALL, "stride": SMALL, "fit": st.sampled_from(["crop", "pad"])}
ARGUMENTS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "adaptive_max_pool": {"size": SMALL},
    "attention": {"heads": st.integers(1, 2)},
    "avg_pool": POOL,
    "batch_norm": {},
    "channel_shuffle": {"groups": st.integers(1, 2)},
    "class_token": {},
    "conv": {**WINDOW, "filters": SMALL, "dilation": st.integers(1, 2), "bias": st.booleans()},
    "conv_transpose": {"filters": SMALL, "kernel": SMALL, "stride": st.integers(1, 2)},
    "depthwise_conv": {**WINDOW, "multiplier": st.integers(1, 2), "dilation": st.integers(1, 2)},
    "dropout": {},
    "fc": {"units": SMALL},
    "flatten": {},
    "gelu": {},
    "global_avg_pool": {},
    "group_norm": {"groups": st.integers(1, 2)},
    "layer_norm": {},
    "linear": {"units": SMALL},
    "local_conv": {"filters": SMALL, "kernel": SMALL, "padding": st.integers(0, 1)},
    "lrn": {},
    "max_pool": POOL,
    "pad": {"padding": st.integers(0, 2)},
    "position_embedding": {},
    "prelu": {},
    "relu": {},
    "scale": {},
    "silu": {},
    "slice": {"start": st.integers(0, 1)},
    "softmax": {},
    "tokens": {},
    "upsample": {"factor": st.integers(1, 2)},
}
SAME = {"kernel": 3, "stride": 1, "padding": 1}
KEEPING: dict[str, dict[str, Any]] = {"avg_pool": SAME, "conv": SAME, "depthwise_conv": SAME, "max_pool": SAME}
"""Arguments by which a volume stays as large as it was, so that there is something to add it to."""
MERGES = ("add", "multiply", "concat")
KINDS = (*MERGES, *KEEPING, *ARGUMENTS, *MERGES)
BETWEEN = st.lists(st.sampled_from(["batch_norm", "relu", "silu", "scale", "softmax", "prelu"]), max_size=2)
RESIDUALS = st.builds(
    lambda hidden, one, other: (
        ("conv", {"filters": hidden, "kernel": 1}),
        *((kind, {}) for kind in one),
        ("depthwise_conv", SAME),
        *((kind, {}) for kind in other),
        ("conv", {"filters": 4, "kernel": 1}),
    ),
    st.sampled_from([20, 36]),
    BETWEEN,
    BETWEEN,
)
"""Expansion, depthwise and projection, which may become one step."""
ALONE = st.just((None,))
"""One layer, any."""
MOST = 3_000
"""Numbers of a volume."""


class Drawn(NamedTuple):
    """A layer, and what leaves."""

    operator: Operator
    reads: tuple[str, ...]
    output: Volume | None


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Layers that read whatever stands before them, results anywhere among them, and volumes that nobody reads."""
    shapes = st.builds(Volume, st.tuples(st.integers(1, 9), st.integers(1, 9)), SMALL)
    inputs = {f"in{number}": draw(shapes) for number in range(draw(st.integers(1, 2)))}
    volumes, layers = dict(inputs), list[Any]()
    for _ in range(draw(st.integers(6, 14))):
        for call in draw(RESIDUALS if draw(st.integers(1, 8)) == 5 else ALONE):
            chosen, reads, output = draw(layers_on(volumes, call))
            if output is not None and output.size <= MOST:
                name = f"layer{len(layers)}"
                layers.append((name, chosen, reads))
                volumes[name] = output
    if not layers:
        layers = [("layer", operator("relu").model_validate({}))]
    outputs = draw(st.lists(st.sampled_from([name for name, *_ in layers]), max_size=3, unique=True))
    return make_graph(inputs, *layers, outputs=tuple(outputs), dtype="float64")


@st.composite
def layers_on(draw: st.DrawFn, volumes: dict[str, Volume], call: tuple[str, Any] | None) -> Drawn:
    """Any layer, or the one given; nothing leaves where the operator does not suit the volumes."""
    names = list(volumes)
    if call:
        given = operator(call[0]).model_validate(call[1])
        last = volumes[names[-1]]
        return Drawn(given, (names[-1],), given.infer([last]) if suits(given, last) else None)
    first = draw(st.just(names[-1]) | st.sampled_from(names))  # as a rule the last, so that there are chains
    kind = draw(st.sampled_from(KINDS))
    reads: tuple[str, ...] = (first,)
    if kind in MERGES:
        fitting = [name for name in names if fits(kind, volumes[first], volumes[name])]
        others = st.lists(st.sampled_from(fitting), min_size=1, max_size=3)
        reads = tuple(draw(st.permutations([first, *draw(others)])))
    arguments = {key: draw(value) for key, value in ARGUMENTS.get(kind, {}).items()}
    if kind in KEEPING and draw(st.booleans()):
        arguments = {**KEEPING[kind], **({"filters": volumes[first].channels} if kind == "conv" else {})}
    chosen = operator(kind).model_validate(arguments)
    received = [volumes[name] for name in reads]
    return Drawn(chosen, reads, chosen.infer(received) if suits(chosen, received[0]) else None)


def suits(chosen: Operator, volume: Volume) -> bool:
    return (
        len(volume.spatial) in chosen.ranks
        and all(division.number % division.by == 0 for division in chosen.divisions([volume]))
        and all(limit.number <= limit.most for limit in chosen.limits([volume]))
    )


def fits(kind: str, first: Volume, other: Volume) -> bool:
    """Whether two volumes merge, the other one maybe as a gate or the first."""
    if kind == "concat":
        return first.spatial == other.spatial
    return first == other or (kind == "multiply" and first.channels == other.channels and other.positions == 1)


def forwards(graph: Graph, weights: dict[str, Array], inputs: dict[str, Array]) -> dict[str, Array]:
    """Every volume, in memory of its own."""
    found = dict(inputs)
    for node in graph.nodes:
        own = {weight.name: weights[full_name(node, weight)] for weight in node.weights}
        assert node.operator
        found[node.name] = node.operator.forward([found[name].copy() for name in node.inputs], own)
    return found


def agree(ours: Array, wanted: Array) -> None:
    np.testing.assert_allclose(ours, wanted, rtol=0, atol=1e-11 * max(1, float(np.abs(wanted).max(initial=0))))


class Interleaved:
    """A thread pool at its worst: the next call is always one of any work item, by chance."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)  # noqa: S311 - nothing is secret

    def run(self, stage: Stage) -> None:
        items: list[list[Call]] = [list(item) for item in stage]
        while items := [item for item in items if item]:
            self.chance.choice(items).pop(0)()


@settings(max_examples=200)
@given(graph=graphs(), batch=st.integers(0, 3), threads=st.integers(1, 3), grade=st.sampled_from(Grade))
def test_all_values_are_those_of_the_forwards(graph: Graph, batch: int, threads: int, grade: Grade) -> None:
    rng = np.random.default_rng(batch)
    weights = {name: rng.uniform(0.5, 1.5, weight.shape) for name, weight in stored_weights(graph).items()}
    inputs = {name: rng.standard_normal((batch, *volume.shape)) for name, volume in graph.inputs.items() if volume}
    wanted = forwards(graph, weights, inputs)
    network = Network(make_plan(graph, grade, np.dtype("float64"), threads), weights)
    with pytest.MonkeyPatch.context() as patch:
        for seed in range(2):
            patch.setattr(session, "thread_pool", lambda _, seed=seed: Interleaved(seed))
            results = network(inputs)
            named = results if isinstance(results, dict) else {graph.outputs[0]: results}
            assert list(named) == list(graph.outputs)
            for name, y in named.items():
                agree(y, wanted[name])
        trace = network.trace(inputs)
    assert list(trace) == [node.name for node in graph.nodes]
    for name, y in trace.items():
        agree(y, wanted[name])
