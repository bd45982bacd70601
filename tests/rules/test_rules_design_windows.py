"""Rules about windows: sizes, strides and paddings that are odd, and those that only look so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import archspec
from archspec.examination import examine_family
from archspec.rules._settings import Settings

if TYPE_CHECKING:
    from archspec.diagnostics import Diagnostic


def spec(*layers: str, volume: str = "32x32x16", header: str = "") -> str:
    return f"name: example\ninput: {volume}\n{header}layers:\n" + "".join(f"  - {layer}\n" for layer in layers)


def check(rule: str, *layers: str, volume: str = "32x32x16", header: str = "") -> list[Diagnostic]:
    return [each for each in archspec.check(spec(*layers, volume=volume, header=header)) if each.rule == rule]


@pytest.mark.parametrize(
    ("rule", "layer", "message"),
    [
        ("large-pool", "max_pool: {kernel: 4, stride: 4}", "a max pool of 4x4 keeps one of 16 values"),
        (
            "pointwise-padding",
            "conv: {filters: 8, kernel: 1, padding: 1}",
            "1x1 window with stride 1 and padding 1 turns 32x32 into 34x34: the border holds the bias alone",
        ),
        (
            "pointwise-padding",
            "conv: {filters: 8, kernel: [1, 3], padding: 1, bias: false}",
            "1x3 window with stride 1 and padding 1 turns 32x32 into 34x32: the border holds zeros alone",
        ),
        ("even-kernel", "conv: {filters: 8, kernel: 2, padding: 1}", "2x2 window with stride 1 turns 32x32 into 33x33"),
        (
            "even-kernel",
            "avg_pool: {kernel: 4, stride: 1, padding: 1}",
            "4x4 window with stride 1 turns 32x32 into 31x31",
        ),
        (
            "dilation-padding",
            "conv: {filters: 8, kernel: 3, dilation: 4, padding: 1}",
            "3x3 window (dilated to 9x9) with stride 1 and padding 1 turns 32x32 into 26x26",
        ),
        (
            "stride-skips-input",
            "conv: {filters: 8, kernel: 1, stride: 2}",
            "1x1 window with stride 2 skips 3 of 4 positions",
        ),
        (
            "stride-skips-input",
            "avg_pool: {kernel: 2, stride: 3}",
            "2x2 window with stride 3 skips 5 of 9 positions",
        ),
        (
            "checkerboard",
            "conv_transpose: {filters: 8, kernel: 5, stride: 2}",
            "windows of 5x5 at a distance of 2 overlap unevenly",
        ),
        ("default-stride", "max_pool: {kernel: 3, fit: crop}", "no stride is given: windows of 3x3 move by 3x3"),
        (
            "same-asymmetric",
            "conv: {filters: 8, kernel: 3, stride: 2, padding: same}",
            "`same` pads 0 before and 1 after: frameworks that pad both sides equally give other values",
        ),
        (
            "adaptive-uneven",
            "adaptive_avg_pool: 7",
            "7 does not divide 32: the parts of 32x32 differ in size or overlap",
        ),
    ],
)  # fmt: skip
def test_what_is_odd_is_told(rule: str, layer: str, message: str) -> None:
    (found,) = check(rule, layer)
    assert found.message == message


@pytest.mark.parametrize(
    ("rule", "layer"),
    [
        ("large-pool", "max_pool: 2"),
        ("large-pool", "max_pool: {kernel: 3, stride: 2, fit: pad}"),
        ("large-pool", "max_pool: {kernel: 13, stride: 1, padding: 6}"),  # spatial pyramid
        ("large-pool", "max_pool: 32"),  # global
        ("large-pool", "avg_pool: 8"),
        ("pointwise-padding", "conv: {filters: 8, kernel: [1, 7], padding: [0, 3]}"),
        ("pointwise-padding", "conv: {filters: 8, kernel: 1}"),
        ("pointwise-padding", "conv: {filters: 8, kernel: 1, padding: 1, padding_mode: reflect}"),
        ("even-kernel", "conv: {filters: 8, kernel: 4, stride: 2, padding: 1}"),  # of DCGAN
        ("even-kernel", "conv: {filters: 8, kernel: 2}"),
        ("even-kernel", "conv: {filters: 8, kernel: 4, padding: same}"),
        ("even-kernel", "conv: {filters: 8, kernel: 3, padding: 1}"),
        ("dilation-padding", "conv: {filters: 8, kernel: 3, dilation: 6, padding: 6}"),  # of SSD
        ("dilation-padding", "conv: {filters: 8, kernel: 3, dilation: 2}"),
        ("dilation-padding", "conv: {filters: 8, kernel: 3, dilation: 2, padding: [[4, 0], [4, 0]]}"),  # causal
        ("dilation-padding", "conv: {filters: 8, kernel: 3, dilation: 2, padding: same}"),
        ("stride-skips-input", "conv: {filters: 8, kernel: 2, stride: 2}"),
        ("stride-skips-input", "conv: {filters: 8, kernel: 3, stride: 2, padding: 1}"),
        ("checkerboard", "conv_transpose: {filters: 8, kernel: 4, stride: 2, padding: 1}"),
        ("checkerboard", "conv_transpose: {filters: 8, kernel: 3}"),
        ("default-stride", "max_pool: 2"),
        ("default-stride", "max_pool: {kernel: 3, stride: 3, fit: crop}"),
        ("default-stride", "max_pool: 32"),
        ("same-asymmetric", "conv: {filters: 8, kernel: 3, padding: same}"),
        ("same-asymmetric", "conv: {filters: 8, kernel: 2, stride: 2, padding: same}"),
        ("adaptive-uneven", "adaptive_avg_pool: 8"),
    ],
)
def test_what_only_looks_odd_is_not(rule: str, layer: str) -> None:
    assert check(rule, layer) == []


def test_help_says_what_to_type() -> None:
    (found,) = check("checkerboard", "conv_transpose: {filters: 8, kernel: 3, stride: 2}")
    assert found.help == ("`kernel: 2` or `kernel: 4` overlaps evenly; so does `upsample: 2` and a convolution",)
    (found,) = check("dilation-padding", "conv: {filters: 8, kernel: 5, dilation: 3, padding: 2}")
    assert found.help == ("`padding: 6`, 3 x (5 - 1) / 2, keeps the size",)
    (found,) = check("adaptive-uneven", "adaptive_avg_pool: 7")
    assert found.help == ("`size: 4` or `size: 8` divides 32",)


def test_projection_in_a_residual_block_is_published() -> None:
    main = "conv: {filters: 8, kernel: 3, stride: 2, padding: 1}"
    add = f"add: [[{{{main}}}], [{{conv: {{filters: 8, kernel: 1, stride: 2}}}}, batch_norm]]"
    (found,) = check("stride-skips-input", add)
    assert found.severity == "info"
    assert check("stride-skips-input", "conv: {filters: 8, kernel: 1, stride: 2}")[0].severity == "warning"


MAIN = "{conv: {filters: 16, kernel: 3, stride: 2, padding: 1}}"
SCALE = "{depthwise_conv: {kernel: 1, stride: 2}}"


@pytest.mark.parametrize(
    "layers",
    [
        (f"add: [[{MAIN}], [{SCALE}, batch_norm]]",),
        (f"add: [[{MAIN}], [{{max_pool: {{kernel: 1, stride: 2}}}}]]",),
        (
            "{relu: , name: x}",
            "{conv: {filters: 24, kernel: 1, stride: 2}, name: p}",
            f"add: [[{{from: x}}, {MAIN}], [{{from: p}}, {{slice: {{stop: 16}}}}]]",
            "concat: [[], [{from: p}, {slice: {start: 16}}]]",
        ),
    ],
    ids=["scale branch", "subsampled identity", "sliced projection"],
)
def test_positions_that_another_branch_sees(layers: tuple[str, ...]) -> None:
    assert check("stride-skips-input", *layers, "relu") == []


@pytest.mark.parametrize(
    "layers",
    [
        (f"add: [[{SCALE}], [{SCALE}]]",),
        (f"concat: [[{MAIN}], [{SCALE}]]",),
        (f"multiply: [[{MAIN}], [{SCALE}]]",),
        (SCALE, "relu", f"add: [[{MAIN}], [{{avg_pool: 2}}]]"),
        (SCALE, "relu", "add: [[relu], []]"),
        (f"add: [[{MAIN}], [{{avg_pool: {{kernel: 1, stride: 2}}}}]]",),
    ],
    ids=["both", "joined", "gate", "before the block", "no stride beside", "mean of one"],
)
def test_positions_that_are_lost(layers: tuple[str, ...]) -> None:
    found = check("stride-skips-input", *layers)
    assert found
    assert {each.severity.value for each in found} == {"warning"}


def test_subsampled_result_is_there_as_a_whole() -> None:
    layers = ("{conv: {filters: 8, kernel: 3, padding: 1}, name: p5}", "{max_pool: {kernel: 1, stride: 2}, name: p6}")
    assert check("stride-skips-input", *layers, header="outputs: [p5, p6]\n") == []
    assert check("stride-skips-input", *layers, header="outputs: [p6]\n") != []


def test_equal_layers_are_each_looked_at() -> None:
    layers = (f"add: [[{MAIN}], [{SCALE}]]", "relu", "upsample: 2", SCALE)
    (found,) = check("stride-skips-input", *layers)
    assert found.layer == "depthwise_conv1"


def test_projection_from_one_position_spreads_evenly() -> None:
    assert check("checkerboard", "conv_transpose: {filters: 8, kernel: 5, stride: 2}", volume="1x1x100") == []


# large-filter


def test_wide_filters_behind_the_first_layer() -> None:
    wide = "conv: {filters: 16, kernel: 7, padding: 3}"
    (found,) = check("large-filter", wide, "relu", "max_pool: 2", wide, "relu", "fc: 10")
    assert found.layer == "conv2"
    assert found.message == "filters of 7x7 hold 49 weights for each pair of channels, 3 of 3x3 27"


@pytest.mark.parametrize(
    "layer",
    [
        "depthwise_conv: {kernel: 7, padding: 3}",
        "conv: {filters: 16, kernel: 7, padding: 3, groups: 16}",
        "conv: {filters: 16, kernel: [1, 7], padding: [0, 3]}",
        "conv: {filters: 16, kernel: 7, stride: 2, padding: 3}",
        "conv: {filters: 16, kernel: 5, padding: 2}",
        "conv: {filters: 16, kernel: 32}",
    ],
    ids=["depthwise", "grouped", "factorised", "strided", "small", "dense"],
)
def test_filters_that_are_wide_for_a_reason(layer: str) -> None:
    stem = "conv: {filters: 16, kernel: 3, padding: 1}"
    assert check("large-filter", stem, "relu", layer, "relu", "fc: 10") == []


def test_generators_end_in_a_wide_filter() -> None:
    stem = "conv: {filters: 16, kernel: 3, padding: 1}"
    assert check("large-filter", stem, "relu", "conv: {filters: 3, kernel: 7, padding: 3}", "tanh") == []


# early-collapse


CONV = "conv: {filters: 16, kernel: 3, padding: 1}"


def test_window_over_a_single_position() -> None:
    (found,) = check("early-collapse", *["max_pool: 2"] * 5, CONV, "relu", CONV, "relu", "fc: 10")
    assert found.message == "3x3 window with stride 1 slides over 1x1: most of it sees padding"
    assert (found.layer, found.severity) == ("conv1", "warning")


def test_window_over_four_positions_is_an_info() -> None:
    (found,) = check("early-collapse", *["max_pool: 2"] * 4, CONV, "relu", "fc: 10")
    assert found.severity == "info"
    assert check("early-collapse", *["max_pool: 2"] * 3, CONV, "relu", "fc: 10") == []


def test_heads_and_vectors_do_not_collapse() -> None:
    assert check("early-collapse", *["max_pool: 2"] * 5, CONV) == []  # SSD's last head
    assert check("early-collapse", CONV, "relu", "fc: 10", volume="1x1x16") == []
    gate = "multiply: [[], [global_avg_pool, {conv: {filters: 16, kernel: 1}}, sigmoid]]"
    assert check("early-collapse", CONV, "relu", gate, "fc: 10") == []


HALVING = (CONV, "relu", "max_pool: 2")


@pytest.mark.parametrize(
    ("layers", "volume", "steps"),
    [
        ((*HALVING * 5, "fc: 10"), "32x32x3", "32x32"),
        ((*HALVING * 5, "flatten", "linear: 10"), "32x32x3", "32x32"),
        ((*HALVING * 3, "fc: 64", "relu", "fc: 10"), "8x8x3", "8x8"),
        (
            ("conv: {filters: 8, kernel: 3, stride: 2, padding: 1, fit: crop}", "relu") * 5 + ("fc: 10",),
            "32x32x3",
            "32x32",
        ),
        (("conv: {filters: 8, kernel: 2, stride: 2}", "relu") * 5 + ("global_avg_pool", "fc: 10"), "32x32x3", "32x32"),
        (("conv: {filters: 8, kernel: 2, stride: 2}", "relu") * 6 + ("fc: 10",), "{length: 64, channels: 2}", "64"),
    ],
)
def test_strides_as_large_as_the_image(layers: tuple[str, ...], volume: str, steps: str) -> None:
    (found,) = check("early-collapse", *layers, volume=volume)
    assert found.severity == "warning"
    assert found.message.startswith(f"the strides up to here multiply to {steps}, and the image is ")


UP = "conv_transpose: {filters: 8, kernel: 2, stride: 2}"


@pytest.mark.parametrize(
    ("layers", "volume", "header"),
    [
        ((*HALVING * 4, "fc: 10"), "32x32x3", ""),
        ((*HALVING * 4, "fc: 10"), "28x28x1", "fit: crop\n"),  # Omniglot
        ((*HALVING * 2, "avg_pool: 8", "fc: 10"), "32x32x3", ""),  # ResNets of CIFAR-10
        ((*HALVING * 2, "max_pool: 8", "fc: 10"), "32x32x3", ""),
        ((*HALVING * 3, "conv: {filters: 8, kernel: 4}", "relu", "fc: 10"), "32x32x3", ""),
        ((*HALVING * 5, UP, "relu", UP), "32x32x3", ""),  # pix2pix
        ((*HALVING * 4, "conv: {filters: 1, kernel: 2, stride: 2}"), "32x32x3", ""),  # a head
        ((*HALVING * 5, "conv: {filters: 8, kernel: 1}"), "32x100x3", "fit: crop\n"),  # a line of text
        (("max_pool: 2", "max_pool: 2", "fc: 10"), "4x4x3", ""),
    ],
)
def test_strides_smaller_than_the_image_or_meant(layers: tuple[str, ...], volume: str, header: str) -> None:
    found = check("early-collapse", *layers, volume=volume, header=header)
    assert [each for each in found if each.severity != "info"] == []


# odd-input


def test_side_that_cannot_be_halved() -> None:
    halving = "conv: {filters: 16, kernel: 3, stride: 2, padding: same}"
    (found,) = check("odd-input", *[halving, "relu"] * 5, volume="101x101x3")
    assert found.message == "101 can be halved 0 times, but the network halves it 5 times"
    assert found.help == ("the nearest sides that can: 96 or 128",)


def test_side_that_can_be_halved_or_need_not_be() -> None:
    halving = "conv: {filters: 16, kernel: 3, stride: 2, padding: same}"
    assert check("odd-input", *[halving, "relu"] * 5, volume="96x96x3") == []
    assert check("odd-input", *[halving, "relu"] * 2, volume="101x101x3") == []
    assert check("odd-input", *["conv: {filters: 16, kernel: 3}", "relu"] * 5, volume="101x101x3") == []


def test_alexnet_at_227_is_exact() -> None:
    pool = "max_pool: {kernel: 3, stride: 2}"
    assert check("odd-input", "conv: {filters: 96, kernel: 11, stride: 4}", pool, pool, pool, volume="227x227x3") == []


# border-loss


def test_border_that_is_washed_away() -> None:
    (found,) = check("border-loss", *["conv: {filters: 16, kernel: 3}", "relu"] * 5)
    assert found.message == "5 convolutions without padding have removed 10 of 32 rows"


def test_few_layers_and_padded_ones_keep_the_border() -> None:
    assert check("border-loss", *["conv: {filters: 16, kernel: 5}", "relu", "max_pool: 2"] * 2, "fc: 10") == []
    assert check("border-loss", *["conv: {filters: 16, kernel: 3, padding: same}", "relu"] * 9) == []


# strided-conv-downsampling


def test_sizing_pattern_is_only_held_to_when_asked() -> None:
    text = spec("conv: {filters: 8, kernel: 2, stride: 2}", "relu", CONV)
    assert not [each for each in archspec.check(text) if each.rule == "strided-conv-downsampling"]
    settings = Settings(frozenset(("strided-conv-downsampling",)))
    (found,) = examine_family(text, settings=settings)[0].diagnostics
    assert (found.layer, found.message) == ("conv1", "2x2 window with stride 2 turns 32x32 into 16x16")


# receptive-field


def test_layers_that_see_the_whole_image_already() -> None:
    """VGG-16's third stage ends where 32x32 is seen: 1 + 2 + 2, halved, + 4 + 4, halved, + 8 + 8 ..., and each pool."""
    stages = [*[CONV, "relu"] * 2, "max_pool: 2", *[CONV, "relu"] * 2, "max_pool: 2", *[CONV, "relu"] * 3]
    (found,) = check("receptive-field", *stages, "max_pool: 2", *[CONV, "relu"] * 6)
    assert found.message == "7 of 13 convolutions come after the receptive field covers the whole image of 32x32"
    assert found.layer == "conv7"
    assert found.label == "conv7 gets positions that see 32x32"
    assert check("receptive-field", *stages, "max_pool: 2", *[CONV, "relu"] * 6, volume="64x64x16") == []


def test_few_layers_and_other_ways_round_are_not_judged() -> None:
    assert check("receptive-field", *[CONV, "relu"] * 6, volume="4x4x16") == []
    residual = f"add: [[{{{CONV}}}, relu, {{{CONV}}}], []]"
    assert check("receptive-field", *[residual, "relu"] * 8, volume="8x8x16") == []


# misaligned-branches


def test_branches_that_look_beside_each_other() -> None:
    left, right = "conv: {filters: 8, kernel: 3, stride: 2, padding: same}", "conv: {filters: 8, kernel: 1, stride: 2}"
    (found,) = check("misaligned-branches", f"concat: [[{{{left}}}], [{{{right}}}]]")
    assert "centered on row 1 of branch1.conv1 and 0 of branch2.conv1" in found.message
    even = "conv: {filters: 8, kernel: 3, stride: 2, padding: 1}"
    assert check("misaligned-branches", f"concat: [[{{{even}}}], [{{{right}}}]]") == []


def test_branches_of_published_blocks_are_aligned() -> None:
    reduction = "concat: [[{conv: {filters: 8, kernel: 3, stride: 2}}], [{max_pool: {kernel: 3, stride: 2}}]]"
    assert check("misaligned-branches", reduction, volume="35x35x16") == []


def test_receptive_field_of_a_global_pool() -> None:
    """Three 3x3 convolutions see 7x7 (Simonyan and Zisserman 2015, section 2.3)."""
    (found,) = check("receptive-field", *[CONV, "relu"] * 3, "global_avg_pool", "fc: 10", volume="8x8x16")
    assert found.message == "global_avg_pool brings together positions that see 7x7 of the image of 8x8"
    assert check("receptive-field", *[CONV, "relu"] * 3, "global_avg_pool", "fc: 10", volume="7x7x16") == []


def test_receptive_field_of_a_gate_is_none_of_a_result() -> None:
    gate = "multiply: [[], [global_avg_pool, {fc: 16}, sigmoid]]"
    assert check("receptive-field", CONV, gate, "relu", volume="32x32x16") == []
