"""An inverted residual in one step: expansion, depthwise and projection, each thread a part of the hidden channels."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from archspec.engine.fused_group import require_known
from archspec.engine.kernels._base import Kernel, Setting
from archspec.engine.kernels._buffers import Buffers
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
"""The channels of a part are a multiple of these: a register of float32."""


class HiddenChannels(NamedTuple):
    """The weights of a part of the hidden channels, and the epilogues after the first and the second convolution."""

    channels: int
    expand: tuple[Panel, ...]
    after_expand: tuple[Epilogue, tuple[Operation, ...]]
    depthwise: Array
    after_depthwise: tuple[Epilogue, tuple[Operation, ...]]
    project: tuple[Panel, ...]


class BottleneckKernel(Kernel):
    """With C inputs, H hidden channels and F outputs: ``y = W3 @ depthwise(W1 @ x)``, H cut into parts of h.

    Activations and the depthwise convolution keep hidden channels apart, so a thread that has the columns h of W1
    (C, H) and the rows h of W3 (H, F) computes a partial sum of y from them alone. The partial sums are added by one
    thread, and the epilogue of the projection is applied to their sum.
    """

    operators = GemmKernel.operators
    rate = 20e9

    @classmethod
    def applies(cls, group: FusedGroup) -> bool:
        """A chain of the three."""
        return group.chain is not None

    @classmethod
    def reason(cls, group: FusedGroup, setting: Setting) -> str | None:
        """The three are one step."""
        return f"expansion to projection in one step, hidden channels in {len(_split_channels(group, setting))} parts"

    def __init__(self, group: FusedGroup, setting: Setting) -> None:
        super().__init__(group, setting)
        expand, depthwise, project = require_known(group.chain)
        self.expand, self.project = GemmKernel(expand, setting), GemmKernel(project, setting)
        self.depthwise = DepthwiseKernel(depthwise, setting)
        self.parts = _split_channels(group, setting)
        widths = [end - begin for begin, end in self.parts]
        self.into = prefers_tiles(expand.volume.channels, min(widths), setting.dtype)
        self.back = prefers_tiles(max(widths), project.output.channels, setting.dtype)

    def packing_size(self) -> int:
        """Filters with norms in them, of all three."""
        kernels = (self.expand, self.depthwise, self.project)
        return max(each.epilogue.packing_size for each in kernels) + sum(each.folded_size for each in kernels)

    def pack_weights(self, arrays: Arrays) -> Any:
        """The weights of every part of the hidden channels, and the projection's epilogue."""
        expand, expand_bias = self.expand.epilogue.fold(arrays)
        table, bias = self.depthwise.epilogue.fold(arrays)
        project, last_bias = self.project.epilogue.fold(arrays)
        parts = []
        for begin, end in self.parts:
            run, size = slice(begin, end), end - begin
            first, second = (kernel.epilogue.for_channels(size) for kernel in (self.expand, self.depthwise))
            parts.append(
                HiddenChannels(
                    size,
                    pack(expand.reshape(-1, expand.shape[-1])[:, run], tiled=self.into),
                    (first, first.operations(arrays, None if expand_bias is None else expand_bias[run])),
                    self.depthwise.weights_by_column(table[..., run]),
                    (second, second.operations(arrays, None if bias is None else bias[run])),
                    pack(project.reshape(-1, project.shape[-1])[run], tiled=self.back),
                )
            )
        return parts, self.project.epilogue.operations(arrays, last_bias)

    def bind(self, buffers: Buffers) -> Iterator[Stage]:
        """Threads take samples where there are enough of them, else parts of the channels of all samples."""
        parts, operations = buffers.packed
        samples = len(buffers.x)
        if samples >= len(buffers.scratches) or len(parts) == 1:
            yield distribute(range(samples), buffers.scratches, partial(self._sample_calls, buffers))
            return
        sums: list[Array] = []

        def calls(part: HiddenChannels, scratch: Scratch) -> Iterator[Call]:
            target = scratch.take(buffers.output.shape, buffers.output.dtype) if sums else buffers.output
            sums.append(target)
            for sample in range(samples):
                yield from self._partial_sum(part, buffers, sample, target[sample], scratch)

        yield distribute(parts, buffers.scratches, calls)
        scratch = buffers.scratches[0]
        adding = [partial(np.add, buffers.output, other, buffers.output) for other in sums[1:]]
        positions = buffers.output.size // buffers.output.shape[-1]
        yield [[*adding, *self.project.epilogue.calls(operations, buffers, scratch, 0, positions)]]

    def _sample_calls(self, buffers: Buffers, sample: int, scratch: Scratch) -> Iterator[Call]:
        """All parts of a sample, one after the other."""
        parts, operations = buffers.packed
        out = buffers.output[sample]
        for number, part in enumerate(parts):
            target = scratch.take(out.shape, out.dtype) if number else out
            yield from self._partial_sum(part, buffers, sample, target, scratch)
            if number:
                yield partial(np.add, out, target, out)
        positions = out.size // out.shape[-1]
        begin = sample * positions
        yield from self.project.epilogue.calls(operations, buffers, scratch, begin, begin + positions)

    def _partial_sum(
        self, part: HiddenChannels, buffers: Buffers, sample: int, target: Array, scratch: Scratch
    ) -> Iterator[Call]:
        """From a sample of the input (rows, columns, C) to a part's summand ``target`` (rows, columns, F)."""
        expanded, filtered = (
            scratch.take((1, *spatial, part.channels), target.dtype)
            for spatial in (buffers.x.shape[1:-1], target.shape[:-1])
        )
        x = buffers.x[sample].reshape(-1, buffers.x.shape[-1])
        yield from product(x, part.expand, expanded.reshape(-1, part.channels), tiled=self.into)
        yield from _epilogue_calls(part.after_expand, expanded, scratch)
        yield from self.depthwise.padded_calls(expanded[0], filtered[0], part.depthwise, scratch)
        yield from _epilogue_calls(part.after_depthwise, filtered, scratch)
        flat = target.reshape(-1, target.shape[-1])
        yield from product(filtered.reshape(-1, part.channels), part.project, flat, tiled=self.back)


def _epilogue_calls(
    epilogue: tuple[Epilogue, tuple[Operation, ...]], volume: Array, scratch: Scratch
) -> Iterator[Call]:
    """The calls for all of a hidden volume (1, rows, columns, h), in place."""
    buffers = Buffers((), {}, volume, None, (scratch,))
    yield from epilogue[0].calls(epilogue[1], buffers, scratch, 0, volume.size // volume.shape[-1])


def _split_channels(group: FusedGroup, setting: Setting) -> list[tuple[int, int]]:
    """Runs of the hidden channels, as many as threads."""
    channels = require_known(group.chain).expand.output.channels
    grains = -(-channels // _GRAIN)
    runs = split(grains, -(-grains // setting.threads))
    return [(begin * _GRAIN, min(channels, end * _GRAIN)) for begin, end in runs]
