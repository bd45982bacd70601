"""An inverted residual in one step: expansion, depthwise and projection of a share of the hidden channels a thread."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from archspec.engine.fused_group import require_known
from archspec.engine.kernels._base import Kernel, Setting
from archspec.engine.kernels._buffers import Buffers
from archspec.engine.kernels._operations import CHUNK
from archspec.engine.kernels._work_split import distribute, split
from archspec.engine.kernels.depthwise import DepthwiseKernel
from archspec.engine.kernels.gemm import GemmKernel
from archspec.engine.tiles import pack, prefers_tiles, product

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.engine.fused_group import FusedGroup
    from archspec.engine.kernels._buffers import Arrays
    from archspec.engine.kernels._epilogue import Epilogue
    from archspec.engine.kernels._operations import Operation
    from archspec.engine.scratch import Scratch
    from archspec.engine.stages import Call, Stage
    from archspec.engine.tiles import Panel
    from archspec.ops._numpy import Array

_GRAIN = 16
"""Channels of a share are a multiple of these: a register of float32."""


class HiddenChannels(NamedTuple):
    """The weights of some hidden channels, and what is done to these behind the first and the second convolution."""

    channels: int
    expand: tuple[Panel, ...]
    widened: tuple[Epilogue, tuple[Operation, ...]]
    depthwise: Array
    filtered: tuple[Epilogue, tuple[Operation, ...]]
    project: tuple[Panel, ...]


class BottleneckKernel(Kernel):
    """Every thread goes from the input to its part of the projection's sums; one adds them up and finishes."""

    name = "bottleneck"
    operators = GemmKernel.operators
    rate = 20e9

    @classmethod
    def reason(cls, group: FusedGroup, setting: Setting) -> str | None:
        """A chain of the three."""
        if not group.chain:
            return None
        return f"expansion to projection in one step, {len(_shares(group, setting))} shares of the hidden channels"

    def __init__(self, group: FusedGroup, setting: Setting) -> None:
        super().__init__(group, setting)
        expand, depthwise, project = require_known(group.chain)
        self.expand, self.project = GemmKernel(expand, setting), GemmKernel(project, setting)
        self.depthwise = DepthwiseKernel(depthwise, setting)
        self.shares = _shares(group, setting)
        widths = [end - begin for begin, end in self.shares]
        self.into = prefers_tiles(expand.volume.channels, min(widths), setting.dtype)
        self.back = prefers_tiles(max(widths), project.output.channels, setting.dtype)

    @property
    def packed_size(self) -> int:
        """Both matrices, and the depthwise weights for each column."""
        taps = self.depthwise.down.kernel * self.depthwise.across.kernel
        hidden = self.depthwise.group.volume.channels
        return self.expand.packed_size + self.project.packed_size + taps * self.depthwise.width * hidden

    def scratch_size(self, samples: int) -> int:
        """The hidden volumes, the first of them with its border too, partial sums, and what activations take."""
        before, after = self.depthwise.group.volume, self.depthwise.group.output
        windows = (self.depthwise.down, self.depthwise.across)
        padded = math.prod(w.size + w.near + w.far + w.overhang for w in windows) * before.channels
        sums = max(samples, len(self.shares)) * self.group.output.size
        return 4 * CHUNK + before.size + padded + after.size + sums

    def pack_weights(self, arrays: Arrays) -> Any:
        """A share's weights for every run of hidden channels, and the projection's epilogue."""
        expand, expand_bias = self.expand.epilogue.fold(arrays)
        table, bias = self.depthwise.epilogue.fold(arrays)
        project, last_bias = self.project.epilogue.fold(arrays)
        found = []
        for begin, end in self.shares:
            run, size = slice(begin, end), end - begin
            widened, filtered = (kernel.epilogue.for_channels(size) for kernel in (self.expand, self.depthwise))
            found.append(
                HiddenChannels(
                    size,
                    pack(expand.reshape(-1, expand.shape[-1])[:, run], tiled=self.into),
                    (widened, widened.operations(arrays, None if expand_bias is None else expand_bias[run])),
                    self.depthwise.repeated(table[..., run]),
                    (filtered, filtered.operations(arrays, None if bias is None else bias[run])),
                    pack(project.reshape(-1, project.shape[-1])[run], tiled=self.back),
                )
            )
        return found, self.project.epilogue.operations(arrays, last_bias)

    def bind(self, buffers: Buffers) -> Iterator[Stage]:
        """Threads take samples where there are enough of them, else shares of the channels of all samples."""
        shares, operations = buffers.packed
        samples = len(buffers.x)
        if samples >= len(buffers.scratches) or len(shares) == 1:
            yield distribute(range(samples), buffers.scratches, partial(self._sample, buffers))
            return
        sums: list[Array] = []

        def calls(share: HiddenChannels, scratch: Scratch) -> Iterator[Call]:
            target = scratch.take(buffers.output.shape, buffers.output.dtype) if sums else buffers.output
            sums.append(target)
            for sample in range(samples):
                yield from self._through(share, buffers, sample, target[sample], scratch)

        yield distribute(shares, buffers.scratches, calls)
        scratch = buffers.scratches[0]
        adding = [partial(np.add, buffers.output, other, buffers.output) for other in sums[1:]]
        positions = buffers.output.size // buffers.output.shape[-1]
        yield [[*adding, *self.project.epilogue.calls(operations, buffers, scratch, 0, positions)]]

    def _sample(self, buffers: Buffers, sample: int, scratch: Scratch) -> Iterator[Call]:
        """All shares of a sample, one after the other."""
        shares, operations = buffers.packed
        out = buffers.output[sample]
        for number, share in enumerate(shares):
            target = scratch.take(out.shape, out.dtype) if number else out
            yield from self._through(share, buffers, sample, target, scratch)
            if number:
                yield partial(np.add, out, target, out)
        positions = out.size // out.shape[-1]
        begin = sample * positions
        yield from self.project.epilogue.calls(operations, buffers, scratch, begin, begin + positions)

    def _through(
        self, share: HiddenChannels, buffers: Buffers, sample: int, target: Array, scratch: Scratch
    ) -> Iterator[Call]:
        """From a sample of the input to a share's part of the sums."""
        hidden = [
            scratch.take((1, *spatial, share.channels), target.dtype)
            for spatial in (buffers.x.shape[1:-1], target.shape[:-1])
        ]
        wide, narrow = hidden
        x = buffers.x[sample].reshape(-1, buffers.x.shape[-1])
        yield from product(x, share.expand, wide.reshape(-1, share.channels), tiled=self.into)
        yield from self._epilogue_calls(share.widened, wide, scratch)
        yield from self.depthwise.at_once(wide[0], narrow[0], share.depthwise, scratch)
        yield from self._epilogue_calls(share.filtered, narrow, scratch)
        flat = target.reshape(-1, target.shape[-1])
        yield from product(narrow.reshape(-1, share.channels), share.project, flat, tiled=self.back)

    @staticmethod
    def _epilogue_calls(
        epilogue: tuple[Epilogue, tuple[Operation, ...]], volume: Array, scratch: Scratch
    ) -> Iterator[Call]:
        buffers = Buffers((), {}, volume, None, (scratch,))
        yield from epilogue[0].calls(epilogue[1], buffers, scratch, 0, volume.size // volume.shape[-1])


def _shares(group: FusedGroup, setting: Setting) -> list[tuple[int, int]]:
    """Runs of the hidden channels, as many as threads."""
    channels = require_known(group.chain).expand.output.channels
    grains = -(-channels // _GRAIN)
    runs = split(grains, -(-grains // setting.threads))
    return [(begin * _GRAIN, min(channels, end * _GRAIN)) for begin, end in runs]
