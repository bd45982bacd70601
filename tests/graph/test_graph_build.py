"""From layers to a graph: names, wires, volumes and what is unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import archspec
from archspec.examination import examine
from archspec.volume import Volume
from tests.work import work

if TYPE_CHECKING:
    from archspec.graph.model import Graph, Node


def graph(*layers: str, header: str = "input: 10x10x3") -> Graph:
    text = f"name: example\n{header}\nlayers:\n" + "".join(f"  - {layer}\n" for layer in layers)
    built = examine(text).graph
    assert built is not None
    return built


def node(of: Graph, name: str) -> Node:
    return of.by_name[name]


def test_names_count_by_kind() -> None:
    built = graph("conv: {filters: 3, kernel: 3}", "relu", "conv: {filters: 3, kernel: 3}", "relu", "relu", "fc: 10")
    assert [each.name for each in built.nodes] == ["conv1", "relu1", "conv2", "relu2", "relu3", "fc1"]


def test_names_by_number_step_aside() -> None:
    """A name given anywhere, further down too, is never given twice."""
    built = graph("relu", "{relu: , name: relu1}", "relu", "{relu: , name: relu3}", "relu")
    names = [each.name for each in built.nodes]
    assert names == ["relu2", "relu1", "relu4", "relu3", "relu5"]
    assert len(set(names)) == len(names)


def test_names_step_aside_for_inputs() -> None:
    built = graph("relu", "relu", header="input: {relu1: 10x10x3}")
    assert [each.name for each in built.nodes] == ["relu2", "relu3"]


def test_wires() -> None:
    built = graph("conv: {filters: 3, kernel: 3}", "{relu: , name: act}", "fc: 10")
    assert [(each.name, each.inputs) for each in built.nodes] == [
        ("conv1", ("input",)),
        ("act", ("conv1",)),
        ("fc1", ("act",)),
    ]
    assert built.outputs == ("fc1",)
    assert {name: [each.name for each in readers] for name, readers in built.consumers.items()} == {
        "input": ["conv1"],
        "conv1": ["act"],
        "act": ["fc1"],
        "fc1": [],
    }
    assert built.volume("input") == Volume((10, 10), 3)
    assert built.volume("act") == Volume((8, 8), 3)


def test_calls_of_equal_layers_are_there_once() -> None:
    built = graph("relu", "relu", "conv: {filters: 3, kernel: 3}", "relu")
    first, again, conv, other = built.nodes
    assert built.calls == (first.call, conv.call, other.call)
    assert again.call is first.call


def test_input_of_another_name() -> None:
    built = graph("relu", header="input: {photo: 10x10x3}")
    assert built.inputs == {"photo": Volume((10, 10), 3)}
    assert built.nodes[0].inputs == ("photo",)


def test_second_input_is_not_dropped_in_silence() -> None:
    """The layers begin at the first input; that nothing reads another is told."""
    seen = examine("name: example\ninput: {left: 8x8x3, right: 8x8x3}\nlayers:\n  - relu\n")
    assert seen.graph is not None
    assert seen.graph.nodes[0].inputs == ("left",)
    (found,) = seen.diagnostics
    assert (found.rule, "`right`" in found.message) == ("unused-layer", True)


def test_every_input_can_be_gone_on_from() -> None:
    built = graph("add: {one: [], other: [{from: right}, relu]}", header="input: {left: 8x8x3, right: 8x8x3}")
    assert [(each.name, each.inputs) for each in built.nodes] == [
        ("other.relu1", ("right",)),
        ("add1", ("left", "other.relu1")),
    ]


def test_volumes_propagate() -> None:
    built = graph("conv: {filters: 12, kernel: 3, padding: same}", "relu", "max_pool: 2", "fc: 10", "softmax")
    assert [str(each.output) for each in built.nodes] == ["10x10x12", "10x10x12", "5x5x12", "1x1x10", "1x1x10"]
    assert [each.input_volumes for each in built.nodes[1:]] == [(each.output,) for each in built.nodes[:-1]]
    assert built.is_known


@pytest.mark.parametrize(
    "broken",
    ["conv: {filters: 8, kernel: 99}", "conv: {filters: 0, kernel: 3}", "nonsense", "conv: {filters: 8, kernel: [3]}"],
)
def test_unknown_propagates(broken: str) -> None:
    built = graph("relu", broken, "relu", "fc: 10")
    known = [each.is_known for each in built.nodes]
    assert known == [True, False, False, False]
    assert [each.output is None for each in built.nodes] == [False, True, True, True]
    assert not built.is_known


def test_unknown_input_propagates() -> None:
    built = graph("relu", "fc: 10", header="input: 28x28")
    assert [each.output for each in built.nodes] == [None, None]
    assert set(built.inputs.values()) == {None}


def test_unknown_nodes_have_no_weights_and_no_arrivals() -> None:
    built = graph("nonsense", "fc: 10")
    assert node(built, "fc1").weights == ()
    assert not node(built, "fc1").is_checkable
    assert node(built, "fc1").windows is None


def test_no_layers() -> None:
    seen = examine("name: example\ninput: 8x8x3\nlayers: []\n")
    assert seen.graph is not None
    assert not seen.graph.is_known
    assert seen.graph.outputs == ("input",)


@pytest.mark.parametrize("layers", ["[{relu: , when: $(1 > 2)}]", "[{layers: [relu], repeat: 0}]", "[{from: input}]"])
def test_no_layers_left(layers: str) -> None:
    (found,) = examine(f"name: example\ninput: 8x8x3\nlayers: {layers}\n").errors
    assert "no layer" in found.message


@pytest.mark.parametrize("broken", ["{relu: , tanh: }", "{}", "3", "{add: ~}", "{add: [3]}", "{for: [{}]}"])
def test_nothing_is_known_behind_what_is_no_layer(broken: str) -> None:
    seen = examine(f"name: example\ninput: 8x8x3\nlayers: [{broken}, {{fc: {{units: 3, in_features: 1}}}}]\n")
    assert len(seen.errors) == 1
    assert seen.graph is not None
    assert seen.graph.nodes[-1].output is None


@pytest.mark.parametrize(
    ("header", "own", "output"),
    [
        ("", "", "4x4x3"),
        ("fit: pad", "", "5x5x3"),
        ("fit: pad", ", fit: crop", "4x4x3"),
        ("fit: crop", ", fit: pad", "5x5x3"),
        ("fit: exact", ", fit: pad", "5x5x3"),
    ],
)
def test_fit_of_the_file_and_of_the_layer(header: str, own: str, output: str) -> None:
    """A layer's own word counts; the file's is for those that say nothing."""
    built = graph(f"max_pool: {{kernel: 3, stride: 2{own}}}", header=f"input: 10x10x3\n{header}")
    assert str(built.nodes[0].output) == output


def test_fit_of_the_file_reaches_only_what_slides() -> None:
    assert graph("relu", "fc: 10", "pad: 1", header="input: 10x10x3\nfit: pad").is_known


@pytest.mark.parametrize(
    ("layer", "argument", "text"),
    [
        ("conv: {filters: 8, kernel: [3, 5]}", "kernel", "[3, 5]"),
        ("conv: {filters: 8, kernel: 3}", "stride", "conv"),
        ("fc: 10", "in_features", "fc"),
        ("relu", "slope", "relu"),
    ],
)
def test_place_of_an_argument(layer: str, argument: str, text: str) -> None:
    place = graph(layer).nodes[0].argument(argument)
    assert place
    assert place.text == text


def test_graph_of_an_alias() -> None:
    """Two layers of the same arguments are two layers."""
    built = graph("conv: &same {filters: 3, kernel: 3}", "conv: *same")
    assert [str(each.output) for each in built.nodes] == ["8x8x3", "6x6x3"]


def test_twice_the_same_name_keeps_both_layers() -> None:
    """It is an error, but figures and pictures still tell the layers apart, and nothing runs in circles."""
    text = "name: example\ninput: 8x8x3\nlayers:\n"
    text += "  - {conv: {filters: 4, kernel: 3}, name: a}\n  - {conv: {filters: 5, kernel: 3}, name: a}\n"
    text += "  - {relu: , name: input}\n  - {conv: {filters: 6, kernel: 99}, name: a}\n"
    seen = examine(text)
    assert seen.graph is not None
    assert len(seen.graph.by_name) == 4
    assert not set(seen.graph.inputs) & set(seen.graph.by_name)
    assert [str(each.output) for each in seen.graph.nodes] == ["6x6x4", "4x4x5", "4x4x5", "None"]
    assert sorted(found.rule for found in seen.errors) == ["duplicate-name"] * 3 + ["kernel-too-large"]


@pytest.mark.parametrize("layer", ["relu", "{{relu: , name: r{}}}", "{{relu: , ignore: budget}}"])
def test_the_work_grows_with_the_number_of_layers_only(layer: str) -> None:
    """A search through all names for each would take minutes for the largest spec there may be."""

    def lines_run(layers: int) -> int:
        lines = "".join(f"  - {layer.format(i)}\n" for i in range(layers))
        with work() as done:
            assert examine(f"name: example\ninput: 8x8x3\nlayers:\n{lines}").errors == []
        return done.lines

    lines_run(1)  # what is imported at first use does not count
    assert lines_run(1600) < 8.4 * lines_run(200)


def test_loaded_spec_builds_the_same_graph() -> None:
    text = "name: example\ninput: 8x8x3\nlayers:\n  - conv: {filters: 4, kernel: 3}\n  - fc: 10\n"
    one, two = examine(text).graph, examine(archspec.load(text)).graph
    assert one is not None
    assert two is not None
    assert [(each.name, each.output) for each in one.nodes] == [(each.name, each.output) for each in two.nodes]
