"""The worked examples of the CS231n notes on ConvNets, against the numbers the notes give.

Every number here is written from the notes, or worked out by hand beside them; none is read off archspec.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy.ndimage import correlate
from sklearn.datasets import load_sample_image

import archspec

if TYPE_CHECKING:
    from collections.abc import Sequence

Array = np.ndarray[Any, np.dtype[Any]]

SPECS = Path(__file__).parent.parent / "specs"
CS231N = SPECS / "cs231n"
MISFITS = SPECS / "misfits"
ROWS = {
    "alexnet-conv1", "cifar10", "emboss", "neuron-weights-200", "neuron-weights-32", "no-padding", "one-by-one",
    "pooling-avg", "pooling-l2", "pooling-max", "stride-crop", "stride-pad", "three-convs-224", "vgg16", "zero-padding",
}  # fmt: skip
"""The files of specs/cs231n that these tests know."""


def spec(name: str) -> archspec.Spec:
    return archspec.load(CS231N / f"{name}.yaml")


def figures(name: str) -> archspec.Report:
    return archspec.analyze(spec(name))


def outputs(report: archspec.Report) -> list[str]:
    return [str(layer.node.output) for layer in report.layers]


def noise(*shape: int) -> Array:
    return np.random.default_rng(231).normal(size=shape).astype(np.float32)


def run(name: str, x: Array) -> Array:
    y = archspec.compile(spec(name), seed=1)(x)
    assert isinstance(y, np.ndarray)
    return y


# All of them


def test_every_spec_is_known_here() -> None:
    assert {path.stem for path in CS231N.iterdir()} == ROWS
    assert {path.stem for path in MISFITS.iterdir()} == {"stride", "alexnet-at-224"}


@pytest.mark.parametrize("name", sorted(ROWS))
def test_holds(name: str) -> None:
    errors = [found for found in archspec.check(CS231N / f"{name}.yaml") if found.severity == archspec.Severity.ERROR]
    assert errors == []  # the warnings that there are stand in docs/findings-in-the-zoo.md


@pytest.mark.parametrize("name", sorted(ROWS))
def test_tells_its_source_and_what_it_expects(name: str) -> None:
    read = spec(name)
    assert read.name == name
    assert "CS231n" in (read.source or "")
    assert read.expect is not None
    assert read.expect.model_fields_set


@pytest.mark.parametrize("name", sorted(ROWS))
def test_a_wrong_input_makes_its_facts_fail(name: str) -> None:
    """What a spec expects is really compared: on another input it does not hold."""
    text = (CS231N / f"{name}.yaml").read_text()
    other = re.sub(r"input: (\d+)x", lambda found: f"input: {int(found[1]) + 16}x", text)
    other = other.replace("length: 5, channels: 1}\nlayers", "length: 6, channels: 1}\nlayers")
    rules = {found.rule for found in archspec.check(other)}
    assert "expectation" in rules or rules == {"fractional-output"}


@pytest.mark.parametrize("name", sorted(ROWS))
def test_compiles_and_runs(name: str) -> None:
    """Shapes that were foretold are the shapes that come out, in every layer. VGG-16 is run here once."""
    report = figures(name)
    network = archspec.compile(spec(name), seed=1)
    (volume,) = (volume for volume in report.graph.inputs.values() if volume)
    traced = network.trace(noise(1, *volume.shape))
    foretold = {layer.name: (1, *layer.node.output.shape) for layer in report.layers if layer.node.output}
    assert {layer: y.shape for layer, y in traced.items()} == foretold
    assert all(np.isfinite(y).all() for y in traced.values())
    assert sum(array.size for array in network.parameters.values()) == report.totals.params


@pytest.mark.parametrize("path", sorted(MISFITS.iterdir()), ids=lambda path: path.stem)
def test_misfit_fails_and_does_not_compile(path: Path) -> None:
    (found,) = archspec.check(path)
    assert (found.rule, found.severity) == ("fractional-output", archspec.Severity.ERROR)
    with pytest.raises(archspec.SpecError, match="fractional-output"):
        archspec.compile(path)


# CIFAR-10: [INPUT - CONV - RELU - POOL - FC]


def test_cifar10() -> None:
    report = figures("cifar10")
    assert outputs(report) == ["32x32x12", "32x32x12", "16x16x12", "1x1x10"]
    assert [layer.params for layer in report.layers] == [336, 0, 0, 30730]
    # 12 filters of 3*3*3 and a bias each; 10 scores of 16*16*12 numbers and a bias each
    assert [(layer.weights, layer.biases) for layer in report.layers] == [(324, 12), (0, 0), (0, 0), (30720, 10)]
    assert report.totals.params == 31066
    assert report.totals.macs == 32 * 32 * 12 * 27 + 30720


def test_cifar10_takes_scores_of_photographs_in_a_batch() -> None:
    network = archspec.compile(spec("cifar10"), seed=1)
    x = noise(3, 32, 32, 3)
    together = network(x)
    assert isinstance(together, np.ndarray)
    assert together.shape == (3, 1, 1, 10)
    apart = np.concatenate([np.asarray(network(x[i : i + 1])) for i in range(3)])
    np.testing.assert_allclose(together, apart, rtol=1e-5, atol=1e-6)


# Strides that don't fit: (W, F, S, P) = (10, 3, 2, 0)


def test_a_stride_that_does_not_fit() -> None:
    (found,) = archspec.check(MISFITS / "stride.yaml")
    assert found.message.endswith("does not fit 10x10: (10 - 3 + 2*0)/2 + 1 = 4.5")
    assert "1 row and 1 column" in found.notes[0]
    assert found.span is not None
    assert found.span.text == "conv"


def test_the_same_stride_cropped_and_padded() -> None:
    assert outputs(figures("stride-crop")) == ["4x4x8"]
    assert outputs(figures("stride-pad")) == ["5x5x8"]


def test_alexnet_at_224() -> None:
    (found,) = archspec.check(MISFITS / "alexnet-at-224.yaml")
    assert "(224 - 11 + 2*0)/4 + 1 = 54.25" in found.message
    assert "54x54" in found.notes[0]
    assert "1 row and 1 column" in found.notes[0]


def test_alexnet_at_227_fits() -> None:
    text = (MISFITS / "alexnet-at-224.yaml").read_text().replace("224x224x3", "227x227x3")
    assert archspec.check(text) == []


# AlexNet's first layer, and parameter sharing


def test_alexnet_conv1() -> None:
    report = figures("alexnet-conv1")
    (conv,) = report.layers
    assert outputs(report) == ["55x55x96"]
    assert conv.activations == 290_400  # 55*55*96 neurons
    assert conv.weights == 34_848  # 96*11*11*3
    assert conv.params == 34_944
    # 290,400 neurons with 11*11*3 = 363 weights and 1 bias each
    assert conv.unshared_params == 105_415_200 + 290_400 == 105_705_600


def test_alexnet_conv1_with_neurons_of_their_own() -> None:
    text = (CS231N / "alexnet-conv1.yaml").read_text().partition("expect:\n  activations")[0]
    (layer,) = archspec.analyze(text.replace("conv:", "local_conv:")).layers
    assert (layer.weights, layer.biases) == (105_415_200, 290_400)
    assert layer.params == layer.unshared_params == 105_705_600


# 1x1 convolution


def test_one_by_one() -> None:
    report = figures("one-by-one")
    assert outputs(report) == ["32x32x5"]
    assert report.totals.params == 20  # 5 filters of 3 weights and a bias


def test_one_by_one_is_a_dot_product_at_every_pixel() -> None:
    network = archspec.compile(spec("one-by-one"), seed=1)
    weight, bias = network.parameters["conv1.weight"], np.linspace(-2, 2, 5, dtype=np.float32)
    network.load({"conv1.weight": weight, "conv1.bias": bias})
    x = noise(2, 32, 32, 3)
    y = network(x)
    assert isinstance(y, np.ndarray)
    for pixel in np.ndindex(2, 32, 32):
        np.testing.assert_allclose(y[pixel], x[pixel] @ weight[0, 0] + bias, rtol=1e-5, atol=1e-5)


# Zero padding


def test_zero_padding() -> None:
    assert outputs(figures("no-padding")) == ["3x1"]
    assert outputs(figures("zero-padding")) == ["5x1"]


@pytest.mark.parametrize(("padding", "output"), [(0, "3x3x1"), (1, "5x5x1")])
def test_zero_padding_of_an_image(padding: int, output: str) -> None:
    text = f"name: p\ninput: 5x5x1\nlayers:\n  - conv: {{filters: 1, kernel: 3, padding: {padding}}}\n"
    assert outputs(archspec.analyze(text)) == [output]


FIGURE = [1, 2, -1, 1, -3]
"""The inputs drawn in the notes beside a neuron of weights [1, 0, -1] and no bias."""


@pytest.mark.parametrize(("stride", "drawn"), [(1, [-2, 2, 1, 2, 1]), (2, [-2, 1, 1])])
def test_neuron_of_the_notes_figure(stride: int, drawn: list[float]) -> None:
    """One zero on each side: five outputs at a stride of 1, three at a stride of 2."""
    text = (CS231N / "zero-padding.yaml").read_text().partition("expect:")[0]
    network = archspec.compile(text.replace("padding: 1", f"padding: 1, stride: {stride}"))
    weights = np.array([1, 0, -1], np.float32).reshape(3, 1, 1)
    network.load({"conv1.weight": weights, "conv1.bias": np.zeros(1, np.float32)})
    assert np.asarray(network(np.array(FIGURE, np.float32).reshape(1, 5, 1))).ravel().tolist() == drawn


# Why images are not for fully connected layers


@pytest.mark.parametrize(("name", "weights"), [("neuron-weights-32", 3072), ("neuron-weights-200", 120_000)])
def test_weights_of_one_neuron(name: str, weights: int) -> None:
    report = figures(name)
    assert outputs(report) == ["1x1x1"]
    assert (report.totals.weights, report.totals.biases) == (weights, 1)


# Three convolutions of 64 filters on 224x224x3


def test_three_convs_on_a_large_image() -> None:
    report = figures("three-convs-224")
    assert outputs(report) == ["224x224x64"] * 6
    assert [layer.activations for layer in report.layers if not layer.merged] == [3_211_264] * 3
    assert report.totals.activations == 9_633_792


def test_three_convs_with_their_gradients() -> None:
    """With gradients each number is kept twice, in 4 bytes: 77,070,336, which are 77.1 MB or 73.5 MiB."""
    one, two = (
        archspec.analyze(archspec.load(CS231N / "three-convs-224.yaml", batch=batch)).totals for batch in (1, 2)
    )
    assert one.training_bytes is not None
    assert two.training_bytes is not None
    for optimizer in ("sgd", "momentum", "adam"):
        assert two.training_bytes[optimizer] - one.training_bytes[optimizer] == 77_070_336
    assert round(77_070_336 / 10**6, 1) == 77.1
    assert round(77_070_336 / 2**20, 1) == 73.5


def test_three_convs_fixed_part_of_training() -> None:
    """Parameters and gradients; momentum keeps a third number, Adam a third and a fourth."""
    params = (27 + 1 + 2 * (576 + 1)) * 64
    totals = figures("three-convs-224").totals
    assert totals.params == params
    assert totals.training_bytes == {
        "sgd": 2 * params * 4 + 77_070_336,
        "momentum": 3 * params * 4 + 77_070_336,
        "adam": 4 * params * 4 + 77_070_336,
    }


# Pooling


@pytest.mark.parametrize("kind", ["max", "avg", "l2"])
def test_pooling_discards_three_quarters(kind: str) -> None:
    report = figures(f"pooling-{kind}")
    (layer,) = report.layers
    (volume,) = report.graph.inputs.values()
    assert outputs(report) == ["112x112x64"]
    assert volume is not None
    assert layer.activations is not None
    assert 1 - layer.activations / volume.size == 0.75
    assert (layer.params, layer.macs) == (0, 0)


@pytest.mark.parametrize(
    ("kind", "of_four"),
    [
        ("max", lambda a, b, c, d: np.maximum(np.maximum(a, b), np.maximum(c, d))),
        ("avg", lambda a, b, c, d: (a + b + c + d) / 4),
        ("l2", lambda a, b, c, d: np.sqrt(a * a + b * b + c * c + d * d)),
    ],
)
def test_pooling_by_its_four_corners(kind: str, of_four: Any) -> None:
    x = noise(1, 224, 224, 64)
    corners = (x[:, i::2, j::2] for i in (0, 1) for j in (0, 1))
    np.testing.assert_allclose(run(f"pooling-{kind}", x), of_four(*corners), rtol=1e-5, atol=1e-6)


def test_max_pooling_of_the_notes_figure() -> None:
    """The 4x4 slice drawn in the notes: its 2x2 maxima are 6, 8, 3 and 4."""
    slice_ = np.array([[1, 1, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [1, 2, 3, 4]], np.float32)
    network = archspec.compile("name: slice\ninput: 4x4x1\nlayers:\n  - max_pool: 2\n")
    assert np.asarray(network(slice_.reshape(1, 4, 4, 1)))[0, :, :, 0].tolist() == [[6, 8], [3, 4]]


# A filter written by hand

EMBOSS = [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]


@pytest.fixture(scope="module")
def grayscale() -> Array:
    """The photograph of a temple that scikit-learn ships, its colours averaged, from 0 to 1."""
    photograph = load_sample_image("china.jpg")
    assert photograph.shape == (427, 640, 3)
    gray: Array = (photograph.astype(np.float32) / 255).mean(axis=2, dtype=np.float32)
    return gray


@pytest.fixture(scope="module")
def embossed(grayscale: Array) -> Array:
    return run("emboss", grayscale[np.newaxis, :, :, np.newaxis])[0, :, :, 0]


def test_emboss_has_nothing_to_learn() -> None:
    report = figures("emboss")
    assert outputs(report) == ["435x648x1"]  # 427 - 3 + 2*5 + 1, 640 - 3 + 2*5 + 1
    assert (report.totals.params, report.totals.trainable_params, report.totals.biases) == (9, 0, 0)
    kernel = archspec.compile(spec("emboss")).parameters["conv1.weight"]
    assert kernel[:, :, 0, 0].tolist() == EMBOSS


def test_emboss_equals_a_double_loop(grayscale: Array, embossed: Array) -> None:
    padded = [[0.0] * 650 for _ in range(5)]
    padded += [[0.0] * 5 + row + [0.0] * 5 for row in grayscale.astype(float).tolist()]
    padded += [[0.0] * 650 for _ in range(5)]
    by_loop = [[_window(padded, i, j) for j in range(648)] for i in range(435)]
    np.testing.assert_allclose(embossed, by_loop, rtol=0, atol=1e-5)


def _window(padded: Sequence[Sequence[float]], i: int, j: int) -> float:
    (a, b, c), (d, e, f), (g, h, k) = (row[j : j + 3] for row in padded[i : i + 3])
    return -2 * a - b + 0 * c - d + e + f + 0 * g + h + 2 * k


def test_emboss_equals_scipy(grayscale: Array, embossed: Array) -> None:
    whole = correlate(np.pad(grayscale, 5), np.array(EMBOSS, np.float32), mode="constant")
    np.testing.assert_allclose(embossed, whole[1:-1, 1:-1], rtol=0, atol=1e-5)


def test_emboss_is_no_flipped_convolution(grayscale: Array, embossed: Array) -> None:
    """What ConvNets call a convolution is a cross-correlation: turning the kernel gives another picture."""
    turned = correlate(np.pad(grayscale, 5), np.array(EMBOSS, np.float32)[::-1, ::-1], mode="constant")[1:-1, 1:-1]
    assert np.abs(embossed - turned).max() > 0.5


# VGG-16, row by row as the notes print it

VGG16 = [
    ("CONV3-64", "224x224x64", 224 * 224 * 64, 3 * 3 * 3 * 64),
    ("CONV3-64", "224x224x64", 224 * 224 * 64, 3 * 3 * 64 * 64),
    ("POOL2", "112x112x64", 112 * 112 * 64, 0),
    ("CONV3-128", "112x112x128", 112 * 112 * 128, 3 * 3 * 64 * 128),
    ("CONV3-128", "112x112x128", 112 * 112 * 128, 3 * 3 * 128 * 128),
    ("POOL2", "56x56x128", 56 * 56 * 128, 0),
    ("CONV3-256", "56x56x256", 56 * 56 * 256, 3 * 3 * 128 * 256),
    ("CONV3-256", "56x56x256", 56 * 56 * 256, 3 * 3 * 256 * 256),
    ("CONV3-256", "56x56x256", 56 * 56 * 256, 3 * 3 * 256 * 256),
    ("POOL2", "28x28x256", 28 * 28 * 256, 0),
    ("CONV3-512", "28x28x512", 28 * 28 * 512, 3 * 3 * 256 * 512),
    ("CONV3-512", "28x28x512", 28 * 28 * 512, 3 * 3 * 512 * 512),
    ("CONV3-512", "28x28x512", 28 * 28 * 512, 3 * 3 * 512 * 512),
    ("POOL2", "14x14x512", 14 * 14 * 512, 0),
    ("CONV3-512", "14x14x512", 14 * 14 * 512, 3 * 3 * 512 * 512),
    ("CONV3-512", "14x14x512", 14 * 14 * 512, 3 * 3 * 512 * 512),
    ("CONV3-512", "14x14x512", 14 * 14 * 512, 3 * 3 * 512 * 512),
    ("POOL2", "7x7x512", 7 * 7 * 512, 0),
    ("FC", "1x1x4096", 4096, 7 * 7 * 512 * 4096),
    ("FC", "1x1x4096", 4096, 4096 * 4096),
    ("FC", "1x1x1000", 1000, 4096 * 1000),
]
"""Row, volume, memory, weights; before them stands INPUT, 224*224*3."""
PRINTED = [
    1_728, 36_864, 0, 73_728, 147_456, 0, 294_912, 589_824, 589_824, 0, 1_179_648, 2_359_296, 2_359_296, 0,
    2_359_296, 2_359_296, 2_359_296, 0, 102_760_448, 16_777_216, 4_096_000,
]  # fmt: skip
"""The weights once more, as the page prints them."""


def test_vgg16_table_was_copied_rightly() -> None:
    assert [weights for *_, weights in VGG16] == PRINTED
    assert 150_528 + sum(memory for _, _, memory, _ in VGG16) == 15_237_608
    assert sum(PRINTED) == 138_344_128


def test_vgg16_row_by_row() -> None:
    report = figures("vgg16")
    rows = [layer for layer in report.layers if not layer.merged]
    assert [(str(row.node.output), row.activations, row.weights) for row in rows] == [row[1:] for row in VGG16]
    kinds = {"CONV3": "conv", "POOL2": "max_pool", "FC": "fc"}
    assert [row.node.kind for row in rows] == [kinds[name.partition("-")[0]] for name, *_ in VGG16]
    assert str(report.graph.inputs["input"]) == "224x224x3"


def test_vgg16_in_total() -> None:
    totals = figures("vgg16").totals
    assert totals.weights == 138_344_128
    assert totals.biases == 2 * 64 + 2 * 128 + 3 * 256 + 6 * 512 + 4096 + 4096 + 1000 == 13_416
    assert totals.params == 138_357_544
    assert totals.macs == 15_470_264_320
    assert totals.activations == 15_237_608 - 150_528
    assert totals.forward_bytes == 15_237_608 * 4
    assert totals.param_bytes == 138_357_544 * 4


def test_vgg16_comment_calls_24m_a_slip() -> None:
    """The page sums its memory column to 24M values; the rows hold 15.2M. The spec says so."""
    comment = (CS231N / "vgg16.yaml").read_text().partition("name:")[0]
    assert "24M" in comment
    assert "slip" in comment
    assert "15,237,608" in comment
