"""What rules say, beyond the texts in tests/cases: that it is true, told once, and told of the right thing."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import archspec
from archspec.ops._window import Window
from archspec.rules._wording import by_axis, join, number, pieces
from archspec.spec.models import Facts, Figures

if TYPE_CHECKING:
    from archspec.diagnostics import Diagnostic


def check(*layers: str, header: str = "", volume: str = "10x10x3") -> list[Diagnostic]:
    text = f"name: example\ninput: {volume}\n{header}layers:\n"
    return archspec.check(text + "".join(f"  - {layer}\n" for layer in layers))


def rules(found: list[Diagnostic]) -> list[str]:
    return [each.rule for each in found]


# Independent mistakes


def test_fraction_is_told_beside_groups() -> None:
    """Neither has to do with the other."""
    found = check("conv: {filters: 8, kernel: 3, stride: 2, groups: 2, in_channels: 3}")
    assert sorted(rules(found)) == ["fractional-output", "indivisible-groups"]


def test_fraction_is_told_beside_a_claim() -> None:
    found = check("conv: {filters: 8, kernel: 3, stride: 2, in_channels: 4}")
    assert sorted(rules(found)) == ["channel-mismatch", "fractional-output"]


def test_kernel_too_large_hides_what_follows_from_it() -> None:
    assert rules(check("max_pool: {kernel: 99, stride: 5}", "max_pool: 77")) == ["kernel-too-large"]


def test_every_fault_of_a_layer_names_the_layer() -> None:
    for layer in (
        "conv: {filters: 8, kernel: 99}",
        "conv: {filters: 8, kernel: 3, stride: 2}",
        "conv: {filters: 8, kernel: 3, groups: 2}",
        "conv: {filters: 8, kernel: [3]}",
        "conv: {filters: 8, kernel: 3, in_channels: 1}",
        "fc: {units: 8, in_features: 1}",
        "max_pool: {kernel: 2, padding: 2}",
        "{relu: , expect: 1x1x1}",
    ):
        for found in check("{relu: , name: before}", layer):
            assert found.layer not in (None, "before")


# `ignore`


def test_ignore_is_for_one_layer_and_one_rule() -> None:
    pool = "max_pool: {kernel: 3, stride: 2"
    found = check(f"{{{pool}}}, ignore: fractional-output, expect: 9x9x9}}", f"{pool}}}")
    assert [(each.rule, each.layer) for each in found] == [
        ("expectation", "max_pool1"),
        ("fractional-output", "max_pool2"),
    ]


def test_ignore_of_the_last_layer_is_not_for_the_network() -> None:
    """What the spec states of the whole network is not the last layer's to waive."""
    found = check("{relu: , ignore: [expectation, budget]}", header="expect: 9x9x9\nbudget: {activations: 1}\n")
    assert sorted(rules(found)) == ["budget", "expectation"]


# Words that must be true


@pytest.mark.parametrize("layer", ["conv: {filters: 8, kernel: 1, stride: 3}", "max_pool: {kernel: 2, stride: 7}"])
def test_gap_is_not_called_padding(layer: str) -> None:
    """Without padding none can be left over: what is, lies in the gap between two windows."""
    found, *others = check(layer, volume="12x12x3")
    assert rules(others) == ["stride-skips-input"]
    assert found.severity == archspec.Severity.INFO
    assert "padding" not in found.message


def test_linear_on_a_map_is_not_explained_by_pooling() -> None:
    """`linear` sees channels only; no pooling makes 3 out of 3,072. `fc` was meant."""
    (found,) = check("linear: {units: 10, in_features: 3072}", volume="32x32x3")
    assert not any("pooling" in note for note in found.notes)
    assert any("`fc`" in line for line in (*found.notes, *found.help))


def test_features_explained_by_a_pooling() -> None:
    (found,) = check("fc: {units: 10, in_features: 75}")
    assert any("2 x 2 times" in note for note in found.notes)
    (found,) = check("fc: {units: 10, in_features: 1200}")
    assert any("2 x 2 times" in note for note in found.notes)
    (found,) = check("fc: {units: 10, in_features: 600}")
    assert found.notes == ()


def test_channels_first_is_told_before_kernels() -> None:
    (found,) = check("conv: {filters: 8, kernel: 7}", volume="3x64x64")
    assert "64x64x3" in found.help[0]
    assert "kernel" not in found.help[0]


def test_channels_first_is_not_guessed_at_random() -> None:
    for volume in ("4x4x3", "3x3x4", "2x64x64", "16x16x64"):
        for found in check("conv: {filters: 8, kernel: 99}", volume=volume):
            assert "channels x height" not in "".join(found.help)


def test_one_position_is_singular() -> None:
    (found,) = check("conv: {filters: 8, kernel: [3]}")
    assert "1 values" not in found.message
    (found,) = check("conv: {filters: 8, kernel: 3, padding: 1, padding_mode: reflect}", volume="1x1x3")
    assert "1 positions" not in found.message


# What contributes most

CIFAR = ("conv: {filters: 12, kernel: 3, padding: same, bias: false}", "batch_norm", "relu", "fc: 10")


def contributions(found: Diagnostic) -> dict[str, int]:
    (note,) = (note for note in found.notes if note.startswith("the largest"))
    return {
        name: int(value.replace(",", "")) for name, value in re.findall(r"(\w+) ([\d,]*\d)", note.partition(":")[2])
    }


COUNTED = ["params", "weights", "biases", "trainable_params", "unshared_params", "buffers", "macs", "flops"]


@pytest.mark.parametrize("figure", [*COUNTED, "activations", "forward_memory", "param_memory"])
def test_contributions_are_part_of_the_total(figure: str) -> None:
    (found,) = check(*CIFAR, header=f"expect: {{{figure}: 1}}\n", volume="32x32x3")
    match = re.search(r"has ([\d,]+) ", found.message)
    assert match is not None
    total = int(match[1].replace(",", ""))
    parts = contributions(found)
    assert list(parts.values()) == sorted(parts.values(), reverse=True)
    assert sum(parts.values()) <= total, "more than there is"
    assert len(parts) <= 3
    if figure not in ("flops", "activations", "forward_memory"):
        assert sum(parts.values()) == total  # three layers and no more contribute


def test_activations_in_place_contribute_nothing() -> None:
    (found,) = check(*CIFAR, header="budget: {activations: 1}\n", volume="32x32x3")
    assert "relu1" not in contributions(found)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
def test_parameters_contribute_to_training_memory(optimizer: str) -> None:
    """fc1 keeps 30,730 parameters at least twice, far more than any volume here."""
    spec = ("max_pool: 2", "max_pool: 2", "fc: 4096", "relu", "fc: 10")
    (found,) = check(*spec, header=f"budget: {{training_memory: {{{optimizer}: 1kB}}}}\n", volume="32x32x3")
    assert next(iter(contributions(found))) == "fc1"


# Facts and ceilings


def test_every_figure_is_compared() -> None:
    """A stated figure that were never looked at would be a silent success."""
    values = {"output": "9x9x9", "receptive_field": "999", "training_memory": "{sgd: 1, momentum: 1, adam: 1}"}
    for model, key in ((Facts, "expect"), (Figures, "budget")):
        for name in model.model_fields:
            found = check(*CIFAR, header=f"{key}: {{{name}: {values.get(name, '1')}}}\n")
            assert set(rules(found)) == {"expectation" if key == "expect" else "budget"}, name
            assert len(found) == (3 if name == "training_memory" else 1)


def test_every_figure_of_a_layer_is_compared_or_refused() -> None:
    values = {"output": "9x9x9", "receptive_field": "999", "training_memory": "{sgd: 1}"}
    for name in Facts.model_fields:
        found = check(f"{{conv: {{filters: 8, kernel: 3}}, expect: {{{name}: {values.get(name, '123457')}}}}}")
        assert rules(found) in (["expectation"], ["unknown-key"]), name


def test_a_fact_counts_for_the_batch_of_the_spec() -> None:
    for batch, memory in ((1, 4 * (300 + 512)), (5, 5 * 4 * (300 + 512))):
        header = f"batch: {batch}\nexpect: {{forward_memory: {memory}}}\n"
        assert check("conv: {filters: 8, kernel: 3}", header=header) == []


def test_facts_about_another_input_are_left_aside() -> None:
    text = "name: a\ninput: 8x8x3\nlayers:\n  - {relu: , expect: 8x8x3}\nexpect: {activations: 192}\n"
    assert archspec.check(archspec.load(text)) == []
    assert archspec.check(archspec.load(text, input="9x9x3")) == []


def test_ceiling_of_zero() -> None:
    assert rules(check("fc: 10", header="budget: {params: 0}\n")) == ["budget"]
    assert rules(check("relu", header="budget: {params: 0}\n")) == []


# The pieces of messages


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(9, 2), "4.5"),
        (Fraction(217, 4), "54.25"),
        (Fraction(4), "4"),
        (Fraction(224, 3), "74 2/3"),
        (Fraction(1, 3), "0 1/3"),
        (Fraction(-5, 2), "-2.5"),
        (Fraction(1, 10000), "0.0001"),
        (Fraction(1, 32), "1/32"),
        (Fraction(21, 20), "1.05"),
        (Fraction(0), "0"),
    ],
)
def test_fractions(value: Fraction, text: str) -> None:
    assert number(value) in (text, f"0 {text}")


@given(value=st.fractions(min_value=0, max_denominator=1000))
def test_fractions_are_exact(value: Fraction) -> None:
    """What is written is the value itself, never rounded."""
    whole, _, rest = number(value).partition(" ")
    assert Fraction(whole) + (Fraction(rest) if rest else 0) == value


@pytest.mark.parametrize(
    ("words", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (list("abc"), "a, b and c")]
)
def test_join(words: list[str], text: str) -> None:
    assert join(words) == text


@pytest.mark.parametrize(
    ("axis", "one", "two"),
    [
        ("height", "1 row", "2 rows"),
        ("width", "1 column", "2 columns"),
        ("depth", "1 slice", "2 slices"),
        ("length", "1 position", "2 positions"),
    ],
)
def test_pieces(axis: str, one: str, two: str) -> None:
    assert (pieces(1, axis), pieces(2, axis)) == (one, two)


def test_axes_alike_are_told_once() -> None:
    same = (Window(10, 3, 2),) * 2
    other = (Window(10, 3, 2), Window(11, 3, 2))
    axes, texts = ("height", "width"), ("4.5", "5")
    assert by_axis(axes, same, ("4.5", "4.5"), [True, True]) == "4.5"
    assert by_axis(axes, other, texts, [True, False]) == "height 4.5"
    assert by_axis(axes, other, texts, [True, True]) == "height 4.5 and width 5"


@pytest.mark.parametrize(
    ("skip", "offered"),
    [
        ("left", "`crop: 4` on the branch of 24x24x8 would make the sizes equal"),
        ("[{from: left}, {crop: 2}]", "`margin: 4` at branch1.crop1 (line 8) would make the sizes equal"),
    ],
)
def test_branches_that_lose_their_borders_are_cropped(skip: str, offered: str) -> None:
    """As in U-Net: four convolutions take 8 rows away, four on each side."""
    conv = "{conv: {filters: 8, kernel: 3}}"
    layers = ["{relu: , name: left}", conv, f"{{repeat: 3, layers: [{conv}]}}", "tanh", f"concat: [[], {skip}]"]
    text = "name: a\ninput: 24x24x8\nlayers:\n" + "".join(f"  - {layer}\n" for layer in layers)
    found = [each for each in archspec.check(text) if each.rule == "merge-mismatch"]
    assert found[0].help[0] == offered
    mended = text.replace("[[], left]", "[[], [{from: left}, {crop: 4}]]").replace("{crop: 2}", "{crop: 4}")
    assert not [each for each in archspec.check(mended) if each.severity == "error"]
