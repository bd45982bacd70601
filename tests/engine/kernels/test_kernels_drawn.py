"""Every kernel against the forward in float64, over settings that nobody thought of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from archspec.engine.grades import Grade
from archspec.ops import operator
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.engine.kernels.conftest import Trial

    Make = Callable[..., Trial]

LONGEST = (23, 11, 5)
"""Positions of an axis at most, by how many axes there are."""
ARRANGED = ("crop", "slice", "channel_shuffle", "pixel_shuffle", "pixel_unshuffle", "tokens", "flatten", "dropout")
NORMS = ("layer_norm", "group_norm", "instance_norm", "lrn", "batch_norm", "scale", "prelu", "softmax", "log_softmax")


class Drawn(NamedTuple):
    """What hypothesis chooses from, axis by axis."""

    data: st.DataObject

    def number(self, low: int, high: int) -> int:
        return self.data.draw(st.integers(low, high))

    def one(self, *values: Any) -> Any:
        return self.data.draw(st.sampled_from(values))

    def volume(self, channels: int = 7, times: int = 1, least: int = 1) -> Volume:
        """Up to three axes, any sizes from ``least``, channels that ``times`` divides."""
        rank = self.number(1, 3)
        sizes = tuple(self.number(least, max(least, LONGEST[rank - 1])) for _ in range(rank))
        return Volume(sizes, times * self.number(1, channels))

    def axes(self, volume: Volume, low: int, high: int) -> list[int]:
        return [self.number(low, high) for _ in volume.spatial]

    def sides(self, volume: Volume, most: int) -> list[list[int]]:
        return [[self.number(0, most), self.number(0, most)] for _ in volume.spatial]

    def window(self, volume: Volume) -> dict[str, Any]:
        most = {"kernel": 4, "stride": 5, "dilation": 3}
        found = {name: self.axes(volume, 1, number) for name, number in most.items()}
        padding = self.one("same", self.sides(volume, 4))
        fit = {} if padding == "same" else {"fit": self.one(None, "pad", "crop")}
        return {**found, "padding": padding, **fit}

    def agrees(self, trial: Make, volume: Volume, kind: str, arguments: dict[str, Any]) -> None:
        """The layer with one of several finishes behind it, at any grade, batch, dtype and number of threads."""
        layer = operator(kind).model_validate(arguments)
        received = layer.infer([volume])
        assume(received is not None)
        behind = self.one((), ("relu",), ("batch_norm", "relu6"), ("scale", "silu"), ("hard_swish", "batch_norm"))
        alone = trial(volume, (kind, arguments), *behind)
        grade = self.one(Grade.EXACT, Grade.FAST)
        alone.agrees(self.number(1, 3), self.one("float32", "float64"), grade, self.number(1, 3))


def drawn(examples: int) -> Callable[[Callable[[Make, Drawn], None]], Callable[[Make, int], None]]:
    """A test of so many examples, ten times as many with the slow ones."""

    def decorate(test: Callable[[Make, Drawn], None]) -> Callable[[Make, int], None]:
        @pytest.mark.parametrize("examples", [examples, pytest.param(10 * examples, marks=pytest.mark.slow)])
        def run(trial: Make, examples: int) -> None:
            @settings(derandomize=True, deadline=None, max_examples=examples)
            @given(st.data())
            def attempt(data: st.DataObject) -> None:
                test(trial, Drawn(data))

            attempt()

        run.__name__, run.__doc__ = test.__name__, test.__doc__
        return run

    return decorate


@drawn(60)
def test_convolutions(trial: Make, draw: Drawn) -> None:
    groups = draw.one(1, 1, 2, 3)
    volume = draw.volume(times=groups)
    counts = {"filters": groups * draw.number(1, 7), "groups": groups, "bias": draw.one(True, False)}
    mode = draw.one("zeros", "zeros", "reflect", "replicate", "circular")
    draw.agrees(trial, volume, "conv", {**draw.window(volume), **counts, "padding_mode": mode})


@drawn(40)
def test_convolutions_of_3x3(trial: Make, draw: Drawn) -> None:
    volume = Volume((draw.number(1, 40), draw.number(1, 40)), draw.number(14, 40))
    arguments = {"filters": draw.number(14, 40), "kernel": 3, "padding": draw.sides(volume, 2)}
    draw.agrees(trial, volume, "conv", arguments)


@drawn(40)
def test_convolutions_of_one_position(trial: Make, draw: Drawn) -> None:
    volume = draw.volume(channels=90)
    draw.agrees(trial, volume, "conv", {"filters": draw.number(1, 90), "kernel": 1, "bias": draw.one(True, False)})


@drawn(60)
def test_depthwise_convolutions(trial: Make, draw: Drawn) -> None:
    volume = draw.volume()
    mode = draw.one("zeros", "zeros", "reflect", "replicate", "circular")
    arguments = {**draw.window(volume), "multiplier": draw.one(1, 1, 1, 2), "padding_mode": mode}
    draw.agrees(trial, volume, "depthwise_conv", arguments)


@drawn(60)
def test_transposed_convolutions(trial: Make, draw: Drawn) -> None:
    groups = draw.one(1, 1, 2, 3)
    volume = draw.volume(times=groups)
    strides = draw.axes(volume, 1, 4)
    window = {"kernel": draw.axes(volume, 1, 5), "stride": strides, "dilation": draw.axes(volume, 1, 3)}
    padding = draw.one("same", draw.sides(volume, 4))
    extra = {} if padding == "same" else {"output_padding": [draw.number(0, stride - 1) for stride in strides]}
    counts = {"filters": groups * draw.number(1, 7), "groups": groups, "bias": draw.one(True, False)}
    draw.agrees(trial, volume, "conv_transpose", {**window, "padding": padding, **extra, **counts})


@drawn(40)
def test_local_convolutions(trial: Make, draw: Drawn) -> None:
    volume = draw.volume(channels=3)
    mode = draw.one("zeros", "reflect", "replicate", "circular")
    counts = {"filters": draw.number(1, 4), "bias": draw.one(True, False)}
    draw.agrees(trial, volume, "local_conv", {**draw.window(volume), **counts, "padding_mode": mode})


@drawn(60)
def test_pools(trial: Make, draw: Drawn) -> None:
    volume = draw.volume()
    kind = draw.one("max_pool", "avg_pool", "l2_pool")
    window = draw.window(volume)
    assume(window["padding"] == "same" or kind != "max_pool" or _touches_input(window))
    counts = {"count_padding": draw.one(True, False)} if kind == "avg_pool" else {}
    draw.agrees(trial, volume, kind, {**window, **counts})


def _touches_input(window: dict[str, Any]) -> bool:
    """Whether no window lies in padding alone, as the rules demand: at most half of it."""
    axes = zip(window["kernel"], window["dilation"], window["padding"], strict=True)
    return all(2 * max(sides) <= (kernel - 1) * dilation + 1 for kernel, dilation, sides in axes)


@drawn(30)
def test_pools_of_a_size(trial: Make, draw: Drawn) -> None:
    volume = draw.volume()
    kind = draw.one("adaptive_avg_pool", "adaptive_max_pool")
    draw.agrees(trial, volume, kind, {"size": draw.axes(volume, 1, 9)})
    draw.agrees(trial, volume, draw.one("global_avg_pool", "global_max_pool"), {})


@drawn(40)
def test_upsampling(trial: Make, draw: Drawn) -> None:
    volume = draw.volume()
    size = {draw.one("factor", "size"): draw.axes(volume, 1, 5)}
    mode = draw.one({}, {"mode": "bilinear"}, {"mode": "bilinear", "align_corners": True})
    draw.agrees(trial, volume, "upsample", {**size, **mode})


@drawn(40)
def test_borders(trial: Make, draw: Drawn) -> None:
    volume = draw.volume()
    filled = draw.one({"value": 2.5}, {}, *({"padding_mode": mode} for mode in ("reflect", "replicate", "circular")))
    draw.agrees(trial, volume, "pad", {"padding": draw.sides(volume, 6), **filled})


@drawn(60)
def test_rearrangements(trial: Make, draw: Drawn) -> None:
    kind, factor = draw.one(*ARRANGED), draw.number(1, 3)
    volume = draw.volume(times=factor**3)
    if kind == "pixel_unshuffle":
        volume = Volume(tuple(size * factor for size in volume.spatial), 3)
    arguments: dict[str, dict[str, Any]] = {
        "crop": {"margin": draw.sides(volume, 2)},
        "slice": {"start": draw.number(0, 3)},
        "channel_shuffle": {"groups": factor},
        "pixel_shuffle": {"factor": factor},
        "pixel_unshuffle": {"factor": factor},
    }
    draw.agrees(trial, volume, kind, arguments.get(kind, {}))


@drawn(60)
def test_norms_and_what_goes_by_channels(trial: Make, draw: Drawn) -> None:
    kind, groups = draw.one(*NORMS), draw.number(1, 4)
    affine = {"affine": draw.one(True, False)}
    arguments: dict[str, dict[str, Any]] = {
        "group_norm": {"groups": groups, **affine, "eps": 0.1},
        "instance_norm": {**affine, "eps": 0.1},
        "layer_norm": {**affine, "eps": 0.1},
        "lrn": {"size": draw.number(1, 9), "alpha": 0.5},
    }
    draw.agrees(trial, draw.volume(channels=9, times=groups), kind, arguments.get(kind, {}))


@drawn(30)
def test_attention(trial: Make, draw: Drawn) -> None:
    heads = draw.number(1, 4)
    biases = draw.one({}, {"bias": False}, {"qkv_bias": False})
    draw.agrees(trial, draw.volume(times=heads), "attention", {"heads": heads, **biases})


@drawn(20)
def test_dense_layers(trial: Make, draw: Drawn) -> None:
    arguments = {"units": draw.number(1, 90), "bias": draw.one(True, False)}
    draw.agrees(trial, draw.volume(channels=40), draw.one("fc", "linear"), arguments)
