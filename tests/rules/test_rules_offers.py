"""Every offer, over random misfits: applied, it removes its finding and adds no error at the layers it is about."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import archspec
import archspec.rules.repair.candidates
from archspec.analysis.fitting import faults
from archspec.analysis.infer import infer
from archspec.diagnostics import Diagnostic, Severity
from archspec.graph.changes import Change
from archspec.rules._trial_work import TrialWork
from archspec.rules.repair.candidates import Candidate, together, try_candidate

if TYPE_CHECKING:
    from archspec.graph.model import Graph, Node

REPAIRED = {
    "merge-mismatch",
    "fractional-output",
    "kernel-too-large",
    "feature-mismatch",
    "channel-mismatch",
    "indivisible-groups",
}
ARGUMENT = re.compile(r"`(\w+): ([^`]+)`(?: in place of `\w+`)? at (\S+) \(line (\d+)\)")
"""An argument that is offered at a layer; every layer is on a line of its own in these specs."""
SHORTCUT = re.compile(r"`([^`]+)` on the shortcut")
"""A layer that is offered on a branch that has none."""
INPUT = re.compile(r"input (?:of )?([\dx]+?)(?: or ([\dx]+))? (?:fits the whole|is the smallest|works)")


@st.composite
def layers(draw: st.DrawFn) -> str:
    kind = draw(st.sampled_from(["conv", "conv", "max_pool", "conv_transpose", "crop", "upsample", "relu"]))
    kernel, stride = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    padding = draw(st.integers(0, kernel // 2))
    if kind in ("conv", "conv_transpose"):
        filters = draw(st.sampled_from([2, 2, 4]))
        return f"{kind}: {{filters: {filters}, kernel: {kernel}, stride: {stride}, padding: {padding}}}"
    if kind == "max_pool":
        return f"max_pool: {{kernel: {kernel}, stride: {stride}, padding: {padding}}}"
    return {"crop": "crop: {margin: 1}", "upsample": "upsample: {factor: 2}", "relu": "relu: {}"}[kind]


@st.composite
def merged(draw: st.DrawFn) -> str:
    """Two or three branches that mostly do not fit, with a layer a line."""
    word = draw(st.sampled_from(["add", "add", "concat", "multiply"]))
    size = draw(st.integers(6, 24))
    branches = draw(st.lists(st.lists(layers(), max_size=3), min_size=2, max_size=3))
    lines = [f"name: a\ninput: {size}x{size}x2\nlayers:\n  - {layers_text(draw)}", f"  - {word}:"]
    for branch in branches:
        lines += [f"      - {'' if branch else '[]'}"] if not branch else []
        for number, layer in enumerate(branch):
            lines.append(f"      {'- ' if number == 0 else '  '}- {layer}")
    return "\n".join(lines) + "\n"


def layers_text(draw: st.DrawFn) -> str:
    return draw(layers())


def errors(text: str) -> list[Diagnostic]:
    return [found for found in archspec.check(text) if found.severity is Severity.ERROR]


def graph_of(text: str) -> Graph:
    return archspec.analyze(text).graph


def is_left(text: str, found: Diagnostic) -> bool:
    return any((each.rule, each.layer) == (found.rule, found.layer) for each in errors(text))


def written(text: str, changes: list[tuple[str, str, str, str]]) -> str:
    """The text with arguments changed on their lines."""
    lines = text.splitlines(keepends=True)
    for argument, value, _, line in changes:
        number = int(line) - 1
        changed, count = re.subn(rf"\b{argument}: [^,}}]+", f"{argument}: {value}", lines[number])
        if not count:
            changed = lines[number].replace("}", f", {argument}: {value}}}")
        if argument == "like":
            changed = re.sub(r"factor: \d+, ", "", changed)  # in place of it
        lines[number] = changed
    return "".join(lines)


def with_shortcuts(text: str, offer: str) -> str:
    """The text with the layers of an offer on its shortcuts, in their order."""
    for layer in SHORTCUT.findall(offer):
        text = text.replace("- []\n", f"- [{{{layer}}}]\n", 1)
    return text


def offered_texts(text: str, found: Diagnostic) -> list[str]:
    """The spec as each offer of a finding would have it, where the offer is of arguments or of inputs."""
    offered = []
    for line in found.help:
        for size in filter(None, ((match := INPUT.search(line)) and match.groups()) or ()):
            offered.append(re.sub(r"input: [\dx]+x2", f"input: {size}x2", text))
        if "would make" in line:
            alternatives = line.split(" would make")[0].split(" or ")
            written_out = [each for each in alternatives if "convolution" not in each and "branch of" not in each]
            offered += [with_shortcuts(written(text, ARGUMENT.findall(each)), each) for each in written_out]
    return offered


@given(text=merged())
@settings(max_examples=60)
def test_what_is_offered_for_a_merge_makes_it_fit(text: str) -> None:
    check_merge(text)


@pytest.mark.slow
@given(text=merged())
@settings(max_examples=1_000)
def test_what_is_offered_for_a_merge_makes_it_fit_at_length(text: str) -> None:
    check_merge(text)


def check_merge(text: str) -> None:
    found = next((each for each in errors(text) if each.rule == "merge-mismatch"), None)
    assume(found is not None)
    assert found is not None
    graph = graph_of(text)
    sound = {node.name for node in graph.nodes[: graph.indices[found.layer or ""]] if not [*faults(node.call)]}
    for changed in offered_texts(text, found):
        assert changed != text, found.help
        assert not is_left(changed, found), (found.help, changed)
        new = [each for each in errors(changed) if each.layer in sound and each.rule in REPAIRED]
        assert not new, (found.help, changed)


def test_only_what_was_tried_is_an_offer() -> None:
    """`Offer` is made in one function."""
    folder = Path(archspec.rules.repair.candidates.__file__).parent.parent
    calls = [
        file.name
        for file in folder.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Offer"
    ]
    assert calls == ["candidates.py"]


# The function that tries


MERGE = """
name: a
input: 9x9x4
layers:
  - add:
      - - conv: {filters: 4, kernel: 3, stride: 2}
      - - conv: {filters: 4, kernel: 3, stride: 2, padding: 1}
"""


def merge_of(text: str) -> tuple[Graph, Node]:
    graph = graph_of(text)
    return graph, next(node for node in graph.nodes if node.kind == "add")


def test_a_candidate_that_helps_is_an_offer() -> None:
    graph, node = merge_of(MERGE)
    first, second = node.inputs
    candidate = Candidate("pad", {first: Change({"padding": 1})})
    offer = try_candidate(graph, node, "output", candidate)
    assert offer is not None
    assert offer.text == "pad"
    assert offer.call.output == infer(graph, changes=candidate.changes).graph.volume(second)


@pytest.mark.parametrize(
    "arguments",
    [
        {"stride": 2},  # as it is
        {"padding": 0},
        {"kernel": 5},  # a change that does not help
        {"filters": 8, "padding": 1},  # one that leaves another difference
    ],
)
def test_a_candidate_that_does_not_help_is_none(arguments: dict[str, int]) -> None:
    graph, node = merge_of(MERGE)
    assert try_candidate(graph, node, "output", Candidate("", {node.inputs[0]: Change(arguments)})) is None


def test_a_change_that_makes_no_difference_spoils_a_candidate() -> None:
    graph, node = merge_of(MERGE)
    first, second = node.inputs
    useful = Candidate("one", {first: Change({"padding": 1})})
    idle = Candidate("two", {second: Change({"padding": 1})})
    assert try_candidate(graph, node, "output", together(useful, idle)) is None


def test_a_candidate_that_breaks_another_layer_is_none() -> None:
    graph, node = merge_of(MERGE.replace("stride: 2, padding: 1}", "stride: 2, padding: 1, in_channels: 4}"))
    first, second = node.inputs
    channels = {first: Change({"padding": 1}), second: Change({"in_channels": 5})}
    assert try_candidate(graph, node, "output", Candidate("", channels)) is None


def test_a_candidate_that_breaks_shared_weights_is_none() -> None:
    text = (
        "name: a\ninput: 8x8x4\nlayers:\n  - conv: {filters: 8, kernel: 3, padding: 1}\n"
        "  - {from: input, conv: {filters: 8, kernel: 3, padding: 1}, tie: conv1}\n  - add: [conv1, input]\n"
    )
    graph, node = merge_of(text)
    assert try_candidate(graph, node, "output", Candidate("", {"conv1": Change({"filters": 4})})) is None
    assert [each.help for each in errors(text) if each.rule == "merge-mismatch"] == [
        ("a 1x1 convolution of 8 filters on the other branch would make add fit",)
    ]


# Offers that were wrong before they were tried


def test_a_stride_that_is_there_already_is_not_offered() -> None:
    """The branch of stride 2 needs 4; `stride: 2` would change nothing."""
    text = (
        "name: a\ninput: 16x16x4\nlayers:\n  - add:\n"
        "      - - conv: {filters: 4, kernel: 2, stride: 2}\n"
        "      - - max_pool: 2\n        - max_pool: 2\n"
    )
    (found,) = [each for each in errors(text) if each.rule == "merge-mismatch"]
    assert not any("`stride: 2`" in line for line in found.help)


def test_sizes_and_channels_that_both_differ_are_repaired_together() -> None:
    text = (
        "name: a\ninput: 16x16x4\nlayers:\n  - add:\n"
        "      - - conv: {filters: 8, kernel: 3}\n      - - conv: {filters: 4, kernel: 3, padding: 1}\n"
        "        - relu: {}\n"
    )
    (found,) = [each for each in errors(text) if each.rule == "merge-mismatch"]
    assert found.help == (
        "`padding: 1` at branch1.conv1 (line 5) and `filters: 4` at branch1.conv1 (line 5) would make add fit",
    )
    assert errors(written(text, ARGUMENT.findall(found.help[0]))) == []


def test_strides_of_all_larger_branches_are_offered_together() -> None:
    text = (
        "name: a\ninput: 16x16x4\nlayers:\n  - add:\n"
        "      - - conv: {filters: 4, kernel: 1}\n      - - conv: {filters: 4, kernel: 3, padding: 1}\n"
        "      - - max_pool: 2\n"
    )
    (found,) = [each for each in errors(text) if each.rule == "merge-mismatch"]
    changed = [written(text, ARGUMENT.findall(each)) for each in found.help[0].split(" or ")]
    assert all(not is_left(each, found) for each in changed), found.help


def test_a_name_that_means_another_layer_in_the_branch_is_not_offered() -> None:
    """`like: conv1` inside the branch is its own `conv1`."""
    text = (
        "name: a\ninput: 6x6x2\nlayers:\n  - conv: {filters: 2, kernel: 1}\n  - add:\n      - []\n"
        "      - - crop: 1\n        - conv: {filters: 2, kernel: 1}\n        - upsample: 2\n"
    )
    (found,) = [each for each in errors(text) if each.rule == "merge-mismatch"]
    assert not any("like:" in line for line in found.help)


# Items that are written once for several layers


def test_an_offer_is_tried_at_all_layers_of_an_item() -> None:
    """A kernel of 2 fits 22x22 and makes 11x11, which it does not fit."""
    text = "name: a\ninput: 22x22x3\nlayers:\n  - {repeat: 2, layers: [conv: {filters: 3, kernel: 3, stride: 2}]}\n"
    found = next(each for each in errors(text) if each.rule == "fractional-output")
    assert "kernel 4 fits" in found.help[0]
    assert "kernel 2" not in found.help[0]
    assert errors(text.replace("kernel: 3", "kernel: 4")) == []


def test_changes_that_contradict_each_other_in_one_item_are_none() -> None:
    text = MERGE.replace("layers:\n", "blocks:\n  b: [conv: {filters: 4, kernel: 3, stride: 2}]\nlayers:\n")
    text = text.replace("- - conv: {filters: 4, kernel: 3, stride: 2}\n", "- [b, b]\n")
    graph, node = merge_of(text)
    first, second = (each.name for each in graph.nodes[:2])
    changes = {first: Change({"padding": 1}), second: Change({"padding": 0})}
    assert try_candidate(graph, node, "output", Candidate("", changes)) is None


# Offers of rules about design: the whole network is tried


def help_of(text: str, rule: str) -> list[tuple[str, ...]]:
    return [each.help for each in archspec.check(text) if each.rule == rule]


POOL = "name: a\ninput: 32x32x3\nlayers:\n  - max_pool: {kernel: 8, stride: 8}\n"


def test_a_setting_that_breaks_a_later_layer_is_not_offered() -> None:
    assert help_of(POOL, "large-pool") == [("`kernel: 2` with `stride: 2` is usual",)]
    assert help_of(f"{POOL}  - fc: {{units: 10, in_features: 48}}\n", "large-pool") == [()]


def test_a_setting_that_contradicts_a_stated_fact_is_not_offered() -> None:
    stated = POOL.replace("- max_pool: {kernel: 8, stride: 8}", "- {max_pool: {kernel: 8, stride: 8}, expect: 4x4x3}")
    assert help_of(stated, "large-pool") == [()]
    norm = (
        "name: a\ninput: 8x8x3\nlayers:\n  - {conv: {filters: 4, kernel: 3}, expect: {params: 112}}\n  - batch_norm\n"
    )
    assert help_of(norm, "bias-before-norm") == [()]
    assert help_of(norm.replace(", expect: {params: 112}", ""), "bias-before-norm") == [
        ("write `bias: false` at conv1",)
    ]


def test_without_work_left_only_settings_that_keep_all_sizes_are_offers() -> None:
    graph = graph_of(f"{POOL}  - conv: {{filters: 4, kernel: 1}}\n  - relu\n")
    pool, conv, _ = graph.nodes
    smaller = Candidate("", {pool.name: Change({"kernel": (2, 2), "stride": (2, 2)})})
    assert try_candidate(graph, pool, lambda _: False, smaller, TrialWork()) is not None
    assert try_candidate(graph, pool, lambda _: False, smaller, TrialWork(left=2)) is None
    unbiased = Candidate("", {conv.name: Change({"bias": False})})
    assert try_candidate(graph, conv, lambda _: False, unbiased, TrialWork(left=0)) is not None


def test_an_argument_that_a_layer_does_not_have_is_no_offer() -> None:
    graph = graph_of(POOL)
    candidate = Candidate("", {graph.nodes[0].name: Change({"bias": False})})
    assert try_candidate(graph, graph.nodes[0], lambda _: False, candidate) is None


def test_a_change_that_keeps_all_volumes_calls_its_layer_alone() -> None:
    graph = graph_of(f"{POOL}  - conv: {{filters: 4, kernel: 1}}\n  - relu\n")
    assert [*infer(graph, changes={"conv1": Change({"bias": False})}).called_layers] == ["conv1"]
    assert [*infer(graph, changes={"conv1": Change({"filters": 5})}).called_layers] == ["conv1", "relu1"]
