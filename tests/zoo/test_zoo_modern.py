"""The zoo's newer networks, layer by layer against a ledger kept here by hand.

The ledger knows nothing of archspec: it follows each paper with plain arithmetic on square volumes. Figures beside it
are the papers' own, from their tables and drawings.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest

import archspec

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from archspec.graph.model import Graph

ZOO = Path(__file__).parent.parent.parent / "specs" / "zoo"


# The ledger


class Row(NamedTuple):
    """One layer that keeps numbers: the volume it gives, what it learns, what it multiplies, what it keeps besides."""

    volume: tuple[int, ...]
    params: int
    macs: int = 0
    buffers: int = 0


class Ledger:
    """A square volume of ``size`` and ``channels`` on its way through a network."""

    def __init__(self, size: int, channels: int) -> None:
        self.size, self.channels = size, channels
        self.rows: list[Row] = []

    def _add(self, params: int, macs: int = 0, buffers: int = 0) -> None:
        self.rows.append(Row((self.size, self.size, self.channels), params, macs, buffers))

    def window(self, kernel: int, stride: int, padding: int) -> None:
        self.size = (self.size + 2 * padding - kernel) // stride + 1

    def conv(  # noqa: PLR0913 - a convolution's arguments
        self,
        filters: int,
        kernel: int = 1,
        stride: int = 1,
        padding: int | None = None,
        *,
        groups: int = 1,
        bias: bool = False,
    ) -> None:
        self.window(kernel, stride, kernel // 2 if padding is None else padding)
        weights = kernel * kernel * self.channels // groups * filters
        self.channels = filters
        self._add(weights + bias * filters, weights * self.size**2)

    def depthwise(self, kernel: int, stride: int = 1, *, bias: bool = False) -> None:
        self.conv(self.channels, kernel, stride, groups=self.channels, bias=bias)

    def up(self, filters: int, kernel: int, size: int, *, bias: bool) -> None:
        """A transposed convolution to ``size``: every input position meets every weight."""
        weights, positions = kernel * kernel * self.channels * filters, self.size**2
        self.size, self.channels = size, filters
        self._add(weights + bias * filters, weights * positions)

    def batch_norm(self) -> None:
        self._add(2 * self.channels, 0, 2 * self.channels)

    def layer_norm(self) -> None:
        self._add(2 * self.channels)

    def conv_bn(self, filters: int, kernel: int = 1, stride: int = 1) -> None:
        self.conv(filters, kernel, stride)
        self.batch_norm()

    def fc(self, units: int) -> None:
        """Of a single position."""
        assert self.size == 1
        self.conv(units, bias=True)

    def gate(self, squeezed: int) -> None:
        """Squeeze-and-excite: two dense layers on the means; the volume stays."""
        size, channels = self.size, self.channels
        self.size = 1
        self.fc(squeezed)
        self.fc(channels)
        self.size = size


def rounded(value: float) -> int:
    """To a multiple of 8, not below 90 % (the footnote in MobileNet's code)."""
    nearest = max(8, math.floor(value / 8 + 0.5) * 8)
    return nearest if nearest >= 0.9 * value else nearest + 8


def densenet(counts: tuple[int, ...], growth: int) -> Ledger:
    net = Ledger(224, 3)
    net.conv_bn(2 * growth, 7, 2)
    net.window(3, 2, 1)
    for block, count in enumerate(counts):
        if block:
            net.batch_norm()
            net.conv(net.channels // 2)
            net.size //= 2
        for _ in range(count):
            before = net.channels
            net.batch_norm()
            net.conv(4 * growth)
            net.batch_norm()
            net.conv(growth, 3)
            net.channels += before
    net.batch_norm()
    net.size = 1
    net.fc(1000)
    return net


def mobilenet_v2() -> Ledger:
    net = Ledger(224, 3)
    net.conv_bn(32, 3, 2)
    table = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
    for t, c, n, s in table:
        for turn in range(n):
            if t > 1:
                net.conv_bn(t * net.channels)
            net.depthwise(3, 1 if turn else s)
            net.batch_norm()
            net.conv_bn(c)
    net.conv_bn(1280)
    net.size = 1
    net.fc(1000)
    return net


# kernel, exp size, #out, SE, stride: tables 1 and 2 of MobileNetV3
LARGE = [
    (3, 16, 16, 0, 1), (3, 64, 24, 0, 2), (3, 72, 24, 0, 1), (5, 72, 40, 1, 2), (5, 120, 40, 1, 1), (5, 120, 40, 1, 1),
    (3, 240, 80, 0, 2), (3, 200, 80, 0, 1), (3, 184, 80, 0, 1), (3, 184, 80, 0, 1), (3, 480, 112, 1, 1),
    (3, 672, 112, 1, 1), (5, 672, 160, 1, 2), (5, 960, 160, 1, 1), (5, 960, 160, 1, 1),
]  # fmt: skip
SMALL = [
    (3, 16, 16, 1, 2), (3, 72, 24, 0, 2), (3, 88, 24, 0, 1), (5, 96, 40, 1, 2), (5, 240, 40, 1, 1), (5, 240, 40, 1, 1),
    (5, 120, 48, 1, 1), (5, 144, 48, 1, 1), (5, 288, 96, 1, 2), (5, 576, 96, 1, 1), (5, 576, 96, 1, 1),
]  # fmt: skip


def mobilenet_v3(table: Sequence[tuple[int, ...]], last: int, units: int) -> Ledger:
    net = Ledger(224, 3)
    net.conv_bn(16, 3, 2)
    for kernel, exp, out, se, stride in table:
        if exp != net.channels:
            net.conv_bn(exp)
        net.depthwise(kernel, stride)
        net.batch_norm()
        if se:
            net.gate(rounded(exp / 4))
        net.conv_bn(out)
    net.conv_bn(last)
    net.size = 1
    net.fc(units)
    net.fc(1000)
    return net


def shufflenet_v2(channels: int, last: int) -> Ledger:
    net = Ledger(224, 3)
    net.conv_bn(24, 3, 2)
    net.window(3, 2, 1)
    for count, whole in ((4, channels), (8, 2 * channels), (4, 4 * channels)):
        half, size, before = whole // 2, net.size, net.channels
        net.depthwise(3, 2)
        net.batch_norm()
        net.conv_bn(half)
        net.size, net.channels = size, before
        net.conv_bn(half)
        net.depthwise(3, 2)
        net.batch_norm()
        net.conv_bn(half)
        for _ in range(count - 1):
            net.conv_bn(half)
            net.depthwise(3)
            net.batch_norm()
            net.conv_bn(half)
        net.channels = whole
    net.conv_bn(last)
    net.size = 1
    net.fc(1000)
    return net


def efficientnet(width: float, depth: float, size: int) -> Ledger:
    net = Ledger(size, 3)
    net.conv_bn(rounded(32 * width), 3, 2)
    table = [
        (1, 3, 16, 1, 1), (6, 3, 24, 2, 2), (6, 5, 40, 2, 2), (6, 3, 80, 3, 2), (6, 5, 112, 3, 1), (6, 5, 192, 4, 2),
        (6, 3, 320, 1, 1),
    ]  # fmt: skip
    for expand, kernel, filters, count, stride in table:
        for turn in range(math.ceil(count * depth)):
            arriving = net.channels
            if expand > 1:
                net.conv_bn(expand * arriving)
            net.depthwise(kernel, 1 if turn else stride)
            net.batch_norm()
            net.gate(arriving // 4)
            net.conv_bn(rounded(filters * width))
    net.conv_bn(4 * net.channels)
    net.size = 1
    net.fc(1000)
    return net


def convnext(width: int, depths: tuple[int, ...]) -> Ledger:
    net = Ledger(224, 3)
    net.conv(width, 4, 4, 0, bias=True)
    net.layer_norm()
    for stage, depth in enumerate(depths):
        if stage:
            net.layer_norm()
            net.conv(2 * net.channels, 2, 2, 0, bias=True)
        for _ in range(depth):
            narrow = net.channels
            net.depthwise(7, bias=True)
            net.layer_norm()
            net.conv(4 * narrow, bias=True)
            net.conv(narrow, bias=True)
            net._add(narrow)
    net.size = 1
    net.layer_norm()
    net.fc(1000)
    return net


def vit(patch: int, depth: int, width: int) -> list[Row]:
    """By the paper's equations on T tokens of D numbers, with a hidden layer of 4 D."""
    patches = (224 // patch) ** 2
    tokens = patches + 1
    kernel = 3 * patch**2 * width
    dense, halves = 4 * width**2, tokens * tokens * width
    sequence = (tokens, width)
    norm = Row(sequence, 2 * width)
    attention = Row(sequence, 4 * (width**2 + width), tokens * 4 * width**2 + 2 * halves)
    block = [norm, attention, norm, Row((tokens, 4 * width), dense + 4 * width, tokens * dense)]
    block.append(Row(sequence, dense + width, tokens * dense))
    side = 224 // patch
    begin = [Row((side, side, width), kernel + width, patches * kernel)]
    begin += [Row(sequence, width), Row(sequence, tokens * width)]
    return [*begin, *depth * block, norm, Row((1, 1000), 1000 * width + 1000, 1000 * width)]


def unet(size: int, padding: int, channels: int, classes: int) -> Ledger:
    net = Ledger(size, channels)

    def double(filters: int) -> None:
        net.conv(filters, 3, 1, padding, bias=True)
        net.conv(filters, 3, 1, padding, bias=True)

    for filters in (64, 128, 256, 512):
        double(filters)
        net.size //= 2
    double(1024)
    for filters in (512, 256, 128, 64):
        net.up(filters, 2, 2 * net.size, bias=True)
        net.channels *= 2
        double(filters)
    net.conv(classes, bias=True)
    return net


def fpn() -> Ledger:
    net = Ledger(224, 3)
    net.conv_bn(64, 7, 2)
    net.window(3, 2, 1)
    levels = []
    for planes, count, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for turn in range(count):
            size, arriving = net.size, net.channels
            net.conv_bn(planes)
            net.conv_bn(planes, 3, 1 if turn else stride)
            net.conv_bn(4 * planes)
            if turn == 0:
                net.size, net.channels = size, arriving
                net.conv_bn(4 * planes, 1, stride)
        levels.append((net.size, net.channels))
    for net.size, net.channels in reversed(levels):
        net.conv(256, bias=True)
    for net.size, _ in reversed(levels):
        net.conv(256, 3, bias=True)
    return net


def dcgan(filters: int, kernel: int) -> Ledger:
    net = Ledger(1, 100)
    net.up(filters, 4, 4, bias=False)
    net.batch_norm()
    for part in (2, 4, 8):
        net.up(filters // part, kernel, 2 * net.size, bias=False)
        net.batch_norm()
    net.up(3, kernel, 2 * net.size, bias=False)
    return net


NETWORKS: dict[str, Callable[[], Ledger | list[Row]]] = {
    "densenet121": lambda: densenet((6, 12, 24, 16), 32),
    "densenet161": lambda: densenet((6, 12, 36, 24), 48),
    "densenet169": lambda: densenet((6, 12, 32, 32), 32),
    "densenet201": lambda: densenet((6, 12, 48, 32), 32),
    "mobilenet_v2": mobilenet_v2,
    "mobilenet_v3_large": lambda: mobilenet_v3(LARGE, 960, 1280),
    "mobilenet_v3_small": lambda: mobilenet_v3(SMALL, 576, 1024),
    "shufflenet_v2_x0_5": lambda: shufflenet_v2(48, 1024),
    "shufflenet_v2_x1_0": lambda: shufflenet_v2(116, 1024),
    "shufflenet_v2_x1_5": lambda: shufflenet_v2(176, 1024),
    "shufflenet_v2_x2_0": lambda: shufflenet_v2(244, 2048),
    "efficientnet_b0": lambda: efficientnet(1, 1, 224),
    "efficientnet_b1": lambda: efficientnet(1, 1.1, 240),
    "efficientnet_b2": lambda: efficientnet(1.1, 1.2, 288),
    "efficientnet_b3": lambda: efficientnet(1.2, 1.4, 300),
    "efficientnet_b4": lambda: efficientnet(1.4, 1.8, 380),
    "efficientnet_b5": lambda: efficientnet(1.6, 2.2, 456),
    "efficientnet_b6": lambda: efficientnet(1.8, 2.6, 528),
    "efficientnet_b7": lambda: efficientnet(2, 3.1, 600),
    "convnext_tiny": lambda: convnext(96, (3, 3, 9, 3)),
    "convnext_small": lambda: convnext(96, (3, 3, 27, 3)),
    "convnext_base": lambda: convnext(128, (3, 3, 27, 3)),
    "convnext_large": lambda: convnext(192, (3, 3, 27, 3)),
    "vit_b_16": lambda: vit(16, 12, 768),
    "vit_b_32": lambda: vit(32, 12, 768),
    "vit_l_16": lambda: vit(16, 24, 1024),
    "vit_l_32": lambda: vit(32, 24, 1024),
    "unet": lambda: unet(572, 0, 1, 2),
    "unet_same": lambda: unet(256, 1, 3, 1),
    "fpn": fpn,
    "dcgan": lambda: dcgan(1024, 5),
    "dcgan_4x4": lambda: dcgan(512, 4),
}
FILES = {
    "densenet": 4, "mobilenet_v2": 1, "mobilenet_v3": 2, "shufflenet_v2": 4, "efficientnet": 8, "convnext": 4, "vit": 4,
    "unet": 2, "fpn": 1, "dcgan": 2,
}  # fmt: skip
"""Networks in each file."""


def file_of(name: str) -> str:
    return next(each for each in sorted(FILES, key=len, reverse=True) if name.startswith(each))


def load(name: str, size: str | None = None) -> archspec.Spec:
    file = ZOO / f"{file_of(name)}.yaml"
    variants = archspec.load(file).variants
    return archspec.load(file, variant=name if variants else None, input=size)


def figures(name: str) -> archspec.Report:
    return archspec.analyze(load(name))


def outputs(name: str, kind: str, within: str = "") -> list[str]:
    """What the layers of a kind give, in order."""
    nodes = figures(name).graph.nodes
    return [str(node.output) for node in nodes if node.kind == kind and node.name.startswith(within)]


def end_of(graph: Graph, part: str) -> str:
    """What the last layer of a named part gives."""
    return [str(node.output) for node in graph.nodes if node.name.startswith(f"{part}.")][-1]


# All of them


def test_every_network_is_known_here() -> None:
    found = {file: archspec.load(ZOO / f"{file}.yaml").variants for file in FILES}
    assert {file: len(variants) or 1 for file, variants in found.items()} == FILES
    assert {name for file, variants in found.items() for name in (variants or (file,))} == set(NETWORKS)


@pytest.mark.parametrize("file", FILES)
def test_nothing_is_amiss(file: str) -> None:
    errors = [found for found in archspec.check(ZOO / f"{file}.yaml") if found.severity == archspec.Severity.ERROR]
    assert errors == []  # the warnings that there are stand in docs/findings-in-the-zoo.md


@pytest.mark.parametrize("name", NETWORKS)
def test_expects_params_macs_buffers_and_output(name: str) -> None:
    spec, totals = load(name), figures(name).totals
    facts = spec.expect
    assert facts is not None
    assert (facts.params, facts.macs, facts.buffers or 0) == (totals.params, totals.macs, totals.buffers)
    assert facts.output is not None
    assert spec.source


@pytest.mark.parametrize("name", NETWORKS)
def test_every_layer_is_as_in_the_ledger(name: str) -> None:
    made = NETWORKS[name]()
    rows = made.rows if isinstance(made, Ledger) else made
    layers = [layer for layer in figures(name).layers if layer.node.weights]
    got = [
        Row(layer.node.output.shape, layer.params or 0, layer.macs or 0, layer.buffers or 0)
        for layer in layers
        if layer.node.output
    ]
    assert got == rows


def test_the_ledger_can_tell_a_difference() -> None:
    """One that is wrong in a kernel, a stride or a gate differs."""
    assert mobilenet_v3(LARGE, 960, 1280).rows != mobilenet_v3([(3, *LARGE[3][1:]), *LARGE[1:]], 960, 1280).rows
    assert efficientnet(1, 1, 224).rows != efficientnet(1, 1.1, 224).rows


SMALL_INPUTS = {
    "densenet121": "64x64x3", "mobilenet_v2": "64x64x3", "mobilenet_v3_small": "64x64x3",
    "shufflenet_v2_x0_5": "64x64x3", "efficientnet_b0": "64x64x3", "convnext_tiny": "32x32x3", "vit_b_32": "64x64x3",
    "unet": "188x188x1", "unet_same": "32x32x3", "fpn": "64x64x3", "dcgan_4x4": "1x1x100",
}  # fmt: skip
"""A network of each family and an input on which it takes no time."""


@pytest.mark.parametrize(("name", "size"), SMALL_INPUTS.items())
def test_runs_as_foretold(name: str, size: str) -> None:
    network = archspec.compile(load(name, size), seed=1)
    height, width, channels = map(int, size.split("x"))
    x = np.random.default_rng(3).normal(size=(2, height, width, channels)).astype(np.float32)
    traced = network.trace(x)
    foretold = {node.name: (2, *node.output.shape) for node in network.graph.nodes if node.output}
    assert {layer: y.shape for layer, y in traced.items()} == foretold
    assert all(np.isfinite(y).all() for y in traced.values())
    last = traced[network.graph.nodes[-1].name]
    assert not np.array_equal(last[0], last[1]), "what comes out depends on what goes in"


# DenseNet: table 1


@pytest.mark.parametrize(
    ("name", "channels"),
    [("densenet121", (128, 256, 512, 1024)), ("densenet161", (192, 384, 1056, 2208))],
)
def test_densenet_halves_at_every_transition(name: str, channels: tuple[int, ...]) -> None:
    graph = figures(name).graph
    ends = [end_of(graph, f"dense_block{number}") for number in (1, 2, 3)]
    assert ends == [f"{size}x{size}x{count}" for size, count in zip((28, 14, 7), channels, strict=False)]
    assert str(graph.nodes[-3].output) == f"7x7x{channels[3]}"


@pytest.mark.parametrize("name", ["densenet121", "densenet169", "densenet201", "densenet161"])
def test_densenet_is_as_deep_as_its_name(name: str) -> None:
    kinds = [node.kind for node in figures(name).graph.nodes]
    assert kinds.count("conv") + kinds.count("fc") == int(name.removeprefix("densenet"))


# MobileNets and EfficientNet


@pytest.mark.parametrize(
    ("name", "shortcuts"),
    [
        ("mobilenet_v2", 10),  # table 2: n - 1 a row
        ("mobilenet_v3_large", 10),
        ("mobilenet_v3_small", 6),
        ("efficientnet_b0", 9),  # table 1: 16 layers in 7 stages
        ("efficientnet_b7", 48),  # 4 + 7 + 7 + 10 + 10 + 13 + 4 layers in 7 stages
    ],
)
def test_shortcuts_stand_where_volumes_are_equal(name: str, shortcuts: int) -> None:
    sums = [node for node in figures(name).graph.nodes if node.kind == "add"]
    assert len(sums) == shortcuts


@pytest.mark.parametrize(
    ("name", "gates"), [("mobilenet_v3_large", 8), ("mobilenet_v3_small", 9), ("efficientnet_b0", 16)]
)
def test_squeezes_and_excites(name: str, gates: int) -> None:
    assert len(outputs(name, "multiply")) == gates


def test_mobilenet_v3_mixes_nonlinearities() -> None:
    """Table 1: two ReLUs a row without HS, but one in the first, which does not expand; a stem and two at the end."""
    kinds = [node.kind for node in figures("mobilenet_v3_large").graph.nodes]
    assert kinds.count("hard_swish") == 3 + 2 * 9
    assert kinds.count("relu") == 2 * 6 - 1 + 8  # and one in every gate


@pytest.mark.parametrize(
    ("width", "size", "millions"),
    [(1.4, 224, 582), (1.3, 224, 509), (0.75, 224, 209), (0.5, 224, 97), (0.35, 224, 59), (1, 160, 154), (1, 96, 56)],
)
def test_mobilenet_v2_scales_in_width_and_input(width: float, size: int, millions: int) -> None:
    """Million MACs as the authors list them beside their checkpoints."""
    spec = archspec.load(ZOO / "mobilenet_v2.yaml", params={"width": width}, input=f"{size}x{size}x3")
    assert round((archspec.analyze(spec).totals.macs or 0) / 1e6) == millions


# ShuffleNet V2: table 5


def test_shufflenet_v2_has_the_sizes_of_its_table() -> None:
    graph = figures("shufflenet_v2_x1_5").graph
    stages = [end_of(graph, f"stage{number}") for number in (2, 3, 4)]
    assert stages == ["28x28x176", "14x14x352", "7x7x704"]
    assert len(outputs("shufflenet_v2_x1_5", "channel_shuffle")) == 16
    assert set(outputs("shufflenet_v2_x1_5", "slice", "stage3")) == {"14x14x176"}


# ConvNeXt


def test_convnext_drops_paths_from_none_to_its_rate() -> None:
    graph = figures("convnext_tiny").graph
    rates = [getattr(node.operator, "rate", None) for node in graph.nodes if node.kind == "drop_path"]
    assert rates == pytest.approx(np.linspace(0, 0.1, 18).tolist())


# The vision transformer


def test_vit_looks_at_the_class_token_alone() -> None:
    graph = figures("vit_b_16").graph
    assert str(graph.by_name["patches"].output) == "14x14x768"
    assert [str(node.output) for node in graph.nodes[-3:]] == ["197x768", "1x768", "1x1000"]


# U-Net: the numbers in figure 1


def test_unet_has_the_sizes_of_its_figure() -> None:
    sizes = [output.split("x")[0] for output in outputs("unet", "conv")]
    down = "570 568 282 280 138 136 66 64 30 28"
    up = "54 52 102 100 198 196 390 388 388"
    assert sizes == [*down.split(), *up.split()]
    assert [output.split("x")[0] for output in outputs("unet", "max_pool")] == ["284", "140", "68", "32"]
    assert [output.split("x")[0] for output in outputs("unet", "conv_transpose")] == ["56", "104", "200", "392"]
    assert outputs("unet", "concat") == ["56x56x1024", "104x104x512", "200x200x256", "392x392x128"]


def test_unet_with_padding_crops_nothing() -> None:
    assert outputs("unet_same", "crop") == []


# Feature pyramid


def test_fpn_gives_a_map_for_every_level() -> None:
    report = figures("fpn")
    sizes = {"p2": 56, "p3": 28, "p4": 14, "p5": 7}
    assert {name: str(volume) for name, volume in report.outputs.items()} == {
        name: f"{size}x{size}x256" for name, size in sizes.items()
    }


# DCGAN: figure 1


@pytest.mark.parametrize(("name", "filters"), [("dcgan", 1024), ("dcgan_4x4", 512)])
def test_dcgan_has_the_volumes_of_its_figure(name: str, filters: int) -> None:
    drawn = [f"{4 * 2**step}x{4 * 2**step}x{filters // 2**step}" for step in range(4)]
    assert outputs(name, "conv_transpose") == [*drawn, "64x64x3"]
