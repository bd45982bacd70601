"""Rules about what follows what: activations, norms, dropout and softmax."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import archspec

if TYPE_CHECKING:
    from archspec.diagnostics import Diagnostic

CONV = "conv: {filters: 16, kernel: 3, padding: 1}"
SAME = "conv: {filters: 16, kernel: 3, padding: 1, bias: false}"


def check(rule: str, *layers: str, volume: str = "32x32x16", header: str = "") -> list[Diagnostic]:
    text = f"name: example\ninput: {volume}\n{header}layers:\n" + "".join(f"  - {layer}\n" for layer in layers)
    found = archspec.check(text)
    assert not [each for each in found if each.severity == "error" and each.rule != rule], found
    return [each for each in found if each.rule == rule]


# missing-activation


@pytest.mark.parametrize(
    "between",
    ["batch_norm", "group_norm: {groups: 4}", "dropout", "upsample: 2", "avg_pool: 2", "concat: [[]]", "pad: 1"],
)
def test_layers_that_are_one_linear_map(between: str) -> None:
    (found,) = check("missing-activation", CONV, between, CONV)
    assert found.message == "no activation between conv1 and conv2: together they are one linear layer"
    assert found.layer == "conv2"
    assert [label.text for label in found.labels] == ["conv1 is here"]


@pytest.mark.parametrize("between", ["relu", "tanh", "max_pool: 2", "lrn: {size: 5}", "softmax"])
def test_what_is_not_linear_is_seen(between: str) -> None:
    assert check("missing-activation", CONV, between, CONV) == []


def test_dense_layers_in_a_row() -> None:
    assert check("missing-activation", "fc: 128", "dropout", "fc: 10")[0].layer == "fc2"
    assert check("missing-activation", "flatten", "linear: 128", "linear: 10")[0].layer == "linear2"
    assert check("missing-activation", CONV, "global_avg_pool", "fc: 10")[0].layer == "fc1"


def test_dense_bottleneck_is_a_product_of_thin_matrices() -> None:
    assert check("missing-activation", "fc: 32", "fc: 512") == []
    assert check("missing-activation", "fc: 32", "fc: 16", volume="{channels: 100}") != []


def test_each_missing_activation_is_told() -> None:
    found = check("missing-activation", CONV, CONV, CONV, "relu", CONV)
    assert [each.layer for each in found] == ["conv2", "conv3"]


def test_concatenation_of_linear_branches() -> None:
    inception = f"concat: [[{{{CONV}}}], [{{{CONV}}}]]"
    (found,) = check("missing-activation", inception, CONV)
    assert found.layer == "conv1"


@pytest.mark.parametrize(
    "layers",
    [
        ("depthwise_conv: {kernel: 3}", "batch_norm", "conv: {filters: 32, kernel: 1}"),
        ("conv: {filters: 32, kernel: 1}", "depthwise_conv: {kernel: 3}"),
        ("conv: {filters: 16, kernel: 3, groups: 16}", "conv: {filters: 32, kernel: 1}"),
        ("depthwise_conv: {kernel: 7, padding: 3}", "layer_norm", "linear: 64", "gelu", "linear: 16"),
    ],
    ids=["separable", "reversed", "grouped", "convnext"],
)
def test_depthwise_and_pointwise_halves(layers: tuple[str, ...]) -> None:
    assert check("missing-activation", *layers) == []


def test_linear_bottlenecks() -> None:
    assert check("missing-activation", "conv: {filters: 8, kernel: 1}", "batch_norm", "conv: {filters: 48, kernel: 1}") == []  # fmt: skip  # noqa: E501
    assert check("missing-activation", "conv: {filters: 16, kernel: 1}", "conv: {filters: 48, kernel: 1}") == []


def test_pointwise_layer_that_widens_is_no_bottleneck() -> None:
    assert check("missing-activation", "conv: {filters: 48, kernel: 1}", "conv: {filters: 16, kernel: 1}") != []


@pytest.mark.parametrize("first", ["[1, 7]", "[7, 1]"])
def test_factorised_windows(first: str) -> None:
    second = "[7, 1]" if first == "[1, 7]" else "[1, 7]"
    layers = [f"conv: {{filters: 16, kernel: {kernel}}}" for kernel in (first, second)]
    assert check("missing-activation", *layers) == []
    assert check("missing-activation", layers[0], layers[0]) != []


def test_space_and_then_time() -> None:
    layers = ("conv: {filters: 45, kernel: [1, 3, 3]}", "conv: {filters: 64, kernel: [3, 1, 1]}")
    assert check("missing-activation", *layers, volume="8x16x16x3") == []


def test_volume_that_is_read_twice_is_more_than_a_step() -> None:
    projection = f"add: [[batch_norm, relu, {{{CONV}}}], [{{conv: {{filters: 16, kernel: 1}}}}]]"
    assert check("missing-activation", CONV, projection) == []  # pre-activation behind a stem
    pyramid = ("{conv: {filters: 16, kernel: 3, padding: 1}, name: p5}", "conv: {filters: 16, kernel: 2, stride: 2}")
    assert check("missing-activation", *pyramid, header="outputs: [p5, conv1]\n") == []


def test_laterals_of_a_pyramid_are_summed() -> None:
    layers = (
        "{relu: , name: c4}",
        "max_pool: 2",
        "conv: {filters: 8, kernel: 1}",
        "upsample: 2",
        "add: [[], [{from: c4}, {conv: {filters: 8, kernel: 1}}]]",
        "conv: {filters: 8, kernel: 3, padding: 1}",
    )
    assert check("missing-activation", *layers) == []


def test_up_convolutions() -> None:
    up = "conv_transpose: {filters: 8, kernel: 2, stride: 2}"
    assert check("missing-activation", "relu", up, CONV) == []
    overlapping = "conv_transpose: {filters: 8, kernel: 4, stride: 2, padding: 1}"
    assert check("missing-activation", "relu", overlapping, overlapping) != []


def test_code_of_an_autoencoder() -> None:
    down, up = (
        "conv: {filters: 8, kernel: 2, stride: 2}",
        "conv_transpose: {filters: 8, kernel: 4, stride: 2, padding: 1}",
    )
    assert check("missing-activation", "relu", down, up) == []


def test_upscaling_by_pixels() -> None:
    assert check("missing-activation", "conv: {filters: 64, kernel: 3, padding: 1}", "pixel_shuffle: 2", CONV) == []


def test_filters_that_are_written_down() -> None:
    fixed = "conv: {filters: 1, kernel: 2, weights: [[1, 0], [0, 1]]}"
    assert check("missing-activation", fixed, CONV, volume="32x32x1") == []


def test_attention_and_its_blocks() -> None:
    encoder = (
        "add: [[layer_norm, {attention: {heads: 4}}, dropout], []]",
        "add: [[layer_norm, {linear: 64}, gelu, dropout, {linear: 16}, dropout], []]",
    )
    layers = ("conv: {filters: 16, kernel: 4, stride: 4}", "tokens", "class_token", "position_embedding", *encoder * 2)
    assert check("missing-activation", *layers, "layer_norm", "select: 0", "fc: 10") == []


# double-activation


@pytest.mark.parametrize("between", ["dropout", "max_pool: 2", "avg_pool: 2", "flatten", "batch_norm"])
def test_activation_of_an_activation(between: str) -> None:
    (found,) = check("double-activation", CONV, "relu", between, "tanh")
    assert found.message == "tanh1 follows relu1: two activations in a row"
    assert found.layer == "tanh1"


def test_norm_and_activation_that_open_a_block() -> None:
    assert check("double-activation", SAME, "batch_norm", "relu", "batch_norm", "relu") == []
    assert check("double-activation", SAME, "relu", "max_pool: 2", "batch_norm", "relu") == []


@pytest.mark.parametrize("between", [CONV, "lrn: {size: 5}", "global_avg_pool", f"add: [[{{{CONV}}}], []]"])
def test_activations_with_something_between(between: str) -> None:
    assert check("double-activation", CONV, "relu", between, "sigmoid") == []


def test_gate_reads_what_it_scales() -> None:
    assert check("double-activation", CONV, "relu", "multiply: [[], [sigmoid]]") == []


def test_squeeze_and_excite() -> None:
    gate = "multiply: [[], [global_avg_pool, {fc: 4}, silu, {fc: 16}, sigmoid]]"
    assert check("double-activation", CONV, "silu", gate) == []


def test_decoder_that_ends_in_tanh() -> None:
    assert check("double-activation", CONV, "relu", CONV, "tanh") == []


def test_self_normalizing_networks() -> None:
    assert check("double-activation", "fc: 16", "selu", "dropout", "fc: 16", "selu", "dropout", "fc: 10") == []


# dropout-before-norm


@pytest.mark.parametrize("between", ["relu", "max_pool: 2", "flatten", "dropout: 0.1"])
def test_dropout_that_reaches_a_norm(between: str) -> None:
    (found,) = check("dropout-before-norm", SAME, "dropout: 0.5", between, "batch_norm")
    assert found.layer == "batch_norm1"


@pytest.mark.parametrize("between", [SAME, "fc: {units: 8, bias: false}", f"add: [[{{{SAME}}}], []]"])
def test_dropout_before_a_layer_with_weights(between: str) -> None:
    assert check("dropout-before-norm", SAME, "dropout: 0.5", between, "batch_norm", header="batch: 2\n") == []


def test_dropout_that_drops_nothing() -> None:
    assert check("dropout-before-norm", SAME, "dropout: 0", "batch_norm") == []


def test_other_norms_have_no_memory_of_training() -> None:
    assert check("dropout-before-norm", SAME, "dropout: 0.5", "layer_norm") == []
    assert check("dropout-before-norm", SAME, "drop_path: 0.5", "batch_norm") == []


# bias-before-norm


def test_biases_that_are_taken_away() -> None:
    (found,) = check("bias-before-norm", CONV, "batch_norm")
    assert found.message == "batch_norm1 cancels the 16 biases of conv1"
    assert (found.severity, found.layer) == ("info", "conv1")
    assert check("bias-before-norm", "fc: 8", "batch_norm", header="batch: 2\n")[0].layer == "fc1"


@pytest.mark.parametrize("between", ["relu", "max_pool: 2"])
def test_biases_that_something_else_uses_first(between: str) -> None:
    assert check("bias-before-norm", CONV, between, "batch_norm") == []


def test_biases_that_another_layer_reads() -> None:
    assert check("bias-before-norm", CONV, "add: [[batch_norm], []]") == []
    assert check("bias-before-norm", SAME, "batch_norm") == []
    assert check("bias-before-norm", CONV, "layer_norm") == []


@pytest.mark.parametrize(
    ("norm", "is_useless"),
    [
        ("instance_norm", True),
        ("group_norm: 16", True),
        ("group_norm: 4", False),
        ("layer_norm", False),
        ("lrn", False),
    ],
)
def test_a_bias_is_useless_before_a_norm_that_subtracts_the_mean_of_each_channel(norm: str, is_useless: bool) -> None:
    found = check("bias-before-norm", CONV, norm)
    assert [each.layer for each in found] == ["conv1"] * is_useless


def test_a_bias_at_every_position_is_not_that_of_a_channel() -> None:
    assert check("bias-before-norm", "local_conv: {filters: 4, kernel: 3}", "batch_norm") == []


# double-softmax


@pytest.mark.parametrize("last", ["softmax", "sigmoid"])
def test_loss_that_applies_softmax_again(last: str) -> None:
    (found,) = check("double-softmax", "fc: 10", last, "flatten", header="loss: softmax\n")
    assert found.message == f"{last}1 makes probabilities, and the loss applies softmax to them"
    assert found.severity == "warning"


def test_softmax_without_a_loss_or_with_another_one() -> None:
    assert check("double-softmax", "fc: 10", "softmax") == []
    assert check("double-softmax", "fc: 10", "softmax", header="loss: svm\n") == []
    assert check("double-softmax", "fc: 10", header="loss: softmax\n") == []


def test_softmax_of_softmax() -> None:
    (found,) = check("double-softmax", "fc: 10", "softmax", "log_softmax")
    assert (found.layer, found.help) == ("softmax1", ("remove softmax1",))


def test_loss_takes_the_logarithms_itself() -> None:
    (found,) = check("double-softmax", "fc: 10", "log_softmax", header="loss: softmax\n")
    assert found.message == "log_softmax1 makes logarithms of probabilities, and the loss applies softmax to them"
    assert (found.severity, found.help) == ("warning", ("remove log_softmax1, or `loss`",))
    assert check("double-softmax", "fc: 10", "log_softmax") == []
    assert check("double-softmax", "fc: 10", "log_softmax", "softmax") == []


def test_sigmoid_before_softmax() -> None:
    (found,) = check("double-softmax", "fc: 10", "sigmoid", "softmax")
    assert found.layer == "sigmoid1"
    assert check("double-softmax", "fc: 10", "sigmoid", "fc: 10", "softmax") == []


def test_softmax_over_one_unit() -> None:
    (found,) = check("double-softmax", "fc: 1", "softmax")
    assert found.message == "softmax over 1 channel gives 1 for any input"
    assert found.severity == "error"
    assert "sigmoid" in found.help[0]
    assert check("double-softmax", "fc: 1", "sigmoid") == []


def test_every_result_has_the_loss() -> None:
    layers = ("{fc: 10, name: trunk}", "{from: trunk, softmax: , name: a}", "{from: trunk, softmax: , name: b}")
    found = check("double-softmax", *layers, header="outputs: [a, b]\nloss: softmax\n")
    assert [each.layer for each in found] == ["a", "b"]


# activated-scores


def test_scores_that_are_cut_off() -> None:
    (found,) = check("activated-scores", "fc: 10", "relu", "softmax")
    assert (found.layer, found.message) == ("relu1", "relu1 cuts the scores off at zero before softmax1")
    (found,) = check("activated-scores", "fc: 10", "relu6", header="loss: svm\n")
    assert (found.layer, found.message) == ("relu6_1", "relu6_1 cuts the scores off at zero before the loss")


@pytest.mark.parametrize(
    "layers",
    [
        ("fc: 10", "leaky_relu", "softmax"),
        (CONV, "relu", "global_avg_pool", "softmax"),
        (CONV, "relu", "global_avg_pool"),
        ("fc: 128", "relu"),
        ("fc: 16", "relu"),
        ("fc: 1", "relu"),
        ("fc: 10", "relu", "fc: 16384", "relu"),
        ("fc: {units: 10, bias: false}", "batch_norm", "relu"),
        ("linear: 10", "relu"),
    ],
    ids=["leaks", "averaged", "no dense", "embedding", "code", "quantity", "rebuilt", "projection", "map"],
)
def test_scores_that_are_not(layers: tuple[str, ...]) -> None:
    assert check("activated-scores", *layers) == []


@pytest.mark.parametrize(
    "layers", [("fc: 10", "relu"), ("fc: 100", "dropout", "relu6"), ("flatten", "linear: 2", "relu")]
)
def test_scores_that_are_cut_off_without_a_stated_loss(layers: tuple[str, ...]) -> None:
    (found,) = check("activated-scores", *layers)
    assert found.severity == "warning"
    assert found.message.endswith(" cuts the scores off at zero")


def test_features_are_no_scores() -> None:
    layers = ("{fc: 10, name: a}", "{relu: , name: b}", "fc: 10")
    assert check("activated-scores", *layers, header="outputs: [b, fc1]\n") == []
