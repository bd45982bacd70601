"""Memory: liveness against a brute force, totals by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import archspec
from archspec.analysis.memory import merged_outputs, peak
from archspec.graph.model import Graph, NetworkHeader, Node
from archspec.graph.operator_call import OperatorCall
from archspec.ops._base import Operator
from archspec.ops.rectifiers import ReLU
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Sequence


class Mix(Operator):
    """Reads any number of volumes; its output needs room of its own."""


def make_graph(
    inputs: Sequence[int], steps: Sequence[tuple[int, bool, tuple[str, ...]]], outputs: Sequence[str]
) -> Graph:
    """A graph of ``steps``: size of the output, whether it may take its input's place, what it reads."""
    volumes: dict[str, Volume | None] = {f"in{i}": Volume((1, 1), size) for i, size in enumerate(inputs)}
    entering, nodes = dict(volumes), []
    for i, (size, in_place, reads) in enumerate(steps):
        received = tuple(volumes[name] for name in reads)
        first = received[0]
        volume = first if in_place and first else Volume((1, 1), size)
        call = OperatorCall(ReLU() if in_place else Mix(), received, volume)
        nodes.append(Node(f"n{i}", "mix", reads, call))
        volumes[f"n{i}"] = volume
    return Graph(NetworkHeader("hand-made"), entering, tuple(nodes), tuple(outputs))


def room(graph: Graph, *, alone: bool = False) -> dict[str, str]:
    """For each volume the one whose memory it lies in: its own, or its input's when it takes that one's place.

    It may when nothing reads that afterwards; ``alone``: when nothing else reads it at all.
    """
    homes = {name: name for name in graph.inputs}
    for index, node in enumerate(graph.nodes):
        source = node.inputs[0]
        others = [other for other in graph.nodes[0 if alone else index :] if source in other.inputs and other != node]
        stays = (
            isinstance(node.operator, ReLU)
            and source not in graph.inputs
            and source not in graph.outputs
            and not others
        )
        homes[node.name] = homes[source] if stays else node.name
    return homes


def brute_force(graph: Graph) -> int:
    """Ask of every volume at every step whether something still needs it; the largest sum there is."""
    homes, most = room(graph), 0
    for now in range(len(graph.nodes)):
        alive: set[str] = set()
        made = [*graph.inputs, *(node.name for node in graph.nodes[: now + 1])]
        for name in made:
            read_later = any(name in node.inputs for node in graph.nodes[now:])
            if read_later or name in graph.outputs or name == graph.nodes[now].name:
                alive.add(homes[name])
        # What nobody reads is there until the first step has begun.
        alive |= {name for name in graph.inputs if now == 0}
        sizes = {name: graph.volume(name) for name in alive}
        most = max(most, sum(volume.size for volume in sizes.values() if volume))
    return most


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    inputs = draw(st.lists(st.integers(1, 50), min_size=1, max_size=2))
    names = [f"in{i}" for i in range(len(inputs))]
    steps: list[tuple[int, bool, tuple[str, ...]]] = []
    for i in range(draw(st.integers(1, 8))):
        in_place = draw(st.booleans())
        # Mostly the last volume, as in a chain, and now and then one from further up.
        reads = [draw(st.one_of(st.just(names[-1]), st.sampled_from(names)))]
        if not in_place and draw(st.booleans()):
            reads.append(draw(st.sampled_from(names)))
        steps.append((draw(st.integers(1, 50)), in_place, tuple(reads)))
        names.append(f"n{i}")
    outputs = {names[-1], *draw(st.lists(st.sampled_from(names[len(inputs) :]), max_size=1))}
    return make_graph(inputs, steps, sorted(outputs))


@given(graph=graphs())
@settings(max_examples=200)
def test_peak_by_brute_force(graph: Graph) -> None:
    assert peak(graph) == brute_force(graph)


@given(graph=graphs())
def test_merged_by_brute_force(graph: Graph) -> None:
    homes = room(graph, alone=True)
    assert list(merged_outputs(graph)) == [homes[node.name] != node.name for node in graph.nodes]


@given(graph=graphs())
def test_peak_is_between_the_largest_step_and_the_sum(graph: Graph) -> None:
    """No step can do without what it reads and gives; all volumes together are enough."""
    sizes = [volume.size for name in (*graph.inputs, *graph.by_name) if (volume := graph.volume(name))]
    assert max(sizes) <= peak(graph) <= sum(sizes)


# By hand


def test_peak_of_a_chain() -> None:
    """10 -> 40 -> 5 -> 30: the most is 10 + 40, then 40 + 5 and 5 + 30."""
    chain = make_graph([10], [(40, False, ("in0",)), (5, False, ("n0",)), (30, False, ("n1",))], ["n2"])
    assert peak(chain) == 50


def test_peak_of_a_shortcut() -> None:
    """The shortcut keeps n0 (40) alive over n1 (50), until n2 (40) has read both."""
    block = make_graph([10], [(40, False, ("in0",)), (50, False, ("n0",)), (40, False, ("n1", "n0"))], ["n2"])
    assert peak(block) == 40 + 50 + 40


def test_activation_needs_no_room_unless_its_input_is_read_again() -> None:
    alone = make_graph([10], [(40, False, ("in0",)), (40, True, ("n0",)), (1, False, ("n1",))], ["n2"])
    shared = make_graph([10], [(40, False, ("in0",)), (40, True, ("n0",)), (1, False, ("n1", "n0"))], ["n2"])
    assert (peak(alone), peak(shared)) == (50, 81)


def test_early_result_stays() -> None:
    graph = make_graph([10], [(40, False, ("in0",)), (5, False, ("n0",)), (30, False, ("n1",))], ["n0", "n2"])
    assert peak(graph) == 40 + 5 + 30


def test_activation_of_the_input_needs_room() -> None:
    """The caller's array is not overwritten."""
    totals = archspec.analyze("name: a\ninput: 2x3x5\nlayers:\n  - relu\n  - sigmoid\n").totals
    assert totals.activations == 30
    assert totals.forward_bytes == totals.peak_bytes == 2 * 30 * 4


CIFAR = (
    "name: a\ninput: 32x32x3\n{}layers:\n"
    "  - conv: {{filters: 12, kernel: 3, padding: same}}\n  - relu\n  - max_pool: 2\n  - fc: 10\n"
)


@pytest.mark.parametrize(("dtype", "width"), [("float16", 2), ("bfloat16", 2), ("float32", 4), ("float64", 8)])
@pytest.mark.parametrize("batch", [1, 7])
def test_bytes_of_a_small_network(dtype: str, width: int, batch: int) -> None:
    """Volumes of 3,072, 12,288 (the ReLU in place), 3,072 and 10 numbers; 336 + 30,730 parameters."""
    totals = archspec.analyze(CIFAR.format(f"dtype: {dtype}\nbatch: {batch}\n")).totals
    stored, params = 12_288 + 3_072 + 10, 31_066
    assert totals.activations == stored
    assert totals.param_bytes == params * width
    assert totals.forward_bytes == (3_072 + stored) * batch * width
    assert totals.peak_bytes == (3_072 + 12_288) * batch * width
    assert totals.training_bytes == {
        "sgd": (2 * params + 2 * stored * batch) * width,
        "momentum": (3 * params + 2 * stored * batch) * width,
        "adam": (4 * params + 2 * stored * batch) * width,
    }


def test_bytes_of_layers_are_those_of_the_total() -> None:
    report = archspec.analyze(CIFAR.format("batch: 3\n"))
    assert [(layer.name, layer.bytes, layer.merged) for layer in report.layers] == [
        ("conv1", 12_288 * 3 * 4, False),
        ("relu1", 0, True),
        ("max_pool1", 3_072 * 3 * 4, False),
        ("fc1", 10 * 3 * 4, False),
    ]


def test_batch_is_no_part_of_counts() -> None:
    one, many = (archspec.analyze(CIFAR.format(f"batch: {batch}\n")) for batch in (1, 64))
    for name in ("params", "macs", "flops", "activations", "unshared_params", "param_bytes"):
        assert getattr(one.totals, name) == getattr(many.totals, name)
    assert [layer.macs for layer in one.layers] == [layer.macs for layer in many.layers]
