"""Shapes inferred for other inputs and with changes are those of the spec that says so itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import archspec
from archspec.analysis.infer import infer, inputs_at
from archspec.graph.changes import Change
from archspec.ops import operator
from archspec.volume import Volume

if TYPE_CHECKING:
    from archspec.graph.model import Graph

PLAIN = """
name: a
input: {size}
layers:
  - conv: {{filters: 4, kernel: {kernel}, padding: 1}}
  - max_pool: 2
  - add: [[{{conv: {{filters: 4, kernel: 1}}}}, relu], []]
  - {{upsample: {{like: conv1}}, name: up}}
"""
READING = """
name: a
input: {size}
layers:
  - conv: {{filters: 4, kernel: {kernel}, padding: 1}}
  - {{max_pool: 2, when: $(in.height > 8)}}
  - conv: {{filters: $(in.channels * 2), kernel: 1}}
"""


def graph_of(text: str, size: str = "16x16x3", kernel: int = 3) -> Graph:
    return archspec.analyze(text.format(size=size, kernel=kernel)).graph


def shapes(graph: Graph) -> dict[str, Volume | None]:
    return {node.name: node.output for node in graph.nodes}


@pytest.mark.parametrize("text", [PLAIN, READING])
@given(height=st.integers(1, 24), width=st.integers(1, 24))
def test_other_inputs(text: str, height: int, width: int) -> None:
    graph = graph_of(text)
    inferred = infer(graph, inputs=inputs_at(graph, (height, width))).graph
    assert shapes(inferred) == shapes(graph_of(text, f"{height}x{width}x3"))
    assert inferred.inputs == {"input": Volume((height, width), 3)}


@pytest.mark.parametrize("text", [PLAIN, READING])
@given(kernel=st.integers(1, 20))
def test_changed_arguments(text: str, kernel: int) -> None:
    graph = graph_of(text)
    inferred = infer(graph, changes={"conv1": Change({"kernel": kernel})}).graph
    assert shapes(inferred) == shapes(graph_of(text, kernel=kernel))


def test_another_operator() -> None:
    graph = graph_of(PLAIN)
    pool = next(node.name for node in graph.nodes if node.kind == "max_pool")
    inferred = infer(graph, changes={pool: Change(operator=operator("global_avg_pool")())})
    assert inferred.graph.volume(pool) == Volume((1, 1), 4)
    assert inferred.graph.volume("up") == Volume((16, 16), 4)


@pytest.mark.parametrize("text", [PLAIN, READING])
def test_operators_inserted_before_an_input(text: str) -> None:
    graph = graph_of(text)
    name = graph.nodes[-1].name
    before = graph.by_name[name].volume
    inferred = infer(graph, changes={name: Change(inserted={0: operator("crop").model_validate({"margin": 1})})})
    call = inferred.call(name)
    assert call is not None
    assert before is not None
    assert call.input_volumes == (Volume(tuple(size - 2 for size in before.spatial), before.channels),)


def test_layers_before_the_change_and_after_the_last_are_left_alone() -> None:
    graph = graph_of(PLAIN)
    first, pool, *_ = graph.nodes
    inferred = infer(graph, changes={pool.name: Change({"kernel": 4})}, until=pool)
    assert inferred.call(first.name) is first.call
    assert inferred.graph.volume(pool.name) == Volume((4, 4), 4)
    assert inferred.call(graph.nodes[-1].name) is graph.nodes[-1].call


def test_equal_calls_are_made_once() -> None:
    text = "name: a\ninput: 8x8x4\nlayers:\n  - {repeat: 50, conv: {filters: 4, kernel: 3, padding: 1}}\n"
    graph = archspec.analyze(text).graph
    inferred = infer(graph, inputs=inputs_at(graph, (16, 16))).graph
    assert len({id(node.call) for node in inferred.nodes}) == 1


def test_inferred_shapes_by_name() -> None:
    shapes = infer(graph_of(PLAIN), inputs={"input": Volume((20, 20), 3)})
    assert shapes.graph.volume("input") == Volume((20, 20), 3)
    assert shapes.graph.volume("conv1") == Volume((20, 20), 4)
    assert shapes.call("nothing") is None


def test_a_size_like_an_unknown_one_is_unknown() -> None:
    """At 3x3 there is nothing left of `small`, and nothing that `up` could be like."""
    layers = "[{conv: {filters: 4, kernel: 5}, name: small}, {from: input, upsample: {like: small}, name: up}]"
    graph = archspec.analyze(f"name: a\ninput: 8x8x4\nlayers: {layers}\n").graph
    assert graph.volume("up") == Volume((4, 4), 4)
    assert infer(graph, inputs=inputs_at(graph, (9, 9))).graph.volume("up") == Volume((5, 5), 4)
    assert infer(graph, inputs=inputs_at(graph, (3, 3))).graph.volume("up") is None
