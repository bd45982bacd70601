"""Shape rules whose conditions have exceptions: each exception is tried beside the fault."""

from __future__ import annotations

import numpy as np
import pytest

import archspec
from archspec.ops import operator
from archspec.volume import Volume


def told(text: str, rule: str) -> list[str]:
    """Messages of one rule about a spec; the other rules may tell what they like."""
    return [found.message for found in archspec.check(f"name: net\n{text}") if found.rule == rule]


LENET = "input: 32x32x1\nlayers:\n  - {conv: {filters: 16, kernel: 19}}\n  - avg_pool: 2\n  - flatten\n  - fc: 10\n"


def test_leftover_map_before_a_dense_layer_of_each_position() -> None:
    text = "input: 16x16x8\nlayers:\n  - avg_pool: 8\n  - flatten\n  - linear: 10\n"
    assert told(text, "leftover-map") == [
        "this pool leaves 2x2 positions, and linear1 takes all of them: 32 elements instead of 8"
    ]


@pytest.mark.parametrize("between", ["", "  - flatten\n", "  - dropout: 0.5\n  - flatten\n"])
def test_leftover_map(between: str) -> None:
    text = f"input: 16x16x8\nlayers:\n  - avg_pool: 8\n{between}  - fc: 10\n"
    assert told(text, "leftover-map") == [
        "this pool leaves 2x2 positions, and fc1 takes all of them: 32 elements instead of 8"
    ]


@pytest.mark.parametrize(
    "text",
    [
        LENET,
        "input: 8x8x8\nlayers:\n  - avg_pool: 8\n  - fc: 10\n",
        "input: 16x16x8\nlayers:\n  - avg_pool: 8\n  - conv: {filters: 4, kernel: 1}\n  - fc: 10\n",
        "input: 16x16x8\nlayers:\n  - max_pool: 8\n  - fc: 10\n",
    ],
    ids=["a pool that subsamples", "nothing is left over", "a convolution between", "a max pool"],
)
def test_no_leftover_map(text: str) -> None:
    assert told(text, "leftover-map") == []


def test_linear_on_map_told_once_at_the_first() -> None:
    text = "input: 28x28x8\nlayers:\n  - max_pool: 4\n  - linear: 32\n  - relu\n  - linear: 10\n  - softmax\n"
    assert told(text, "linear-on-map") == ["linear gives 32 values at each of the 7x7 positions: 7x7x32"]


@pytest.mark.parametrize(
    "text",
    [
        "input: 28x28x8\nlayers:\n  - linear: 32\n",
        "input: 28x28x8\nlayers:\n  - max_pool: 4\n  - linear: 32\n  - upsample: 4\n",
        "input: 28x28x8\nlayers:\n  - max_pool: 4\n  - tokens\n  - linear: 32\n",
        "input: 28x28x8\nlayers:\n  - max_pool: 4\n  - linear: 32\n  - conv: {filters: 3, kernel: 3}\n",
        "input: 28x28x8\nlayers:\n  - global_avg_pool\n  - linear: 32\n",
    ],
    ids=["at every pixel", "brought back to size", "of tokens", "in the middle", "of one position"],
)
def test_linear_that_is_meant(text: str) -> None:
    assert told(text, "linear-on-map") == []


@pytest.mark.parametrize(
    ("layers", "header"),
    [
        ("  - linear: 10\n  - softmax\n", ""),
        ("  - linear: 32\n  - relu\n  - linear: 10\n  - log_softmax\n", ""),
        ("  - conv: {filters: 8, kernel: 3, padding: 1}\n  - relu\n  - linear: 10\n", "loss: softmax\n"),
    ],
)
def test_linear_that_gives_scores_of_a_small_image(layers: str, header: str) -> None:
    for side, is_told in ((8, True), (64, True), (65, False)):
        text = f"input: {side}x{side}x3\n{header}layers:\n{layers}"
        assert bool(told(text, "linear-on-map")) == is_told


def test_linear_that_gives_scores_of_each_pixel() -> None:
    text = "input: 8x8x3\nlayers:\n  - max_pool: 2\n  - upsample: 2\n  - linear: 10\n  - softmax\n"
    assert told(text, "linear-on-map") == []


def test_single_value_norm_by_what_the_batch_is() -> None:
    text = "input: 8x8x3\n{batch}layers:\n  - fc: 10\n  - batch_norm\n  - relu\n"
    levels = {
        batch: [
            found.severity.value
            for found in archspec.check("name: net\n" + text.format(batch=batch))
            if found.rule == "single-value-norm"
        ]
        for batch in ("", "batch: 1\n", "batch: 2\n")
    }
    assert levels == {"": ["info"], "batch: 1\n": ["error"], "batch: 2\n": []}
    assert told("input: 1x2x3\nbatch: 1\nlayers:\n  - batch_norm\n", "single-value-norm") == []


@pytest.mark.parametrize(
    ("layer", "volume", "texts"),
    [
        ("instance_norm", "1x1x8", []),
        ("group_norm: 8", "1x1x8", ["`groups: 4` normalizes 2 channels together"]),
        ("group_norm: 9", "1x1x9", ["`groups: 3` normalizes 3 channels together"]),
        ("group_norm: 1", "1x1x1", []),
        ("layer_norm", "4x4x1", []),
        ("instance_norm", "{length: 1, channels: 8}", []),
        ("layer_norm", "{channels: 1}", []),
    ],
)
def test_single_value_norm_for_every_norm(layer: str, volume: str, texts: list[str]) -> None:
    (found,) = archspec.check(f"name: net\ninput: {volume}\nbatch: 32\nlayers:\n  - {layer}\n")
    assert (found.rule, found.severity.value) == ("single-value-norm", "error")
    assert list(found.help[:-1]) == texts
    assert "gives the same for any input" in found.message


@pytest.mark.parametrize(
    ("layer", "volume"),
    [
        ("instance_norm", "1x2x8"),
        ("group_norm: 4", "1x1x8"),
        ("group_norm: 8", "2x1x8"),
        ("layer_norm", "1x1x2"),
        ("batch_norm", "1x1x8"),
        ("lrn", "1x1x1"),
    ],
)
def test_norms_of_several_values(layer: str, volume: str) -> None:
    assert told(f"input: {volume}\nbatch: 32\nlayers:\n  - {layer}\n", "single-value-norm") == []


def test_norms_take_their_statistics_from_as_many_values_as_they_say() -> None:
    """A norm of a single value gives zero; of two or more it does not."""
    for name, arguments in (("layer_norm", {}), ("group_norm", {"groups": 4}), ("instance_norm", {})):
        for shape in ((1, 1, 1, 4), (1, 1, 1, 8), (1, 2, 1, 4), (1, 3, 3, 1)):
            made = operator(name).model_validate(arguments)
            volume = Volume(shape[1:-1], shape[-1])
            if made.infer([volume]) is None:
                continue
            x = np.random.default_rng(231).normal(size=shape)
            weights = {each.name: np.full(each.shape, float(each.initial == "ones")) for each in made.weights([volume])}
            assert (made.values_per_mean([volume]) == 1) == (not made.forward([x], weights).any())


HOURGLASS = """\
input: {size}x{size}x1
layers:
  - conv: {{filters: 8, kernel: 3, stride: 2, padding: 1}}
  - conv: {{filters: 16, kernel: 3, stride: 2, padding: 1}}
  - conv_transpose: {{filters: 8, kernel: 3, stride: 2, padding: 1{first}}}
  - conv_transpose: {{filters: 1, kernel: 3, stride: 2, padding: 1{second}}}
"""


def test_transpose_misses_both_ways() -> None:
    text = HOURGLASS.format(size=28, first="", second=", output_padding: 1")
    assert told(text, "transpose-misses") == ["conv_transpose1 gives 13x13, and conv2, which it mirrors, got 14x14"]
    (found,) = (each for each in archspec.check("name: net\n" + text) if each.rule == "transpose-misses")
    assert found.help == ("`output_padding: 1` gives 14x14",)


@pytest.mark.parametrize("size", [28, 25])
def test_transpose_comes_back(size: int) -> None:
    extra = ", output_padding: 1" if size % 2 == 0 else ""
    assert told(HOURGLASS.format(size=size, first=extra, second=extra), "transpose-misses") == []


def test_transpose_that_mirrors_nothing() -> None:
    generator = "input: 4x4x8\nlayers:\n  - conv_transpose: {filters: 8, kernel: 4, stride: 2, padding: 1}\n"
    assert told(generator, "transpose-misses") == []


@pytest.mark.parametrize(
    ("stride", "dilation", "extra", "wrong"),
    [(2, 1, 1, False), (2, 1, 2, True), (1, 1, 1, True), (1, 2, 1, False), (3, 1, 2, False)],
)
def test_output_padding_as_pytorch_has_it(stride: int, dilation: int, extra: int, *, wrong: bool) -> None:
    """torch.nn.ConvTranspose2d: "output padding must be smaller than either stride or dilation"."""
    arguments = f"filters: 4, kernel: 3, stride: {stride}, dilation: {dilation}, output_padding: {extra}"
    text = f"input: 8x8x3\nlayers:\n  - conv_transpose: {{{arguments}}}\n"
    assert bool(told(text, "output-padding")) == wrong


def test_groups_far_beyond_all_channels() -> None:
    """What would do is looked for nearby, not on the whole way down."""
    text = f"input: 8x8x8\nlayers:\n  - conv: {{filters: 8, kernel: 3, groups: {10**60}}}\n"
    found = [each for each in archspec.check(f"name: net\n{text}") if each.rule == "indivisible-groups"]
    assert len(found) == 2
    assert all(each.help[0].endswith("so would `groups: 8`") for each in found)


# budget: ceilings of the configuration

DENSE = "name: net\ninput: 8x8x3\n{budget}layers:\n  - fc: 10\n"
"""1,930 parameters: 7,720 bytes in float32."""


@pytest.mark.parametrize(
    ("thresholds", "budget", "fires"),
    [
        ({"param-memory": 7_719}, "", True),
        ({"param-memory": 7_720}, "", False),
        ({"param-memory": 0}, "", False),
        ({"param-memory": 7_719}, "budget: {param_memory: 8kB}\n", False),
        ({"peak-memory": 1}, "budget: {param_memory: 8kB}\n", True),
    ],
    ids=["one byte too many", "as many as may be", "no limit", "the spec's own counts", "another figure"],
)
def test_ceilings_for_all_specs(thresholds: dict[str, float], budget: str, *, fires: bool) -> None:
    found = archspec.check(DENSE.format(budget=budget), config={"thresholds": thresholds})
    assert [each.rule for each in found] == ["budget"] * fires
    assert all(each.span is not None and each.span.text == "net" for each in found)
