"""Graphs that a program builds: names, wires, arguments, and that every stage works on them as on a spec's graph."""

from __future__ import annotations

import pickle
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import archspec
from archspec import GraphBuilder, GraphError
from archspec.ops import OPERATORS
from archspec.ops.convolution import Conv
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Callable

    from archspec.graph.wire import Wire


def net(input: Any = "32x32x3", **head: Any) -> GraphBuilder:  # noqa: A002 - the builder's own word
    return GraphBuilder("net", input=input, **head)


def fault(call: Callable[[], object]) -> str:
    """The message of the one finding that a call raises."""
    with pytest.raises(GraphError) as raised:
        call()
    (finding,) = raised.value.diagnostics
    assert (finding.span, finding.fix) == (None, None)
    assert str(raised.value).startswith(f"error[{finding.rule}]: {finding.message}")
    return f"{finding.rule}: {finding.message}"


# Building


def test_a_chain() -> None:
    g = net()
    x = g.conv(g.input, filters=16, kernel=3, padding="same")
    x = g.fc(g.relu(x), 10)
    graph = g.build()
    assert [(node.name, node.kind, node.inputs) for node in graph.nodes] == [
        ("conv1", "conv", ("input",)),
        ("relu1", "relu", ("conv1",)),
        ("fc1", "fc", ("relu1",)),
    ]
    assert graph.outputs == ("fc1",)
    assert (x.name, x.volume) == ("fc1", Volume((1, 1), 10))
    assert all(node.origin is None and node.place is None and node.line is None for node in graph.nodes)
    assert (graph.origin, graph.file, graph.place("input")) == (None, None, None)


def test_a_graph_is_a_snapshot() -> None:
    g = net()
    x = g.relu(g.input)
    before = g.build()
    g.output(g.fc(x, 3))
    assert len(before.nodes) == 1
    assert g.build().outputs == ("fc1",)


def test_several_inputs_and_outputs() -> None:
    g = net({"left": "8x8x3", "right": Volume((8, 8), 3)})
    x = g.concat(g.inputs["left"], g.inputs["right"])
    g.output(x, g.relu(x), x)
    graph = g.build()
    assert graph.inputs == {"left": Volume((8, 8), 3), "right": Volume((8, 8), 3)}
    assert graph.outputs == ("concat1", "relu1")
    assert fault(lambda: g.input) == "unknown-volume: this graph has 2 inputs: left, right"


def test_names_in_blocks() -> None:
    g = net()
    x = g.relu(g.input, name="stem")
    for _ in range(2):
        with g.block("unit"):
            x = g.relu(x)
            with g.block(name="inner"):
                x = g.tanh(x)
    with g.block(name="unit1"):  # goes on in the first
        x = g.relu(x)
    assert [node.name for node in g.build().nodes] == [
        *("stem", "unit1.relu1", "unit1.inner.tanh1", "unit2.relu1", "unit2.inner.tanh1", "unit1.relu2"),
    ]


def test_a_block_ends_where_an_error_leaves_it() -> None:
    g = net()
    with pytest.raises(GraphError), g.block("unit"):
        g.conv(g.input)
    assert g.relu(g.input).name == "relu1"


def test_an_unused_number_is_not_skipped_after_a_fault() -> None:
    g = net()
    with pytest.raises(GraphError):
        g.conv(g.input, filters=0, kernel=3)
    assert g.conv(g.input, filters=1, kernel=3).name == "conv1"


def test_tied_weights() -> None:
    g = net("4x4x8")
    first = g.linear(g.input, 8)
    second = g.linear(first, 8, tie=first)
    g.linear(second, 8, tie=second)
    graph = g.build()
    assert [node.tied for node in graph.nodes] == [None, "linear1", "linear1"]
    assert archspec.analyze(graph).totals.params == 72
    assert [*archspec.compile(graph).parameters] == ["linear1.weight", "linear1.bias"]


def test_the_size_of_a_wire() -> None:
    g = net("8x8x3")
    x = g.max_pool(g.input, 2)
    x = g.upsample(x, like=g.input)
    graph = g.build()
    assert x.volume == Volume((8, 8), 3)
    assert graph.likes == {"upsample1": "input"}
    (found,) = archspec.sizes(graph, span=(8, 12))
    assert found.sizes == (8, 10, 12)


def test_the_size_of_an_unknown_wire() -> None:
    g = net("8x8x3")
    broken = g.max_pool(g.input, 9)
    x = g.upsample(g.input, like=broken)
    assert (broken.volume, x.volume) == (None, None)
    assert [each.rule for each in archspec.check(g.build())] == ["kernel-too-large", "unused-layer"]


def test_values_of_numpy_and_none() -> None:
    g = net()
    x = g.conv(g.input, filters=np.int64(4), kernel=[3, 5], stride=None, weights=np.ones((3, 5, 3, 4)).tolist())
    assert x.volume == Volume((30, 28), 4)
    sobel = np.array([[1.0, 0.0], [0.0, -1.0]])
    assert g.depthwise_conv(g.input, kernel=2, weights=sobel).volume == Volume((31, 31), 3)


def test_ready_made_operators() -> None:
    g = net()
    x = g.layer(Conv(filters=4, kernel=3), g.input)
    assert (x.name, x.volume) == ("conv1", Volume((30, 30), 4))


def test_the_fit_of_the_graph_is_that_of_its_layers() -> None:
    for fit, size in (("crop", 15), ("pad", 16)):
        g = net(fit=fit)
        assert g.max_pool(g.input, kernel=3, stride=2).volume == Volume((size, size), 3)


def test_no_operator_hides_a_method() -> None:
    own = {name for name in vars(GraphBuilder) if not name.startswith("_")} | {"inputs"}
    assert not own & set(OPERATORS)
    assert set(OPERATORS) <= set(dir(net()))
    assert net().conv.__doc__ == Conv.__doc__


# What is wrong


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (lambda g, x: g.conv(x, filters=0, kernel=3), "invalid-value: `filters` of conv must be at least 1, not 0"),
        (
            lambda g, x: g.conv(x, filters=4, kernel=3, out_channels=4),
            "unknown-key: conv has no `out_channels`; did you mean `filters`?",
        ),
        (lambda g, x: g.conv(x, filters=4), "missing-key: conv needs `kernel`"),
        (lambda g, x: g.conv(x, 64), "invalid-value: conv takes `filters` and `kernel`, not 64 alone"),
        (lambda g, x: g.relu(x, 1), "invalid-value: relu takes its arguments by name, got 1"),
        (lambda g, x: g.max_pool(x, 2, 2), "invalid-value: max_pool takes its arguments by name, got 2, 2"),
        (
            lambda g, x: g.fc(x, 10, units=10),
            "duplicate-key: fc has `units` twice: by name, and as the value after the wires",
        ),
        (lambda g, _: g.relu(), "invalid-value: relu takes a wire, not nothing"),
        (lambda g, _: g.relu("conv1"), "invalid-value: relu takes a wire, not the text `conv1`"),
        (lambda g, x: g.add([x, x]), "invalid-value: add takes a wire, not a list of 2"),
        (lambda g, x: g.relu(x, x), "invalid-value: relu takes one wire, not 2"),
        (lambda g, x: g.relu(x, tie="fc1"), "invalid-value: relu takes a wire, not the text `fc1`"),
        (lambda g, _: g.output("fc1"), "invalid-value: output takes a wire, not the text `fc1`"),
        (
            lambda g, _: g.relu(net().input),
            "unknown-volume: `input` is a wire of another builder, GraphBuilder('net', 0 layers)",
        ),
        (lambda g, x: g.layer("dense", x, 3), "unknown-operator: there is no operator `dense`; did you mean `fc`?"),
        (lambda g, x: g.layer("nothing_like_it", x), "unknown-operator: there is no operator `nothing_like_it`"),
        (lambda g, _: g.relu(None), "invalid-value: relu takes a wire, not a value of type NoneType"),
        (lambda g, _: g.relu(1.5), "invalid-value: relu takes a wire, not 1.5"),
        (lambda g, x: g.relu(x, name="input"), "duplicate-name: `input` is already the name of an input"),
        (lambda g, x: g.relu(x, name="conv1"), "duplicate-name: two layers are named `conv1`"),
        (
            lambda g, x: g.relu(x, name="a.b"),
            "invalid-value: a layer's name must be one word without dots, spaces and slashes, not a.b",
        ),
        (
            lambda g, x: g.relu(x, expect={"parms": 1}),
            "unknown-key: `expect` of relu has no `parms`; did you mean `params`?",
        ),
    ],
)
def test_faulty_layers(layer: Callable[[GraphBuilder, Wire], object], message: str) -> None:
    g = net()
    x = g.conv(g.input, filters=4, kernel=3)
    assert fault(lambda: layer(g, x)) == message
    assert len(g.build().nodes) == 1


NO_WIRE = "write `{}(x, ...)`, where x is an input of the graph or the result of another layer"


@pytest.mark.parametrize(
    ("call", "help_"),
    [
        (lambda g, x: g.conv(x, 64), "write `conv(x, filters=..., kernel=...)`"),
        (lambda g, x: g.relu(x, 1), "write `relu(x)`"),
        (
            lambda g, x: g.max_pool(x, 2, 2),
            "after the wires, only an operator's main argument may be written without its name",
        ),
        (lambda g, x: g.fc(x, 10, units=10), "remove one of them"),
        (lambda g, _: g.relu(), NO_WIRE.format("relu")),
        (lambda g, _: g.output("fc1"), NO_WIRE.format("output")),
        (lambda g, x: g.add([x, x]), "write `add(a, b)`, each wire as a separate argument"),
        (lambda g, x: g.add((x, x)), "write `add(a, b)`, each wire as a separate argument"),
        (lambda g, x: g.relu(x, x), "join wires with `add`, `concat` or `multiply`"),
        (
            lambda g, _: g.relu(net().input),
            "connect layers of GraphBuilder('net', 1 layers) only; every graph has its own inputs",
        ),
        (lambda g, x: g.layer("dense", x, 3), "write `fc`"),
        (
            lambda g, x: g.layer("nothing_like_it", x),
            (
                "frequent operators are `conv`, `max_pool`, `fc`, `relu`, `batch_norm`, `dropout`, `add` and `concat`; "
                "docs/language.md lists all operators"
            ),
        ),
        (lambda g, x: g.relu(x, name="conv1"), "give each layer a different name, or none: then it is numbered"),
        (lambda *_: net({"left": "8x8x3", "right": "8x8x3"}).input, 'write `inputs["left"]`'),
        (lambda *_: net().build(), "call operators with wires: `x = g.conv(g.input, filters=16, kernel=3)`"),
    ],
)
def test_every_fault_says_what_to_write(call: Callable[[GraphBuilder, Wire], object], help_: str) -> None:
    g = net()
    x = g.conv(g.input, filters=4, kernel=3)
    with pytest.raises(GraphError) as raised:
        call(g, x)
    assert [each.help for each in raised.value.diagnostics] == [(help_,)]


@pytest.mark.parametrize(
    ("head", "message"),
    [
        (
            {"input": "32"},
            "`input` of a graph is wrong: 32 is one number; a vector of 32 features is the volume 1x1x32",
        ),
        ({"input": (8, 8, 3)}, "`input` of a graph is wrong: a volume is written 8x8x3, not as the list [8, 8, 3]"),
        (
            {"dtype": "half"},
            "`dtype` of a graph must be float16, bfloat16, float32 or float64, not half; did you mean `float16`?",
        ),
        (
            {"budget": {"params": "61MB"}},
            "`params` of `budget` is wrong: write a number such as 34944, 61M or 1.2G; got 61MB",
        ),
    ],
)
def test_faulty_heads(head: dict[str, Any], message: str) -> None:
    assert fault(lambda: net(**head)) == f"invalid-value: {message}"


def test_a_word_that_is_no_operator_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="did you mean `max_pool`"):
        net().MaxPool2d  # noqa: B018 - that it can't be looked up is the point
    assert not hasattr(net(), "_repr_html_")


def test_a_graph_without_layers() -> None:
    assert fault(net().build) == "spec-form: the graph has no layers: there is nothing to check"


def test_all_faults_of_a_layer_at_once() -> None:
    g = net()
    with pytest.raises(GraphError) as raised:
        g.conv(g.input, filters=0, kernel="3", expect=3)
    assert [each.rule for each in raised.value.diagnostics] == ["invalid-value"] * 3
    again = pickle.loads(pickle.dumps(raised.value))  # noqa: S301 - our own bytes
    assert (str(again), again.diagnostics) == (str(raised.value), raised.value.diagnostics)


# The stages after it


def misfit() -> GraphBuilder:
    g = net(budget={"params": 400})
    x = g.conv(g.input, filters=16, kernel=3, stride=2)
    g.relu(x, expect="16x16x16")
    return g


def test_findings_have_layers_and_no_places() -> None:
    found = archspec.check(misfit().build())
    assert [(each.rule, each.layer, each.span) for each in found] == [
        ("fractional-output", "conv1", None),
        ("expectation", "relu1", None),
        ("budget", None, None),
    ]
    assert found[0].notes[0] == "conv1 gets 32x32x3"
    assert found[1].message == "relu1 gives 15x15x16, not the 16x16x16 expected"
    assert all(each.fix is None and not each.label and not each.labels for each in found)


def test_findings_in_order_of_layers() -> None:
    g = net()
    x = g.input
    for _ in range(12):
        x = g.relu(g.conv(x, filters=8, kernel=3, padding=1, in_channels=7))
    found = archspec.check(g.build())
    assert [each.layer for each in found] == [f"conv{number}" for number in range(1, 13)]


def test_a_configuration_applies() -> None:
    graph = misfit().build()
    rules = [each.rule for each in archspec.check(graph, config={"ignore": ["fractional-output"]})]
    assert rules == ["expectation", "budget"]
    severities = {str(each.severity) for each in archspec.check(graph, config={"severity": {"budget": "info"}})}
    assert severities == {"error", "info"}


def test_rules_that_a_layer_ignores() -> None:
    g = net()
    g.max_pool(g.input, kernel=3, stride=2, ignore=["fractional-output", "accepted-fit"])
    assert archspec.check(g.build()) == []


def test_an_unknown_rule_that_a_layer_ignores() -> None:
    g = net()
    g.relu(g.input, ignore="lopsided-paddin")
    (finding,) = archspec.check(g.build())
    assert (finding.rule, finding.layer, finding.span, finding.fix) == ("unknown-rule", "relu1", None, None)
    assert finding.message == "there is no rule `lopsided-paddin`; did you mean `lopsided-padding`?"
    assert archspec.check(g.build(), config={"ignore": ["unknown-rule"]}) == []


def test_errors_are_refused_by_compile() -> None:
    with pytest.raises(archspec.SpecError, match=r"^the graph has errors\n\nerror\[") as raised:
        archspec.compile(misfit().build())
    assert "--> layer conv1" in str(raised.value)


def test_graph_of_a_spec() -> None:
    """The graph of a report stands for its spec."""
    report = archspec.analyze("name: s\ninput: 8x8x3\nlayers:\n  - max_pool: 3\n  - fc: 2\n")
    assert all(finding.span for finding in archspec.check(report.graph))
    assert archspec.analyze(report.graph).totals == report.totals
    with pytest.raises(archspec.SpecError, match=r"^the spec has errors"):
        archspec.compile(report.graph)


def test_a_graph_runs_and_is_pickled() -> None:
    g = net("8x8x3")
    x = g.relu(g.conv(g.input, filters=4, kernel=3, padding=1))
    g.fc(g.multiply(x, g.sigmoid(g.linear(g.global_avg_pool(x), 4))), 2)
    network = archspec.compile(g.build(), seed=3)
    array = np.random.default_rng(0).random((2, 8, 8, 3), np.float32)
    again = pickle.loads(pickle.dumps(network))  # noqa: S301 - our own bytes
    np.testing.assert_array_equal(network(array), again(array))
    assert re.match(r"Network\(net: 7 layers", repr(network))


def test_a_dtype_of_numpy_is_accepted() -> None:
    g = GraphBuilder("net", input="8x8x3", dtype=np.dtype("float64"))
    g.relu(g.input)
    assert g.build().header.dtype == "float64"


def test_an_unknown_argument_of_the_builder_is_reported() -> None:
    found = fault(lambda: GraphBuilder("net", input="8x8x3", batchsize=3))  # type: ignore[arg-type]
    assert found == "unknown-key: a graph has no `batchsize`; did you mean `batch`?"


def test_a_type_of_numpy_is_refused_as_any_other_value() -> None:
    with pytest.raises(GraphError, match="`dtype` of a graph must be float16"):
        GraphBuilder("net", input="8x8x3", dtype=np.float32)  # type: ignore[arg-type]
