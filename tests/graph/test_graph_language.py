"""Blocks, loops, branches, names, variants: what a spec expands to."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

import pytest

import archspec
from archspec.examination import Examination, examine, examine_family
from archspec.spec.selection import ChoiceError, NetworkSelection

if TYPE_CHECKING:
    from pathlib import Path


def seen(text: str, selection: NetworkSelection | None = None, max_nodes: int = 200_000) -> Examination:
    return examine("name: example\n" + textwrap.dedent(text), selection, max_nodes)


def names(text: str, selection: NetworkSelection | None = None) -> list[str]:
    found = seen(text, selection)
    assert found.errors == []
    assert found.graph is not None
    return [node.name for node in found.graph.nodes]


def test_paths_tell_blocks_branches_and_rounds() -> None:
    text = """
        input: 8x8x4
        blocks:
          unit:
            params: {filters: ~}
            layers:
              - add: {main: [{conv: {filters: $filters, kernel: 3, padding: 1}}], shortcut: []}
              - relu
        layers:
          - {unit: 4, repeat: 2}
          - name: stage$(1 + 1)
            layers: [{unit: 4}, {conv: {filters: 4, kernel: 1}, name: last}]
          - {layers: [tanh], repeat: 2, name: tail}
          - concat: [[{sigmoid: }], [{sigmoid: }]]
    """
    assert names(text) == [
        "unit1.main.conv1", "unit1.add1", "unit1.relu1", "unit2.main.conv1", "unit2.add1", "unit2.relu1",
        "stage2.unit1.main.conv1", "stage2.unit1.add1", "stage2.unit1.relu1", "stage2.last",
        "tail1.tanh1", "tail2.tanh1", "branch1.sigmoid1", "branch2.sigmoid1", "concat1",
    ]  # fmt: skip


def test_names_stay_unique_when_they_are_given_again() -> None:
    text = "input: 8x8x4\nlayers: [{layers: [{relu: , name: r}], repeat: 3}, {tanh: , name: t$i, repeat: 2}]\n"
    assert names(text) == ["r", "r_2", "r_3", "t0", "t1"]


def test_loops_give_rows_and_count_rounds() -> None:
    text = """
        input: 8x8x4
        params: {rows: [{filters: 2, kernel: 1}, {filters: 3, kernel: 3}]}
        layers:
          - for: $rows
            layers:
              - {conv: {filters: $(filters + i), kernel: $kernel, padding: same}, name: row$i}
          - {conv: {filters: $(10 + i), kernel: 1}, repeat: 2}
    """
    found = seen(text)
    assert found.graph is not None
    assert [(node.name, node.output and node.output.channels) for node in found.graph.nodes] == [
        ("row0", 2), ("row1", 4), ("conv1", 10), ("conv2", 11),
    ]  # fmt: skip


def test_when_reads_the_volume_that_arrives() -> None:
    text = """
        input: 8x8x4
        blocks:
          unit:
            params: {filters: ~}
            layers:
              - when: $(in.channels != filters)
                conv: {filters: $filters, kernel: 1}
              - relu
        layers: [{unit: 4}, {unit: 8}]
    """
    assert names(text) == ["unit1.relu1", "unit2.conv1", "unit2.relu1"]


def test_from_goes_on_from_the_nearest_of_a_name() -> None:
    text = """
        input: 8x8x4
        blocks:
          unit: [{conv: {filters: 6, kernel: 1}, name: start}, relu, {from: start, tanh: }, {add: [relu1, tanh1]}]
        layers:
          - {conv: {filters: 5, kernel: 1}, name: start}
          - unit
          - {from: start, sigmoid: }
          - {from: unit1, elu: }
          - concat: [sigmoid1, elu1]
    """
    found = seen(text)
    assert found.errors == []
    assert found.graph is not None
    inputs = {node.name: node.inputs for node in found.graph.nodes}
    assert inputs["unit1.tanh1"] == ("unit1.start",)
    assert inputs["unit1.add1"] == ("unit1.relu1", "unit1.tanh1")
    assert inputs["sigmoid1"] == ("start",)
    assert inputs["elu1"] == ("unit1.add1",)
    assert found.graph.nodes[-1].output == archspec.Volume((8, 8), 11)


@pytest.mark.parametrize(
    "use",
    [
        "  - {relu: , from: NAME}\n",
        "  - {add: NAME}\n",
        "  - {fc: 3}\n  - {fc: 3, tie: NAME}\n",
        "outputs: [NAME]\n",
    ],
    ids=["from", "branch", "tie", "outputs"],
)
def test_names_of_volumes_may_read_the_volume_before_them(use: str) -> None:
    """A name that cannot be read leaves nothing unknown without a finding."""
    text = "name: example\ninput: 1x1x3\nlayers:\n  - {fc: 3, name: first}\n" + use
    written, computed = (
        examine(text.replace("NAME", name)).graph
        for name in ("first", "\"$('first' if in.channels == 3 else 'second')\"")
    )
    assert written is not None
    assert computed is not None
    assert computed.outputs == written.outputs
    assert [(node.inputs, node.tied, node.output) for node in computed.nodes] == [
        (node.inputs, node.tied, node.output) for node in written.nodes
    ]
    missing = examine(text.replace("NAME", "\"$('first' if in.channels == 4 else 'second')\""))
    assert "there is no volume `second` here" in [each.message for each in missing.errors]


def test_blocks_see_the_files_parameters_but_not_the_callers_loop() -> None:
    text = """
        input: 8x8x4
        params: {classes: 7}
        blocks: {head: [{fc: $classes}, {fc: $planes}]}
        layers: [{for: [{planes: 3}], layers: [head]}]
    """
    (found,) = seen(text).errors
    assert found.rule == "expression"
    assert found.message.startswith("there is no parameter `planes` here")


def test_defaults_may_use_the_parameters_before_them() -> None:
    text = """
        input: 8x8x4
        params: {width: 3, wide: $(2 * width)}
        blocks: {unit: {params: {a: ~, b: $(a + wide)}, layers: [{conv: {filters: $b, kernel: 1}}]}}
        layers: [{unit: 1}, {unit: {a: 1, b: 2}}]
    """
    found = seen(text, NetworkSelection(settings={"width": "5"}))
    assert found.graph is not None
    assert [node.output and node.output.channels for node in found.graph.nodes] == [11, 2]


def test_gates_are_multiplied_over_all_positions() -> None:
    text = "input: 8x8x4\nlayers: [{multiply: {map: [], gate: [global_avg_pool, sigmoid]}}]\n"
    found = seen(text)
    assert found.graph is not None
    assert found.graph.nodes[-1].output == archspec.Volume((8, 8), 4)


def test_tied_weights_count_once_and_work_twice() -> None:
    text = """
        input: {left: 8x8x3, right: 8x8x3}
        layers:
          - {from: left, conv: {filters: 5, kernel: 3}, name: one}
          - {from: right, conv: {filters: 5, kernel: 3}, name: two, tie: one}
          - {from: right, conv: {filters: 5, kernel: 3}, name: three, tie: two}
          - concat: [one, two, three]
    """
    found = seen(text)
    assert found.errors == []
    assert found.report is not None
    assert found.report.totals.params == 3 * 3 * 3 * 5 + 5
    assert found.report.totals.macs == 3 * (6 * 6 * 5 * 27)
    assert found.graph is not None
    assert [node.tied for node in found.graph.nodes] == [None, "one", "one", None]


def test_tied_layers_compute_with_one_array() -> None:
    np = pytest.importorskip("numpy")
    text = """name: siamese
input: {left: 8x8x3, right: 8x8x3}
layers:
  - {from: left, conv: {filters: 5, kernel: 3}, name: one}
  - {from: right, conv: {filters: 5, kernel: 3}, name: two, tie: one}
outputs: [one, two]
"""
    network = archspec.compile(text)
    assert sorted(network.parameters) == ["one.bias", "one.weight"]
    x = np.random.default_rng(0).random((2, 8, 8, 3), np.float32)
    results = network({"left": x, "right": x})
    assert isinstance(results, dict)
    assert np.array_equal(results["one"], results["two"])


def test_several_outputs_are_results_and_no_dead_ends() -> None:
    text = "input: 8x8x4\nlayers: [{fc: 3, name: a}, {from: input, fc: 5, name: b}]\noutputs: [a, b]\n"
    found = seen(text)
    assert found.diagnostics == []
    assert found.graph is not None
    assert found.graph.outputs == ("a", "b")


FAMILY = """
    input: 8x8x4
    params: {width: ~, deep: false}
    layers: [{conv: {filters: $width, kernel: 3}}, {when: $deep, relu: }]
    variants:
      small: {width: 4, expect: {params: 148}}
      large: {width: 8, deep: true, input: 16x16x4, expect: {params: 296, output: 14x14x8}}
"""


def test_variants_set_parameters_input_and_facts() -> None:
    assert seen(FAMILY).spec is not None
    first, second = seen(FAMILY), seen(FAMILY, NetworkSelection("large"))
    assert (first.errors, second.errors) == ([], [])
    assert first.report is not None
    assert second.report is not None
    assert (first.report.totals.params, second.report.totals.params) == (148, 296)
    assert [node.kind for node in second.report.graph.nodes] == ["conv", "relu"]


def test_a_family_is_checked_as_a_whole() -> None:
    text = "name: example\n" + textwrap.dedent(FAMILY).replace("148", "149")
    every = examine_family(text)
    assert [each.spec.title for each in every if each.spec] == ["small", "large"]
    (found,) = every[0].diagnostics
    assert found.rule == "expectation"
    assert found.notes[-1] == "in variant small"


@pytest.mark.parametrize(
    ("selection", "message"),
    [
        (NetworkSelection("lrage"), "example has no variant `lrage`: did you mean `large`? variants are small, large"),
        (NetworkSelection("none"), "example has no variant `none`: variants are small, large"),
        (
            NetworkSelection(settings={"widht": "3"}),
            "there is no parameter `widht`: did you mean `width`? parameters are width, deep",
        ),
        (NetworkSelection(settings={"width": "[1"}), "--set width=[1: "),
        (NetworkSelection(input="28x28"), "28x28 has no channels"),
    ],
)
def test_wrong_choices_list_what_there_is(selection: NetworkSelection, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        seen(FAMILY, selection)
    if "channels" not in message:
        assert isinstance(caught.value, ChoiceError)


def test_replacing_parameters_leaves_facts_aside() -> None:
    found = seen(FAMILY, NetworkSelection(settings={"width": "5"}))
    assert found.diagnostics == []
    assert found.report is not None
    assert found.report.totals.params == 4 * 9 * 5 + 5


def test_required_parameters_must_come_from_somewhere() -> None:
    text = "input: 8x8x4\nparams: {width: ~}\nlayers: [{conv: {filters: $width, kernel: 3}}]\n"
    (found, *_) = seen(text).errors
    assert (found.rule, found.message) == ("missing-key", "the parameter `width` has no value")


def test_findings_of_a_block_are_told_once_with_the_way_there() -> None:
    text = """
        input: 10x10x4
        blocks:
          down:
            params: {kernel: ~}
            layers: [{max_pool: {kernel: $kernel, stride: 2}}]
        layers: [{down: 3}, {from: input, down: 5}, {from: input, down: 2}]
    """
    found = [each for each in seen(text).diagnostics if each.rule == "fractional-output"]
    assert len(found) == 1
    assert found[0].layer == "down1.max_pool1"
    assert found[0].span is not None
    assert found[0].span.line == 7
    assert found[0].notes[-1] == "in block down, expanded at line 8 with kernel=3 (and 1 more)"


def test_the_way_to_a_layer_begins_with_the_innermost_of_at_most_four_blocks() -> None:
    blocks = "".join(f"  b{i}:\n    params: {{size: ~}}\n    layers: [{{b{i + 1}: $size}}]\n" for i in range(5))
    pool = "  b5:\n    params: {size: ~}\n    layers: [{max_pool: {kernel: $size, stride: 2}}]\n"
    (found,) = seen(f"input: 10x10x4\nblocks:\n{blocks}{pool}layers: [{{b0: 3}}, {{b0: 5, from: input}}]\n").errors
    lines = {f"b{i}": 3 * i + 3 for i in range(1, 6)}
    way = [f"in block b{i}, expanded at line {lines[f'b{i}']} with size=3" for i in (5, 4, 3, 2)]
    assert list(found.notes[-4:]) == [f"{way[0]} (and 1 more)", *way[1:]]
    assert not any("block b1" in note or "block b0" in note for note in found.notes)


def test_equal_faults_of_many_rounds_are_one_finding_with_a_count() -> None:
    text = "input: 8x8x4\nlayers: [{conv: {filters: 4, kernel: 1}, expect: {params: 3}, repeat: 5}]\n"
    (found,) = seen(text).errors
    assert found.message == "conv1 has 20 params, not the 3 expected: 17 too many"
    assert found.notes == ("for layer conv1 (and 4 more)",)


@pytest.mark.parametrize("count", [200_001, 10**9, 10**30])
def test_endless_repeats_answer_at_once(count: int) -> None:
    found = seen(f"input: 8x8x4\nlayers: [{{relu: , repeat: {count}}}]\n")
    assert [each.rule for each in found.errors] == ["expansion-limit"]
    assert found.report is not None
    assert found.report.totals.params is None


def test_limit_counts_layers_of_nested_repeats() -> None:
    text = "input: 8x8x4\nlayers: [{repeat: 40, layers: [{relu: , repeat: 40}]}]\n"
    assert [each.rule for each in seen(text, max_nodes=1000).errors] == ["expansion-limit"]
    assert seen(text, max_nodes=1600).errors == []


def test_rounds_without_layers_end_too() -> None:
    text = "input: 8x8x4\nlayers: [relu, {repeat: 900, layers: [{repeat: 900, layers: [{when: $(1 > 2), relu: }]}]}]\n"
    assert [each.rule for each in seen(text, max_nodes=1000).errors] == ["work-limit"]


def test_files_beside_the_spec_lend_their_blocks(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "common.yaml").write_text("use: deeper.yaml\nblocks: {unit: [inner, relu]}\n")
    (tmp_path / "parts" / "deeper.yaml").write_text("blocks: {inner: [batch_norm]}\n")
    spec = tmp_path / "net.yaml"
    spec.write_text("name: net\ninput: 8x8x4\nuse: [parts/common.yaml]\nlayers: [unit]\n")
    found = examine(spec)
    assert found.diagnostics == []
    assert found.graph is not None
    assert [node.name for node in found.graph.nodes] == ["unit1.inner1.batch_norm1", "unit1.relu1"]


def test_nothing_outside_the_folder_is_used(tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("blocks: {unit: [relu]}\n")
    folder = tmp_path / "specs"
    folder.mkdir()
    (folder / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    (folder / "loop.yaml").write_text("use: net.yaml\n")
    spec = folder / "net.yaml"
    uses = f"[../secret.yaml, link.yaml, net.yaml, loop.yaml, {tmp_path}/secret.yaml]"
    spec.write_text(f"name: net\ninput: 8x8x4\nuse: {uses}\nlayers: [relu]\n")
    messages = [each.message.partition("` ")[2] for each in examine(spec).errors]
    outside = ["is outside of this spec's folder"] * 3
    assert sorted(messages) == [*outside, "uses itself", "uses itself through other files"]


def test_the_input_has_its_name_where_it_is_missing() -> None:
    found = seen("layers:\n  - {conv: {filters: 4, kernel: 3}}\n  - add: input\n")
    assert [(each.rule, each.message) for each in found.errors] == [("missing-key", "a spec needs `input`")]


def test_rules_ignored_by_a_group_are_ignored_in_the_groups_within() -> None:
    text = """
        input: 10x10x3
        layers:
          - name: outer
            ignore: fractional-output
            layers:
              - name: inner
                layers: [{conv: {filters: 4, kernel: 3, stride: 2}}]
          - conv: {filters: 4, kernel: 3, stride: 2}
    """
    found = seen(text)
    assert found.graph is not None
    assert [node.ignored for node in found.graph.nodes] == [{"fractional-output"}, frozenset()]


@pytest.mark.parametrize(("kernel", "is_constant"), [(3, True), (9, False)])
def test_a_condition_that_one_variant_cannot_read_is_not_constant(kernel: int, *, is_constant: bool) -> None:
    text = f"""
        input: 8x8x3
        params: {{k: 3}}
        variants: {{one: {{k: {kernel}}}, two: {{}}}}
        layers:
          - conv: {{filters: 3, kernel: $k}}
          - {{when: $(in.height > 2), relu: }}
    """
    found = examine_family("name: example\n" + textwrap.dedent(text))[0].diagnostics
    assert ("constant-condition" in [each.rule for each in found]) is is_constant
