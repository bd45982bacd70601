"""Blocks that are expanded alike are expanded once; everything is as if each were expanded for itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archspec.examination import examine_family, read_file
from archspec.graph.build import build
from archspec.graph.expansions import Expansions
from archspec.spec.selection import NetworkSelection, select
from archspec.volume import Volume
from tests.graph.forgetful import Forgetful

if TYPE_CHECKING:
    from collections.abc import Callable

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph
    from archspec.spec.models import Spec

TESTS = Path(__file__).parents[1]
FILES = [
    str(path.relative_to(TESTS.parent))
    for folder in ("specs", "tests/corpus", "tests/cases")
    for path in sorted((TESTS.parent / folder).rglob("*.yaml"))
]


def content(graph: Graph) -> dict[str, Any]:
    """Everything in a graph but the identity of its operators and calls."""
    return {
        "nodes": [
            (
                node.name,
                node.kind,
                node.inputs,
                repr(node.operator),
                node.input_volumes,
                node.output,
                node.tied,
                node.ignored,
                id(node.origin),
                node.trail,
            )
            for node in graph.nodes
        ],
        "sections": [(*section[:-1], id(section.origin)) for section in graph.sections],
        "conditions": {id(when): values for when, values in graph.conditions.items()},
        "others": (graph.inputs, graph.outputs, graph.likes, graph.is_whole, graph.used_blocks),
    }


def networks(spec: Spec, expansions: Callable[[], Expansions], most: int = 200_000) -> list[Any]:
    """Each variant of a spec as it is built, and what is found there."""
    results: list[Any] = []
    for name in spec.variants or [None]:
        found: list[Diagnostic] = []
        chosen = select(spec, NetworkSelection(name), found.append)
        results += [content(build(chosen, found.append, most, expansions=expansions())), found]
    return results


def unselected(text_or_file: str) -> Spec | None:
    return read_file(text_or_file, [])[0]


def assert_shared_is_equal(spec: Spec, most: int = 200_000) -> None:
    shared = Expansions()
    assert networks(spec, lambda: shared, most) == networks(spec, Forgetful, most)
    assert networks(spec, lambda: shared, most) == networks(spec, Forgetful, most)  # all of it is known now


@pytest.mark.parametrize("file", FILES)
def test_shared_expansions_of_files(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(TESTS.parent)
    spec = unselected(file)
    if spec is not None:
        for most in (200_000, 7):
            assert_shared_is_equal(spec, most)


@pytest.mark.parametrize("file", [file for file in FILES if "zoo" in file or "corpus" in file])
def test_findings_do_not_depend_on_sharing(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(TESTS.parent)
    shared = examine_family(file)
    monkeypatch.setattr(Expansions, "block", lambda *_: None)
    for again, each in zip(examine_family(file), shared, strict=True):
        assert [*map(repr, each.diagnostics)] == [*map(repr, again.diagnostics)]


def fail_at(found: Diagnostic) -> None:
    pytest.fail(repr(found))


FAMILY = """
name: family
input: 32x32x8
params: {width: 8, depth: 2}
blocks:
  inner:
    params: {k: 3}
    layers: [{conv: {filters: $width, kernel: $k, padding: same}}, relu]
  outer:
    params: {width: 16}
    layers: [inner, {inner: {k: "$(width // 8)"}}]
layers: [outer, {outer: {width: 24}}, {repeat: $depth, outer: {}}]
variants: {a: {}, b: {width: 16}, c: {width: 24, depth: 1}}
"""


def spec_of(text: str) -> Spec:
    found = unselected(text)
    assert found is not None
    return found


def test_equal_blocks_share_their_calls() -> None:
    spec = spec_of(FAMILY)
    shared = Expansions()
    first, second = (build(select(spec, NetworkSelection("a"), fail_at), fail_at, expansions=shared) for _ in range(2))
    assert [node.call for node in first.nodes] == [node.call for node in second.nodes]
    assert all(one is not other for one, other in zip(first.nodes, second.nodes, strict=True))


def test_a_parameter_that_hides_one_of_the_file() -> None:
    """``inner`` reads the file's ``width``, though ``outer``, in which it is, has one of its own."""
    graphs = {
        name: build(select(spec, NetworkSelection(name), fail_at), fail_at, expansions=shared)
        for spec, shared in [(spec_of(FAMILY), Expansions())]
        for name in spec.variants
    }
    widths = {name: {node.output.channels for node in graph.nodes if node.output} for name, graph in graphs.items()}
    assert widths == {"a": {8}, "b": {16}, "c": {24}}


@pytest.mark.parametrize(
    "layers",
    [
        "[{name: a, b: {}}, {from: x, b: {}}, {name: x, relu: {}}]",  # a name from outside, later another one
        "[{name: s, relu: {}}, b, {name: s, max_pool: {kernel: 2}}, b]",
        "[{repeat: 3, name: g, layers: [b, {name: s, relu: {}}, b]}]",
        "[{for: [{k: 3}, {k: 5}], layers: [{c: {k: $k}}, {c: {k: $k}}, d]}]",
        "[{ignore: bias-before-norm, b: {}}, b, {ignore: [even-kernel], b: {}}]",
        "[{name: 'a$(0)', b: {}}, {name: 'a.b', b: {}}, b]",
        "[{name: 'b1', b: {}}, b, b, {name: b1, b: {}}]",
        "[e, e, {e: {k: 1.0}}, {e: {k: true}}, {e: {k: 1}}]",
        "[f, f, {name: f, f: {}}]",
        "[h, h, {h: {deep: 3}}, h]",
        "[r, r, {layers: [r]}]",
        "[t, t, {name: t1, t: {}}]",
        "[{when: '$(in.channels == 8)', b: {}}, {conv: {filters: 9, kernel: 1}}, n, n, n]",
        "[n, {max_pool: {kernel: 2}}, n, {max_pool: {kernel: 2}}, n]",
        "[{nothing: {}}, {nothing: {}}, b]",
        "[w, w, w]",
    ],
)
def test_names_from_outside_and_other_ways_to_differ(layers: str) -> None:
    text = f"""
name: odd
input: {{image: 32x32x8, x: 32x32x8}}
blocks:
  b: [{{conv: {{filters: 8, kernel: 3, padding: same}}}}, {{name: s, relu: {{}}}}, {{add: [s, x]}}]
  c: {{params: {{k: ~}}, layers: [{{conv: {{filters: 8, kernel: $k, padding: same}}}}, {{name: "n$k", relu: {{}}}}]}}
  d: [{{name: s, relu: {{}}}}, {{add: {{left: [{{from: s, conv: {{filters: 8, kernel: 1}}}}], right: [relu, relu]}}}}]
  e: {{params: {{k: 1}}, layers: [{{conv: {{filters: 8, kernel: $k}}}}]}}
  f: {{params: {{q: ~}}, layers: [relu]}}
  h: {{params: {{deep: 2}}, layers: [{{when: $(deep > 0), g: {{deep: $(deep - 1)}}}}, relu]}}
  g: {{params: {{deep: 2}}, layers: [{{when: $(deep > 5), h: {{deep: $(deep - 1)}}}}, relu]}}
  r: [{{r: {{}}}}]
  t: [{{name: a, conv: {{filters: 8, kernel: 3, padding: 1}}}}, {{tie: a, conv: {{filters: 8, kernel: 3, padding: 1}}}}]
  n:
    - {{when: $(in.height > 9), conv: {{filters: 8, kernel: 3, padding: 1}}, expect: {{output: 8x8x8}}}}
    - {{upsample: {{like: image}}, when: false}}
  nothing: [{{when: false, relu: {{}}}}]
  w: [{{name: p, avg_pool: {{kernel: 2}}}}, {{upsample: {{factor: 2}}, name: u}},
     {{crop: {{like: p}}}}, {{upsample: {{like: x}}}}]
layers: {layers}
variants: {{v1: {{}}, v2: {{}}}}
"""
    assert_shared_is_equal(spec_of(text))


ITEMS: st.SearchStrategy[Any] = st.deferred(
    lambda: st.one_of(
        st.sampled_from(
            [
                "relu",
                {"conv": {"filters": "$p", "kernel": 3, "padding": "$(q // 2)"}},
                {"conv": {"filters": 8, "kernel": "$q", "padding": "same"}, "name": "c"},
                {"max_pool": {"kernel": 2}, "when": "$(in.height > q)"},
                {"name": "s", "batch_norm": {}},
                {"from": "s"},
                {"add": [[], "s"]},
                {"add": [[{"conv": {"filters": "$(in.channels)", "kernel": 1}}], []]},
                {"upsample": {"like": "s"}},
                {"name": "l$q", "relu": {}},
                {"tie": "c", "conv": {"filters": 8, "kernel": "$q", "padding": "same"}},
                {"nowhere": 3},
            ]
        ),
        st.builds(
            lambda block, q, repeat, name, ignore: {
                block: {"q": q},
                **({"repeat": repeat} if repeat else {}),
                **({"name": name} if name else {}),
                **({"ignore": ignore} if ignore else {}),
            },
            st.sampled_from(["b0", "b1", "b2"]),
            st.sampled_from([1, 3, "$q", "$(q + 2)", "$p", True]),
            st.sampled_from([0, 0, 2, "$q"]),
            st.sampled_from(["", "", "s", "m", "m$q"]),
            st.sampled_from(["", "", "even-kernel"]),
        ),
        st.builds(lambda items: {"layers": items, "name": "g"}, st.lists(ITEMS, max_size=2)),
    )
)


@settings(max_examples=150)
@given(
    blocks=st.lists(st.lists(ITEMS, min_size=1, max_size=4), min_size=3, max_size=3),
    layers=st.lists(ITEMS, min_size=1, max_size=6),
    values=st.lists(st.sampled_from([1, 2, 3, 8, 1.0, True]), min_size=2, max_size=3),
)
def test_shared_expansions_of_random_families(blocks: list[Any], layers: list[Any], values: list[Any]) -> None:
    spec = {
        "name": "random",
        "input": "16x16x8",
        "params": {"p": 8, "q": 3},
        "blocks": {f"b{i}": {"params": {"q": 1}, "layers": block} for i, block in enumerate(blocks)},
        "layers": layers,
        "variants": {f"v{i}": {"p": value} for i, value in enumerate(values)},
    }
    text = json.dumps(spec, indent=1)
    found = unselected(text)
    assert found is not None
    assert_shared_is_equal(found, 300)


def test_other_input_volumes_are_other_expansions() -> None:
    spec = select(spec_of(FAMILY), NetworkSelection("a"), fail_at)
    shared = Expansions()
    small = spec.model_copy(update={"input": {"input": Volume((4, 4), 8)}})
    for each in (spec, small):
        alone = content(build(each, fail_at))
        assert content(build(each, fail_at, expansions=shared)) == alone
