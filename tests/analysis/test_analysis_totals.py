"""Counts against published figures and by hand."""

from __future__ import annotations

from typing import Any

import pytest

import archspec


def spec(*layers: str, volume: str = "224x224x3", header: str = "") -> str:
    return f"name: example\ninput: {volume}\n{header}layers:\n" + "".join(f"  - {layer}\n" for layer in layers)


def vgg(depths: tuple[int, ...], *, norm: bool = False) -> str:
    """Simonyan and Zisserman 2014, table 1, by the number of convolutions in each of five stages."""
    layers: list[str] = []
    for filters, depth in zip((64, 128, 256, 512, 512), depths, strict=True):
        for _ in range(depth):
            layers.append(f"conv: {{filters: {filters}, kernel: 3, padding: 1}}")
            layers += ["batch_norm", "relu"] if norm else ["relu"]
        layers.append("max_pool: 2")
    return spec(*layers, "fc: 4096", "relu", "dropout: 0.5", "fc: 4096", "relu", "dropout: 0.5", "fc: 1000")


ALEXNET = spec(
    "conv: {filters: 64, kernel: 11, stride: 4, padding: 2}",
    "relu",
    "max_pool: {kernel: 3, stride: 2}",
    "conv: {filters: 192, kernel: 5, padding: 2}",
    "relu",
    "max_pool: {kernel: 3, stride: 2}",
    "conv: {filters: 384, kernel: 3, padding: 1}",
    "relu",
    "conv: {filters: 256, kernel: 3, padding: 1}",
    "relu",
    "conv: {filters: 256, kernel: 3, padding: 1}",
    "relu",
    "max_pool: {kernel: 3, stride: 2}",
    "dropout: 0.5",
    "fc: 4096",
    "relu",
    "dropout: 0.5",
    "fc: 4096",
    "relu",
    "fc: 1000",
)
"""Krizhevsky 2014, the one-tower network."""
PUBLISHED = [
    (ALEXNET, 61_100_840, 714_188_480, 0),
    (vgg((1, 1, 2, 2, 2)), 132_863_336, 7_609_090_048, 0),
    (vgg((2, 2, 2, 2, 2)), 133_047_848, 11_308_466_176, 0),
    (vgg((2, 2, 3, 3, 3)), 138_357_544, 15_470_264_320, 0),
    (vgg((2, 2, 4, 4, 4)), 143_667_240, 19_632_062_464, 0),
    (vgg((1, 1, 2, 2, 2), norm=True), 132_868_840, 7_609_090_048, 5_504),
    (vgg((2, 2, 3, 3, 3), norm=True), 138_365_992, 15_470_264_320, 8_448),
]
"""Spec, parameters, MACs and buffers as torchvision's model pages and counters give them."""


@pytest.mark.parametrize(
    ("text", "params", "macs", "buffers"),
    PUBLISHED,
    ids=["alexnet", "vgg11", "vgg13", "vgg16", "vgg19", "vgg11-bn", "vgg16-bn"],
)
def test_published_networks(text: str, params: int, macs: int, buffers: int) -> None:
    totals = archspec.analyze(text).totals
    assert (totals.params, totals.macs, totals.buffers) == (params, macs, buffers)
    assert totals.trainable_params == params


@pytest.mark.parametrize("text", [each[0] for each in PUBLISHED], ids=lambda text: str(len(text)))
def test_published_networks_have_no_fault(text: str) -> None:
    """AlexNet at 224 with padding 2 gives 55.25: only padding is left over. VGG is huge."""
    assert {found.rule for found in archspec.check(text) if found.severity != archspec.Severity.INFO} <= {"huge-dense"}


SMALL: list[tuple[str, dict[str, int]]] = [
    # 6x6x4 in, 5 filters of 3x3: 16 positions of 5 outputs, 36 weights a filter
    (
        "conv: {filters: 5, kernel: 3}",
        {"weights": 180, "biases": 5, "macs": 16 * 180, "flops": 2 * 16 * 180 + 80, "unshared_params": 16 * 185},
    ),
    ("conv: {filters: 5, kernel: 3, bias: false}", {"weights": 180, "biases": 0, "macs": 2880, "flops": 5760}),
    ("conv: {filters: 6, kernel: 3, groups: 2}", {"weights": 6 * 18, "biases": 6, "macs": 16 * 108}),
    ("conv: {filters: 5, kernel: [1, 3], stride: [2, 1], fit: crop}", {"weights": 60, "macs": 3 * 4 * 60}),
    ("depthwise_conv: {kernel: 3}", {"weights": 36, "biases": 4, "macs": 16 * 36}),
    ("depthwise_conv: {kernel: 3, multiplier: 2}", {"weights": 72, "biases": 8, "macs": 16 * 72}),
    ("local_conv: {filters: 5, kernel: 3}", {"weights": 16 * 180, "biases": 80, "macs": 2880, "unshared_params": 2960}),
    ("fc: 10", {"weights": 1440, "biases": 10, "macs": 1440, "flops": 2890, "unshared_params": 1450}),
    ("linear: 10", {"weights": 40, "biases": 10, "macs": 36 * 40, "flops": 2 * 1440 + 360}),
    ("batch_norm", {"weights": 4, "biases": 4, "buffers": 8, "macs": 0, "params": 8}),
    ("batch_norm: {affine: false}", {"weights": 0, "biases": 0, "buffers": 8, "params": 0}),
    ("prelu", {"weights": 4, "biases": 0, "macs": 0, "params": 4}),
    ("max_pool: 2", {"params": 0, "macs": 0, "activations": 36, "flops": 36 * 3, "unshared_params": 0}),
    ("dropout: 0.5", {"params": 0, "macs": 0, "activations": 144}),
    ("conv: {filters: 3, kernel: 2, weights: [[1, 2], [3, 4]]}", {"weights": 48, "biases": 3, "trainable_params": 3}),
]  # fmt: skip


@pytest.mark.parametrize(("layer", "figures"), SMALL, ids=[layer for layer, _ in SMALL])
def test_layers_by_hand(layer: str, figures: dict[str, int]) -> None:
    (counted,) = archspec.analyze(spec(layer, volume="6x6x4")).layers
    assert {name: getattr(counted, name) for name in figures} == figures


def test_totals_are_sums() -> None:
    report = archspec.analyze(vgg((1, 1, 1, 1, 1), norm=True))
    for name in ("params", "weights", "biases", "trainable_params", "unshared_params", "buffers", "macs", "flops"):
        assert getattr(report.totals, name) == sum(getattr(layer, name) for layer in report.layers)
    assert report.totals.activations == sum(layer.activations or 0 for layer in report.layers if not layer.merged)
    assert report.totals.params == (report.totals.weights or 0) + (report.totals.biases or 0)


def test_three_small_kernels_are_cheaper_than_a_large_one() -> None:
    """Three 3x3 layers of C channels hold 27 C^2 weights where one of 7x7 holds 49 C^2 (CS231n)."""
    channels = 16
    small = archspec.analyze(spec(*["conv: {filters: 16, kernel: 3, padding: 1}"] * 3, volume="8x8x16")).totals
    large = archspec.analyze(spec("conv: {filters: 16, kernel: 7, padding: 3}", volume="8x8x16")).totals
    assert (small.weights, large.weights) == (27 * channels**2, 49 * channels**2)


@pytest.mark.parametrize(("units", "volume"), [(4096, "7x7x512"), (10, "5x3x2"), (1, "1x1x9")])
def test_fully_connected_is_a_convolution_of_the_whole_volume(units: int, volume: str) -> None:
    """CS231n, "Converting FC layers to CONV layers": the same output, parameters and costs."""
    height, width, _ = volume.split("x")
    conv = f"conv: {{filters: {units}, kernel: [{height}, {width}]}}"
    (fc,), (as_conv,) = (archspec.analyze(spec(layer, volume=volume)).layers for layer in (f"fc: {units}", conv))
    for name in ("params", "weights", "biases", "macs", "flops", "activations", "receptive_field", "unshared_params"):
        assert getattr(fc, name) == getattr(as_conv, name)
    assert fc.node.output == as_conv.node.output


def test_unknown_is_none_not_zero() -> None:
    report = archspec.analyze(spec("conv: {filters: 8, kernel: 3}", "conv: {filters: 8, kernel: 999}", "fc: 10"))
    first, *rest = report.layers
    assert first.params == 224
    for layer in rest:
        figures: list[Any] = [getattr(layer, name) for name in ("params", "macs", "flops", "activations", "bytes")]
        assert figures == [None] * 5
    assert all(figure is None for figure in report.totals)
