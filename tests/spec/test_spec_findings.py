"""What reading a spec finds: every mistake once, at its place, in the language of the spec."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

import archspec
from archspec.ops import MERGES, OPERATORS, operator

if TYPE_CHECKING:
    from pathlib import Path

    from archspec.diagnostics import Diagnostic


def check(*lines: str, layers: str = "  - relu", **header: str) -> list[Diagnostic]:
    """Findings of a spec: a sound header with some keys replaced, more lines, and layers."""
    keys = {"name": "example", "input": "8x8x3", **header}
    text = "".join(f"{key}: {value}\n" for key, value in keys.items())
    return archspec.check(text + "".join(line + "\n" for line in lines) + f"layers:\n{layers}\n")


def place(found: Diagnostic) -> str:
    assert found.span is not None
    return found.span.text


# One mistake, one finding


@pytest.mark.parametrize(("written", "meant"), [("nmae", "name"), ("inputs", "input"), ("layer", "layers")])
def test_misspelt_required_key_is_reported_once(written: str, meant: str) -> None:
    """Who writes `nmae` has not forgotten `name` as well."""
    text = "name: example\ninput: 8x8x3\nlayers:\n  - relu\n".replace(f"{meant}:", f"{written}:")
    (found,) = archspec.check(text)
    assert (found.rule, place(found)) == ("unknown-key", written)
    assert f"did you mean `{meant}`?" in found.message


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        ("conv: {filters: 8, kernal: 3}", ["kernal"]),
        ("conv: {out_channels: 8, kernel_size: 3}", ["out_channels", "kernel_size"]),
        ("fc: {num_output: 10}", ["num_output"]),
        ("max_pool: {pool_size: 2}", ["pool_size"]),
    ],
)
def test_misspelt_required_argument_is_reported_once(layer: str, words: list[str]) -> None:
    found = check(layers=f"  - {layer}")
    assert [(each.rule, place(each)) for each in found] == [("unknown-key", word) for word in words]


@pytest.mark.parametrize("value", ["yes", "no", "on", "off"])
def test_truth_of_yaml_1_1_is_reported_once(value: str) -> None:
    """The ambiguity explains it; that text is not true or false follows from it."""
    (found,) = check(layers=f"  - conv: {{filters: 8, kernel: 3, bias: {value}}}")
    assert (found.rule, place(found)) == ("yaml-ambiguity", value)


@pytest.mark.parametrize("value", ["1_000", "1:30", "0o10", "012"])
def test_number_of_yaml_1_1_is_reported_once(value: str) -> None:
    (found,) = check(layers=f"  - conv: {{filters: {value}, kernel: 3}}")
    assert place(found) == value
    assert any(re.search(r"\d", line) for line in found.help), "what to write instead"


def test_merge_key_is_reported_once() -> None:
    found = check(layers="  - conv: &first {filters: 8, kernel: 3}\n  - relu\n  - conv: {<<: *first}")
    assert [each.rule for each in found] == ["merge-key"]


def test_mistake_behind_an_anchor_is_reported_once() -> None:
    found = check(layers="  - conv: &bad {filters: 8, kernel: 0}\n  - conv: *bad\n  - conv: *bad")
    assert [(each.rule, place(each)) for each in found] == [("invalid-value", "0")]


def test_faulty_layer_silences_what_follows() -> None:
    found = check(layers="  - conv: {filters: 8, kernel: 0}\n  - conv: {filters: 8, kernel: 99}\n  - max_pool: 77")
    assert [place(each) for each in found] == ["0"]


@pytest.mark.parametrize(
    "item",
    [
        "conv:\n    filters: 8\n    kernel: 3",
        "conv: {filters: 8, kernel: 3}\n    relu:",
        "64",
        "[conv]",
        "name: stem",
        "{}",
    ],
)
def test_item_without_an_operator_silences_what_follows(item: str) -> None:
    """Nobody knows what should leave it, so nothing behind it can be judged, nor the network as a whole."""
    found = check(
        "expect: {params: 3, output: 1x1x1}", layers=f"  - {item}\n  - conv: {{filters: 8, kernel: 3, in_channels: 8}}"
    )
    assert [each.rule for each in found] == ["spec-form"]


def test_faulty_input_silences_layers() -> None:
    found = check(input="28x28", layers="  - conv: {filters: 8, kernel: 99}\n    expect: 1x1x1\n  - fc: ten")
    assert [place(each) for each in found] == ["28x28", "ten"]


@pytest.mark.parametrize(
    ("key", "value", "layer", "facts"),
    [
        ("dtype", "fp16", "fc: 10", "{param_memory: 3860, forward_memory: 404}"),
        ("batch", "0", "fc: 10", "{forward_memory: 1616}"),
        ("fit", "floor", "max_pool: {kernel: 3, stride: 3}", "2x2x3"),
    ],
)
def test_faulty_header_silences_what_depends_on_it(key: str, value: str, layer: str, facts: str) -> None:
    """With `fp16` refused, bytes counted in float32 would only be a second complaint about the same word."""
    found = check(f"{key}: {value}", f"expect: {facts}", layers=f"  - {layer}")
    assert [place(each) for each in found] == [value]


def test_fault_of_a_name_leaves_the_layer_alone() -> None:
    found = check(layers="  - conv: {filters: 8, kernel: 99}\n    name: two words")
    assert [each.rule for each in found] == ["kernel-too-large", "invalid-value"]


def test_independent_mistakes_of_one_layer_are_all_told() -> None:
    found = check(layers="  - conv: {filters: 0, kernel: -1, stride: x, pading: 1}")
    assert [place(each) for each in found] == ["0", "-1", "x", "pading"]


# Nothing is no value


@pytest.mark.parametrize("key", ["name", "input", "layers"])
def test_required_key_without_a_value(key: str) -> None:
    text = "name: example\ninput: 8x8x3\nlayers:\n  - relu\n"
    (found,) = archspec.check(re.sub(rf"{key}:.*" + (r"\n.*" if key == "layers" else ""), f"{key}:", text))
    assert found.severity == archspec.Severity.ERROR
    assert found.span is not None
    assert f"`{key}`" in found.message


@pytest.mark.parametrize("key", ["source", "fit", "dtype", "batch", "expect", "budget"])
def test_other_key_without_a_value(key: str) -> None:
    (found,) = check(f"{key}:")
    assert found.severity == archspec.Severity.ERROR
    assert f"`{key}`" in found.message


@pytest.mark.parametrize(
    "argument", ["stride", "padding", "dilation", "fit", "in_channels", "weights", "bias", "groups"]
)
def test_argument_without_a_value(argument: str) -> None:
    (found,) = check(layers=f"  - conv: {{filters: 8, kernel: 3, {argument}: ~}}")
    assert (found.rule, place(found)) == ("invalid-value", "~")
    assert f"`{argument}`" in found.message


@pytest.mark.parametrize("key", ["name", "expect", "ignore"])
def test_modifier_without_a_value(key: str) -> None:
    (found,) = check(layers=f"  - relu:\n    {key}:")
    assert found.severity == archspec.Severity.ERROR


@pytest.mark.parametrize("facts", ["{params: ~}", "{output: ~}", "{receptive_field: ~}", "{training_memory: ~}"])
def test_fact_without_a_value(facts: str) -> None:
    (found,) = check(f"expect: {facts}")
    assert (found.rule, place(found)) == ("invalid-value", "~")


# Numbers without bounds


@pytest.mark.parametrize(
    "figure", ["99999999999999999999999999999k", "0.00000000000000000001k", f"{10**29}T", "9" * 99]
)
@pytest.mark.parametrize("key", ["params", "forward_memory"])
def test_figure_of_many_digits(key: str, figure: str) -> None:
    """A fact that does not hold, or a figure that is none; nothing in between."""
    (found,) = check(f"expect: {{{key}: {figure}}}")
    assert found.rule in ("expectation", "invalid-value")


# Names of rules


def test_ignore_of_an_unknown_rule() -> None:
    (found,) = check(layers="  - relu:\n    ignore: [fractional-outptu, kernel-too-large]")
    assert place(found) == "fractional-outptu"
    assert "fractional-output" in found.message + "".join(found.help)


# Wording

LEAKS = re.compile(
    r"Input should|[Ff]ield required|Keys should|[Vv]alidation|Value error|pydantic|instance of|"
    r"\b(None|True|False|NaN|Infinity|dict|tuple|str|int|bool|unhashable|object)\b|"
    r"\(\d+,\)|\s$|\s\s"
)
"""What betrays the program inside: pydantic's and Python's words, and holes where a value should be."""
NEEDED = {
    "conv": {"filters": "4", "kernel": "1"},
    "depthwise_conv": {"kernel": "1"},
    "local_conv": {"filters": "4", "kernel": "1"},
    "max_pool": {"kernel": "1"},
    "avg_pool": {"kernel": "1"},
    "l2_pool": {"kernel": "1"},
    "fc": {"units": "4"},
    "linear": {"units": "4"},
    "pad": {"padding": "1"},
    "conv_transpose": {"filters": "4", "kernel": "1"},
    "adaptive_avg_pool": {"size": "4"},
    "adaptive_max_pool": {"size": "4"},
    "upsample": {"factor": "2"},
    "crop": {"margin": "1"},
    "channel_shuffle": {"groups": "1"},
    "pixel_shuffle": {"factor": "1"},
    "pixel_unshuffle": {"factor": "1"},
    "group_norm": {"groups": "1"},
    "attention": {"heads": "1"},
    "select": {"index": "0"},
    "drop_path": {"rate": "0.5"},
}
"""Arguments that operators cannot do without, in sound values."""
INSTEAD = {("upsample", "size"), ("upsample", "like"), ("crop", "size"), ("crop", "like")}
"""Arguments that stand instead of those needed."""
NOT_SOUND = [
    "none-of-these", "-7", "2.5", "1e5", "2099-12-31", "{a: 1}", "{}", "[]", "[1, 2, 3, 4]", "[0.5]", "[a, b]",
    "[[1, 2, 3]]", "[[1], [2]]", "[[a, 1]]", "[1, [2]]", "[1, -1]", "[~]", '"3"', "1" * 60,
]  # fmt: skip
"""Values of which every argument takes few or none."""
FIELDS = [(name, info.alias or key) for name in OPERATORS for key, info in operator(name).model_fields.items()]


@pytest.mark.parametrize(("name", "argument"), FIELDS)
def test_wrong_values_of_every_argument(name: str, argument: str) -> None:
    """At most one finding a value, at the value (or inside), and in words a user knows."""
    told = 0
    for value in NOT_SOUND:
        needed = {} if (name, argument) in INSTEAD else NEEDED.get(name, {})
        chosen = {**needed, argument: value}
        spec = "{" + ", ".join(f"{key}: {written}" for key, written in chosen.items()) + "}"
        found = [each for each in check(layers=f"  - {name}: {spec}") if each.rule == "invalid-value"]
        told += len(found)
        assert len(found) <= 1, value
        for each in found:
            assert place(each) in value
            assert f"`{argument}" in each.message
            assert name in each.message
            assert not LEAKS.search(each.message.replace(value, "VALUE")), each.message
    assert told >= 8


@pytest.mark.parametrize("name", OPERATORS)
def test_wrong_values_of_every_operator(name: str) -> None:
    """Bare values and lists in place of arguments: never more than one finding, and never an accident.

    What merges take are layers, which are judged one by one.
    """
    for value in [*NOT_SOUND, "true", "3", "0", "relu"]:
        found = check(layers=f"  - {name}: {value}")
        spec_stage = [each for each in found if each.rule in {"invalid-value", "unknown-key", "spec-form"}]
        assert len(spec_stage) <= 1 or name in MERGES, value
        for each in spec_stage:
            assert not LEAKS.search(each.message.replace(value, "VALUE")), each.message


@pytest.mark.parametrize("name", OPERATORS)
def test_needed_arguments_are_known_here(name: str) -> None:
    required = {info.alias or key for key, info in operator(name).model_fields.items() if info.is_required()}
    assert required <= set(NEEDED.get(name, {}))
    arguments = "{" + ", ".join(f"{key}: {value}" for key, value in NEEDED.get(name, {}).items()) + "}"
    arguments = "[[], []]" if name in MERGES else arguments
    volume = "8x8x3" if 2 in operator(name).ranks else "{length: 8, channels: 3}"
    found = check(layers=f"  - {name}: {arguments}", input=volume)
    assert [each for each in found if each.severity == archspec.Severity.ERROR] == []


@pytest.mark.parametrize("key", ["name", "source", "input", "fit", "dtype", "batch", "expect", "budget"])
@pytest.mark.parametrize("value", ["[]", "{a: 1}", "2.5", "true", "[1, 2]", "[a]", "-1", "1e5", "[[[]]]"])
def test_wrong_values_of_the_header(key: str, value: str) -> None:
    (found,) = check(**{key: value}) if key in ("name", "input") else check(f"{key}: {value}")
    assert found.severity == archspec.Severity.ERROR
    assert f"`{key}`" in found.message
    assert place(found) in (value, "a")
    assert not LEAKS.search(found.message.replace(value, "VALUE")), found.message


def test_text_is_told_from_a_number() -> None:
    """`must be a whole number, not 64` would be no help: what is wrong are the quotes."""
    for layer in ('conv: {filters: "64", kernel: 3}', 'fc: "64"', 'conv: {filters: 8, kernel: "64"}'):
        (found,) = check(layers=f"  - {layer}")
        assert '"64"' in found.message
    (found,) = check('batch: "64"')
    assert '"64"' in found.message


@pytest.mark.parametrize("value", [".inf", "-.inf", ".nan", "1e400", "1e2", "0x1F", "1.50"])
def test_number_is_shown_as_it_stands(value: str) -> None:
    """`must be a whole number, not Infinity`: of that the file says nothing."""
    for layer in (f"conv: {{filters: {value}, kernel: [0]}}", f"lrn: {{alpha: {value}, size: 0}}"):
        for found in check(layers=f"  - {layer}"):
            if place(found) == value and found.rule == "invalid-value":
                assert found.message.endswith(f"not {value}")


def test_empty_text_is_shown() -> None:
    for found in (*check(name='""'), *check(layers='  - relu:\n    name: ""'), *check(layers='  - ""')):
        assert '""' in found.message


def test_item_of_a_list_is_named_and_judged_alone() -> None:
    (found,) = check(layers="  - conv: {filters: 8, kernel: [3, 0]}")
    assert place(found) == "0"
    assert "`kernel[1]`" in found.message
    assert "for every axis" not in found.message  # one item is for one axis
    (found,) = check(layers="  - conv: {filters: 8, kernel: 3, padding: [[1, 2], [3]]}")
    assert place(found) == "[3]"
    assert "same" not in found.message  # that is for all axes at once


def test_list_that_is_too_long_is_told_as_a_whole() -> None:
    for argument in ("kernel", "stride", "dilation", "padding"):
        arguments = {"filters": "8", "kernel": "3", argument: "[1, 1, 1, 1]"}
        (found,) = check(layers="  - conv: {" + ", ".join(f"{k}: {v}" for k, v in arguments.items()) + "}")
        assert place(found) == "[1, 1, 1, 1]"


def test_nearest_choice_is_offered() -> None:
    """`SAME` is `same`, and `float` is probably `float32`."""
    (same,) = check(layers="  - conv: {filters: 8, kernel: 3, padding: SAME}")
    assert any("`same`" in line for line in same.help) or "did you mean `same`" in same.message
    (dtype,) = check("dtype: float_32")
    assert any("`float32`" in line for line in dtype.help) or "did you mean `float32`" in dtype.message


def test_name_inside_the_arguments_is_sent_outside() -> None:
    """A frequent slip: `name` is a key of the list item, not an argument."""
    (found,) = check(layers="  - conv: {filters: 8, kernel: 3, name: stem}")
    assert "name" in "".join(found.help)
    assert "`kernel`, " not in "".join(found.help), "a list of the arguments is no help here"


def test_misspelt_modifier_gets_the_right_one() -> None:
    (found,) = check(layers="  - conv: {filters: 8, kernel: 3}\n    nmae: stem")
    assert place(found) == "nmae"
    assert "`name`" in found.message + "".join(found.help)


def test_channels_first_list() -> None:
    """Two habits at once: a list, and channels first. The volume proposed has its channels last."""
    (found,) = check(input="[3, 224, 224]")
    assert "224x224x3" in found.message + "".join(found.help)


def test_wrong_volume_of_several_is_pointed_at() -> None:
    (found,) = check(input="{left: 8x8x3, right: 8x8}")
    assert place(found) == "8x8"


def test_value_of_an_expression_is_shown_with_it() -> None:
    (found,) = check("params: {width: 64}", layers="  - conv: {filters: $(width - 64), kernel: 3}")
    assert place(found) == "$(width - 64)"
    assert found.message.endswith("not 0 (`$(width - 64)`)")


@pytest.mark.parametrize(("layer", "one"), [("crop", "margin"), ("crop: {}", "size"), ("upsample", "factor")])
def test_one_of_several_arguments_is_needed(layer: str, one: str) -> None:
    (found,) = check(layers=f"  - {layer}")
    assert found.rule == "missing-key"
    assert f"`{one}`" in found.message


def test_unknown_key_of_a_fact() -> None:
    (found,) = check("expect: {training_memory: {sdg: 1MB}}")
    assert (found.rule, place(found)) == ("unknown-key", "sdg")
    assert "did you mean `sgd`?" in found.message


@pytest.mark.parametrize("key", ["from", "when", "repeat", "tie"])
def test_link_without_a_value(key: str) -> None:
    (found,) = check(layers=f"  - relu:\n    {key}:")
    assert found.rule == "spec-form"
    assert f"`{key}`" in found.message


def test_finding_of_a_block_points_into_the_block() -> None:
    block = "blocks: {wide: {params: {n: ~}, layers: [{conv: {filters: $n, kernel: 3}}]}}"
    (found,) = check(block, layers="  - wide: {n: 0}\n  - wide: {n: 8}")
    assert place(found) == "$n"
    assert found.notes == ("in block wide, expanded at line 5 with n=0",)


def test_axes_of_their_own_invention() -> None:
    (found,) = check(input="{h: 8, w: 8, c: 3}")
    assert "height" in found.message
    assert "1x1x8" not in found.message


# Positions


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("start", ["", "\ufeff", "# é 名前 \U0001f600\n"])
def test_positions_count_characters(newline: str, start: str, tmp_path: Path) -> None:
    text = f"{start}name: é\ninput: 8x8x3\nlayers:\n  - {{conv: {{filters: 8, kernel: 99}}, name: 名}} # \U0001f600\n"
    path = tmp_path / "positions.yaml"
    path.write_bytes(text.replace("\n", newline).encode())
    (found,) = archspec.check(path)
    assert found.span is not None
    assert found.span.text == "conv"
    assert (found.span.line, found.span.column) == (4 + start.count("\n"), 6)
