"""Rules about cost: what they tell, and on what they are silent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import archspec

if TYPE_CHECKING:
    from archspec.diagnostics import Diagnostic

CONV = "conv: {filters: 64, kernel: 3, padding: 1}"


def check(rule: str, *layers: str, volume: str = "32x32x3", header: str = "") -> list[Diagnostic]:
    text = f"name: example\ninput: {volume}\n{header}layers:\n" + "".join(f"  - {layer}\n" for layer in layers)
    return [found for found in archspec.check(text) if found.rule == rule]


# huge-dense


def test_dense_layer_above_fifty_million_weights_in_any_network() -> None:
    (found,) = check("huge-dense", "relu", "fc: 16277", volume="32x32x3")
    assert found.message == "fc1 holds 50,002,944 weights, 100% of all parameters"
    assert found.severity == archspec.Severity.WARNING
    assert found.help[0] == "a `global_avg_pool` before it leaves 3 x 16,277 = 48,831 weights"
    assert check("huge-dense", "relu", "fc: 3254") == []  # 9,996,288


def test_dense_layer_above_ten_million_weights_that_is_most_of_the_network() -> None:
    assert check("huge-dense", "fc: 3300")[0].layer == "fc1"
    assert check("huge-dense", "fc: 3300", "relu", "fc: 3300") == []  # the second one has as many


def test_dense_layer_without_positions_is_not_told_to_pool() -> None:
    (found,) = check("huge-dense", "fc: 4096", volume="{channels: 5000}")
    assert not any("pool" in line for line in found.help)


def test_linear_layer_at_each_position_is_not_told_to_pool() -> None:
    (found,) = check("huge-dense", "linear: 8192", volume="7x7x8192")
    assert not any("pool" in line for line in found.help)


# channel-multiple


def test_channels_that_fill_tiles_incompletely() -> None:
    (found,) = check("channel-multiple", "conv: {filters: 100, kernel: 3}", "relu", "fc: 10")
    assert found.message == "conv1's 100 output channels are not a multiple of 8: 96 or 104 would be"
    assert found.severity == archspec.Severity.INFO
    assert check("channel-multiple", "conv: {filters: 104, kernel: 3}", "relu", "fc: 10") == []


def test_few_channels_do_not_matter() -> None:
    assert check("channel-multiple", "conv: {filters: 12, kernel: 3}", "relu", "fc: 10") == []
    assert check("channel-multiple", "conv: {filters: 90, kernel: 3}", "relu", "fc: 10") != []
    assert check("channel-multiple", "conv: {filters: 20, kernel: 3}", "relu", "fc: 10") != []


def test_the_classes_are_what_they_are() -> None:
    assert check("channel-multiple", "fc: 101", "softmax") == []
    assert check("channel-multiple", "fc: 64", "relu", "{fc: 101, name: scores}", "dropout: 0.5", "sigmoid") == []


def test_an_output_of_a_branch_is_a_result() -> None:
    layers = ("{fc: 64, name: trunk}", "{fc: 101, name: a}", "{from: trunk, fc: 151, name: b}")
    assert check("channel-multiple", *layers, header="outputs: [a, b]\n") == []


def test_gates_are_narrow_on_purpose() -> None:
    gate = "multiply: [[], [global_avg_pool, {fc: 100}, relu, {fc: 64}, sigmoid]]"
    assert check("channel-multiple", CONV, gate, "fc: 10") == []


def test_depthwise_layers_have_the_channels_that_arrive() -> None:
    found = check("channel-multiple", "depthwise_conv: {kernel: 3}", "relu", "fc: 10", volume="32x32x100")
    assert found == []


# duplicate-cost


def test_layer_with_most_of_the_network_is_reported_once() -> None:
    layers = [CONV, "relu"] * 8
    stem = "conv: {filters: 64, kernel: 9, padding: 4}"
    (found,) = check("duplicate-cost", stem, *layers, "global_avg_pool", volume="16x16x64")
    assert (found.layer, found.message) == ("conv1", "conv1 has 53% of all parameters and 53% of all MACs")
    assert found.notes == ("331,840 of 627,264 parameters", "84,934,656 of 160,432,128 MACs")


def test_few_layers_must_share_the_cost() -> None:
    assert check("duplicate-cost", *[CONV, "relu"] * 3) == []


def test_dense_layer_that_is_huge_is_not_told_twice() -> None:
    layers = [*[CONV, "relu"] * 8, "fc: 1024"]
    told = archspec.check(
        "name: n\ninput: 32x32x16\nlayers:\n" + "".join(f"  - {layer}\n" for layer in [*layers, "relu", "fc: 10"])
    )
    assert [found.rule for found in told if found.layer == "fc1"] == ["huge-dense"]


def test_the_scores_are_as_many_as_there_are_classes() -> None:
    assert check("duplicate-cost", *[CONV, "relu"] * 8, "global_avg_pool", "fc: 20000") == []


# first-layer-memory


def test_first_maps_that_hold_most() -> None:
    (found,) = check("first-layer-memory", CONV, "relu", "max_pool: 2", CONV, "relu", volume="224x224x3")
    assert found.message == "maps of 224x224 hold 12.8 MB of the 19.3 MB that a sample keeps"
    assert found.notes == ("the largest: conv1 12.8 MB",)
    assert found.help == (
        "`kernel: 7` with `stride: 2` and `padding: same`, much like ZFNet, would save about 14.5 MB",
        "`kernel: 11` with `stride: 4` and `padding: same`, much like AlexNet, would save about 18.1 MB",
    )


def test_small_images_and_strided_stems_are_silent() -> None:
    assert check("first-layer-memory", CONV, "relu", volume="32x32x3") == []
    stem = "conv: {filters: 64, kernel: 7, stride: 2, padding: 3}"
    assert check("first-layer-memory", stem, "relu", volume="448x448x3") == []


def test_maps_that_grow_again_are_meant_to_be_large() -> None:
    layers = (CONV, "relu", "max_pool: 2", CONV, "relu", "upsample: 2", CONV)
    assert check("first-layer-memory", *layers, volume="224x224x3") == []
