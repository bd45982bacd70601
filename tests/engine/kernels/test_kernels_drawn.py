"""Every kernel that applies against the forward in float64, over drawn settings.

Kernels, strides, dilations and paddings are drawn larger than the map too, and every kernel that applies is run,
also where the plan would choose another one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from archspec.engine.grades import Grade
from archspec.ops import operator
from archspec.ops._padding import is_allowed
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.engine.kernels.conftest import Trial

    Make = Callable[..., Trial]

LONGEST = (23, 11, 5)
"""Positions of an axis at most, by how many axes there are."""
FAR = (30, 14, 7)
"""Numbers beyond these."""
LARGEST = 40_000
"""Elements of an output at most, so that the forward takes little time."""
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
        """Small numbers as a rule; those beyond the largest map where ``far`` says so, for each of them by itself."""
        far = FAR[len(volume.spatial) - 1]
        most = {"kernel": (4, 7), "stride": (5, 2**62), "dilation": (3, far)}
        found = {name: self.axes(volume, 1, self.one(*numbers)) for name, numbers in most.items()}
        padding = self.one("same", self.sides(volume, 4), self.sides(volume, far))
        fit = {} if padding == "same" else {"fit": self.one(None, "pad", "crop")}
        return {**found, "padding": padding, **fit}

    def agrees(self, trial: Make, volume: Volume, kind: str, arguments: dict[str, Any]) -> None:
        """The layer with one of several finishes behind it, at any grade, batch, dtype and number of threads."""
        layer = operator(kind).model_validate(arguments)
        received = layer.infer([volume])
        assume(received is not None and 0 < received.size <= LARGEST)
        assume(all(is_allowed(layer, window) for window in layer.windows([volume]) or ()))
        behind = self.one((), ("relu",), ("batch_norm", "relu6"), ("scale", "silu"), ("hard_swish", "batch_norm"))
        alone = trial(volume, (kind, arguments), *behind)
        grade = self.one(Grade.EXACT, Grade.FAST)
        batch, dtype, threads = self.number(1, 3), self.one("float32", "float64"), self.number(1, 3)
        alone.agrees(batch, dtype, grade, threads)
        alone.all_agree(batch, dtype, threads)


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
    longest = draw.one(4, 40)
    volume = Volume((draw.number(1, longest), draw.number(1, longest)), draw.number(14, 40))
    arguments = {"filters": draw.number(14, 40), "kernel": 3, "padding": draw.sides(volume, draw.one(2, 15))}
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
    strides = draw.axes(volume, 1, draw.one(4, FAR[len(volume.spatial) - 1]))
    far = FAR[len(volume.spatial) - 1]
    dilations = draw.axes(volume, 1, draw.one(3, far))
    window = {"kernel": draw.axes(volume, 1, 5), "stride": strides, "dilation": dilations}
    padding = draw.one("same", draw.sides(volume, 4), draw.sides(volume, far))
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
    counts = {"count_padding": draw.one(True, False)} if kind == "avg_pool" else {}
    draw.agrees(trial, volume, kind, {**window, **counts})


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
    draw.agrees(
        trial, volume, "pad", {"padding": draw.sides(volume, draw.one(6, FAR[len(volume.spatial) - 1])), **filled}
    )


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
        "lrn": {"size": draw.number(1, draw.one(9, 99)), "alpha": 0.5},
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


def test_a_convolution_whose_tiles_lie_in_the_padding(trial: Make) -> None:
    """The first and last tiles of Winograd's convolution meet no input at all."""
    alone = trial(Volume((4, 4), 16), ("conv", {"filters": 16, "kernel": 3, "padding": 4}))
    assert alone.agrees(2).plan.steps[0].kernel.name == "winograd-f2"
    alone.all_agree(2, "float32", 1)
