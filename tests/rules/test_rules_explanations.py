"""What findings explain and offer, by kinds of mistakes that outsiders made: each case with its right answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import archspec
from archspec.diagnostics import Severity

if TYPE_CHECKING:
    from archspec.diagnostics import Diagnostic


def network(volume: str, *layers: str, end: str = "") -> str:
    return f"name: a\ninput: {volume}\nlayers:\n" + "".join(f"  - {layer}\n" for layer in layers) + end


def errors(text: str) -> list[Diagnostic]:
    return [found for found in archspec.check(text) if found.severity is Severity.ERROR]


def the_error(text: str, rule: str) -> Diagnostic:
    (found,) = errors(text)
    assert found.rule == rule
    return found


def help_of(text: str, rule: str) -> str:
    return "\n".join(the_error(text, rule).help)


# The order in which people choose


ALEXNET = (
    "conv: {filters: 96, kernel: 11, stride: 4}",
    "relu",
    "max_pool: {kernel: 3, stride: 2}",
    "conv: {filters: 256, kernel: 5, padding: 2}",
    "relu",
    "max_pool: {kernel: 3, stride: 2}",
    "conv: {filters: 384, kernel: 3, padding: 1}",
    "relu",
    "max_pool: {kernel: 3, stride: 2}",
    "fc: 1000",
)


@pytest.mark.parametrize(
    ("volume", "layer", "first"),
    [
        ("90x90x3", "conv: {filters: 8, kernel: 3, stride: 2}", "padding: 1"),
        ("27x27x3", "max_pool: 2", "padding: 1"),
        ("224x224x3", ALEXNET[0], "padding: 2"),
    ],
)
def test_padding_of_which_only_padding_is_lost_comes_first(volume: str, layer: str, first: str) -> None:
    found = the_error(network(volume, layer), "fractional-output")
    assert found.fix is not None
    assert found.fix.title == f"write `{first}`"
    assert found.help[-1].startswith(first.replace(":", "") + " fits")


def test_a_pool_keeps_its_stride_with_another_kernel_and_may_move_by_one() -> None:
    text = help_of(network("27x27x3", "max_pool: 2"), "fractional-output")
    assert "kernel 3 with stride 2 fits (13x13)" in text
    assert "stride 1 fits (26x26)" in text


def test_strides_that_the_first_fix_makes_fit_are_shown_with_it() -> None:
    found = the_error(network("224x224x3", *ALEXNET), "fractional-output")
    assert found.layer == "conv1"
    assert [label.text for label in found.labels] == [
        "max_pool1 does not fit 54x54 either",
        "max_pool2 does not fit 26x26 either",
        "max_pool3 does not fit 12x12 either",
    ]
    assert errors(network("224x224x3", ALEXNET[0].replace("stride: 4", "stride: 4, padding: 2"), *ALEXNET[1:])) == []


def test_one_input_comes_before_padding_that_leaves_other_layers_without_a_fit() -> None:
    layers = ("conv: {filters: 8, kernel: 3, stride: 2}", "max_pool: {kernel: 3, stride: 3}")
    text = help_of(network("10x10x3", *layers), "fractional-output")
    assert text.startswith("input 7x7 or 13x13 fits the whole network")


def test_a_suppressed_first_misfit_explains_no_other() -> None:
    ignored = f"{{{ALEXNET[0]}, ignore: [fractional-output]}}"
    rest = errors(network("224x224x3", ignored, *ALEXNET[1:]))
    assert rest[0].layer == "max_pool1"
    assert all(found.help for found in rest)


# Claims of features


CONVS = (
    "conv: {filters: 32, kernel: 3, stride: 2, padding: 1}",
    "conv: {filters: 64, kernel: 3, stride: 2, padding: 1}",
)


@pytest.mark.parametrize("between", [(), ("flatten",), ("flatten", "dropout"), ("relu", "flatten")])
def test_a_flatten_before_a_claim_changes_no_offer(between: tuple[str, ...]) -> None:
    layers = (*CONVS, "avg_pool: {kernel: 16, stride: 1}", *between, "fc: {units: 10, in_features: 64}")
    text = help_of(network("96x96x3", *layers), "feature-mismatch")
    assert "`global_avg_pool` in place of avg_pool1" in text
    assert "an input of 64x64x3 gives 64" in text


def test_valid_padding_that_gives_the_claim_is_offered() -> None:
    layers = (
        "conv: {filters: 8, kernel: 3, padding: same}",
        "relu",
        "max_pool: 2",
        "fc: {units: 10, in_features: 1352}",
    )
    text = help_of(network("28x28x1", *layers), "feature-mismatch")
    assert "1,352 = 13x13x8, as `padding: valid` at conv1 (line 4) gives" in text
    assert "an input of 26x26x1 gives 1,352" in text


def test_the_input_of_a_long_chain_is_found() -> None:
    layers: list[str] = []
    for count, filters in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        layers += [f"conv: {{filters: {filters}, kernel: 3, padding: 1}}", "relu"] * count + ["max_pool: 2"]
    text = help_of(network("32x32x3", *layers, "flatten", "fc: {units: 10, in_features: 25088}"), "feature-mismatch")
    assert "an input of 224x224x3 gives 25,088" in text


# Merges


def test_a_stride_that_one_branch_has_too_much_is_taken_away() -> None:
    conv = "{conv: {filters: 8, kernel: 3, stride: 2, padding: 1}}"
    layer = f"add: {{main: [{conv}, relu, {conv}], shortcut: [{{conv: {{filters: 8, kernel: 1, stride: 2}}}}]}}"
    text = help_of(network("40x40x8", layer), "merge-mismatch")
    assert text.startswith("`stride: 1` at main.conv2")
    assert "stride: 2" not in text


@pytest.mark.parametrize("size", [32, 33])
def test_one_projection_has_the_stride_and_the_width_of_a_shortcut(size: int) -> None:
    main = (
        "[{conv: {filters: 32, kernel: 3, stride: 2, padding: 1}}, relu, {conv: {filters: 32, kernel: 3, padding: 1}}]"
    )
    text = network(f"{size}x{size}x16", f"add: [{main}, []]")
    line = "`conv: {filters: 32, kernel: 1, stride: 2}` on the shortcut would make add fit"
    assert help_of(text, "merge-mismatch") == line
    assert errors(text.replace(", []]", ", [{conv: {filters: 32, kernel: 1, stride: 2}}]]")) == []


def test_a_crop_is_offered_as_the_whole_line() -> None:
    layers = (
        "{conv: {filters: 8, kernel: 3}, name: d4}",
        "max_pool: 2",
        "conv: {filters: 8, kernel: 3}",
        "conv: {filters: 8, kernel: 3}",
        "conv_transpose: {filters: 8, kernel: 2, stride: 2}",
    )
    text = network("30x30x1", *layers, "concat: d4")
    found = help_of(text, "merge-mismatch").split("`")[1]
    assert found == "concat: [[{from: d4, crop: 4}], []]"
    assert errors(text.replace("concat: d4", found)) == []


def test_an_input_of_one_position_is_never_offered_for_a_merge() -> None:
    text = network("16x16x32", "add: [[global_avg_pool, {conv: {filters: 32, kernel: 1}}], []]")
    line = help_of(text, "merge-mismatch")
    assert line == "`upsample: {like: input}` on the branch of 1x1x32 would make the sizes equal"
    assert errors(text.replace("kernel: 1}}", "kernel: 1}}, {upsample: {like: input}}")) == []


# Stated facts


def test_the_layer_at_which_a_size_departs_from_the_stated_one_is_restored() -> None:
    layers = ("max_pool: {kernel: 2, stride: 1}", "conv: {filters: 8, kernel: 3, padding: 1}")
    text = network("21x21x8", *layers, end="expect: {output: 21x21x8}\n")
    found = the_error(text, "expectation")
    assert [label.text for label in found.labels] == ["max_pool1 turns 21x21 into 20x20"]
    assert found.help[0] == "`padding: same` at max_pool1 (line 4) would give 21x21x8"
    assert errors(text.replace("stride: 1", "stride: 1, padding: same")) == []


@pytest.mark.parametrize(
    ("layer", "stated", "first"),
    [
        ("conv: {filters: 8, kernel: 3, padding: 1}", "21x21x16", "`filters: 16` at conv1"),
        ("conv: {filters: 8, kernel: 3, padding: 1, stride: 2}", "21x21x8", "`stride: 1` at conv1"),
        ("conv: {filters: 8, kernel: 3}", "21x21x16", "`padding: same` at conv1 (line 4) and `filters: 16` at conv1"),
        ("conv: {filters: 8, kernel: 3, padding: 1}", "24x24x8", "an input of 24x24x3"),
        ("fc: 10", "1x1x100", "`units: 100` at fc1"),
    ],
)
def test_what_gives_the_stated_output_is_offered(layer: str, stated: str, first: str) -> None:
    found = the_error(network("21x21x3", layer, end=f"expect: {{output: {stated}}}\n"), "expectation")
    assert found.help[0].startswith(first)


@pytest.mark.parametrize("fact", ["output: 5x5x5", "params: 3", "receptive_field: 7", "macs: 1"])
def test_no_fact_that_does_not_hold_is_without_help(fact: str) -> None:
    found = the_error(network("8x8x3", "conv: {filters: 4, kernel: 3}", end=f"expect: {{{fact}}}\n"), "expectation")
    assert found.help[-1].startswith("if the network is as it should be, state `")


# Words


def test_a_false_claim_and_groups_that_divide_it_are_one_error() -> None:
    text = network("16x16x2", "conv: {filters: 24, kernel: 3, in_channels: 24, groups: 12}")
    found = the_error(text, "channel-mismatch")
    assert found.help == ("an input of 16x16x24 would match", "write `in_channels: 2` and `groups: 2`")
    assert errors(text.replace("16x16x2", "16x16x24")) == []
    assert errors(text.replace("in_channels: 24, groups: 12", "in_channels: 2, groups: 2")) == []


def test_groups_that_do_not_divide_the_claim_either_are_another_error() -> None:
    text = network("16x16x2", "conv: {filters: 24, kernel: 3, in_channels: 25, groups: 12}")
    assert {found.rule for found in errors(text)} == {"channel-mismatch", "indivisible-groups"}


def test_a_factor_is_named_as_it_is_written() -> None:
    found = the_error(network("16x16x30", "pixel_shuffle: 4"), "indivisible-groups")
    assert found.message.startswith("`factor: 4` makes one channel of 16, which does not divide the 30 input channels")
    assert "factor: 16" not in str(found)


def test_rounding_up_says_what_rounding_down_would_give() -> None:
    (found,) = [
        each
        for each in archspec.check(network("50x50x3", "max_pool: {kernel: 3, stride: 2, fit: pad}"))
        if each.rule == "accepted-fit"
    ]
    assert found.notes[0].startswith("ceil gives 25x25, floor would give 24x24")
