"""An inverted residual in one step: expansion, depthwise and projection of a share of the hidden channels a thread."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from archspec.engine.kernels._base import Kernel, Phase, Setting, Site, parts, shared
from archspec.engine.kernels._finish import CHUNK
from archspec.engine.kernels.depthwise import Depthwise
from archspec.engine.kernels.gemm import Gemm
from archspec.engine.tiles import is_tiled, pack, product

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.engine.kernels._base import Arrays, Call
    from archspec.engine.kernels._finish import Finish, Operation
    from archspec.engine.scratch import Scratch
    from archspec.engine.tiles import Block
    from archspec.engine.units import Unit
    from archspec.ops._numpy import Array

_GRAIN = 16
"""Channels of a share are a multiple of these: a register of float32."""


class Share(NamedTuple):
    """The weights of some hidden channels, and what is done to these behind the first and the second convolution."""

    channels: int
    expand: tuple[Block, ...]
    widened: tuple[Finish, tuple[Operation, ...]]
    depthwise: Array
    filtered: tuple[Finish, tuple[Operation, ...]]
    project: tuple[Block, ...]


class Bottleneck(Kernel):
    """Every thread goes from the input to its part of the projection's sums; one adds them up and finishes."""

    name = "bottleneck"
    operators = Gemm.operators
    rate = 20e9

    @classmethod
    def reason(cls, unit: Unit, setting: Setting) -> str | None:
        """A chain of the three."""
        if not unit.chain:
            return None
        return f"expansion to projection in one step, {len(_shares(unit, setting))} shares of the hidden channels"

    def __init__(self, unit: Unit, setting: Setting) -> None:
        super().__init__(unit, setting)
        expand, depthwise, project = unit.chain
        self.expand, self.project = Gemm(expand, setting), Gemm(project, setting)
        self.depthwise = Depthwise(depthwise, setting)
        self.shares = _shares(unit, setting)
        widths = [end - begin for begin, end in self.shares]
        self.into = is_tiled(expand.volume.channels, min(widths), setting.dtype)
        self.back = is_tiled(max(widths), project.output.channels, setting.dtype)

    @property
    def laid_size(self) -> int:
        """Both matrices, and the depthwise weights for each column."""
        taps = self.depthwise.down.kernel * self.depthwise.across.kernel
        hidden = self.depthwise.unit.volume.channels
        return self.expand.laid_size + self.project.laid_size + taps * self.depthwise.width * hidden

    def scratch_size(self, samples: int) -> int:
        """The hidden volumes, the first of them with its border too, partial sums, and what activations take."""
        before, after = self.depthwise.unit.volume, self.depthwise.unit.output
        windows = (self.depthwise.down, self.depthwise.across)
        padded = math.prod(w.size + w.near + w.far + w.overhang for w in windows) * before.channels
        sums = max(samples, len(self.shares)) * self.unit.output.size
        return 4 * CHUNK + before.size + padded + after.size + sums

    def lay_out(self, arrays: Arrays) -> Any:
        """A share's weights for every run of hidden channels, and the projection's finish."""
        expand, expand_bias = self.expand.finish.fold(arrays)
        table, bias = self.depthwise.finish.fold(arrays)
        project, last_bias = self.project.finish.fold(arrays)
        found = []
        for begin, end in self.shares:
            run, size = slice(begin, end), end - begin
            widened, filtered = (kernel.finish.narrowed(size) for kernel in (self.expand, self.depthwise))
            found.append(
                Share(
                    size,
                    pack(expand.reshape(-1, expand.shape[-1])[:, run], tiled=self.into),
                    (widened, widened.lay_out(arrays, None if expand_bias is None else expand_bias[run])),
                    self.depthwise.repeated(table[..., run]),
                    (filtered, filtered.lay_out(arrays, None if bias is None else bias[run])),
                    pack(project.reshape(-1, project.shape[-1])[run], tiled=self.back),
                )
            )
        return found, self.project.finish.lay_out(arrays, last_bias)

    def bind(self, site: Site) -> Iterator[Phase]:
        """Threads take samples where there are enough of them, else shares of the channels of all samples."""
        shares, operations = site.laid
        samples = len(site.x)
        if samples >= len(site.scratches) or len(shares) == 1:
            yield shared(range(samples), site.scratches, partial(self._sample, site))
            return
        sums: list[Array] = []

        def calls(share: Share, scratch: Scratch) -> Iterator[Call]:
            target = scratch.take(site.output.shape, site.output.dtype) if sums else site.output
            sums.append(target)
            for sample in range(samples):
                yield from self._through(share, site, sample, target[sample], scratch)

        yield shared(shares, site.scratches, calls)
        scratch = site.scratches[0]
        adding = [partial(np.add, site.output, other, site.output) for other in sums[1:]]
        positions = site.output.size // site.output.shape[-1]
        yield [[*adding, *self.project.finish.calls(operations, site, scratch, 0, positions)]]

    def _sample(self, site: Site, sample: int, scratch: Scratch) -> Iterator[Call]:
        """All shares of a sample, one after the other."""
        shares, operations = site.laid
        out = site.output[sample]
        for number, share in enumerate(shares):
            target = scratch.take(out.shape, out.dtype) if number else out
            yield from self._through(share, site, sample, target, scratch)
            if number:
                yield partial(np.add, out, target, out)
        positions = out.size // out.shape[-1]
        begin = sample * positions
        yield from self.project.finish.calls(operations, site, scratch, begin, begin + positions)

    def _through(self, share: Share, site: Site, sample: int, target: Array, scratch: Scratch) -> Iterator[Call]:
        """From a sample of the input to a share's part of the sums."""
        hidden = [
            scratch.take((1, *spatial, share.channels), target.dtype)
            for spatial in (site.x.shape[1:-1], target.shape[:-1])
        ]
        wide, narrow = hidden
        x = site.x[sample].reshape(-1, site.x.shape[-1])
        yield from product(x, share.expand, wide.reshape(-1, share.channels), tiled=self.into)
        yield from self._finished(share.widened, wide, scratch)
        yield from self.depthwise.at_once(wide[0], narrow[0], share.depthwise, scratch)
        yield from self._finished(share.filtered, narrow, scratch)
        flat = target.reshape(-1, target.shape[-1])
        yield from product(narrow.reshape(-1, share.channels), share.project, flat, tiled=self.back)

    @staticmethod
    def _finished(finish: tuple[Finish, tuple[Operation, ...]], volume: Array, scratch: Scratch) -> Iterator[Call]:
        site = Site((), {}, volume, None, (scratch,))
        yield from finish[0].calls(finish[1], site, scratch, 0, volume.size // volume.shape[-1])


def _shares(unit: Unit, setting: Setting) -> list[tuple[int, int]]:
    """Runs of the hidden channels, as many as threads."""
    grains = -(-unit.chain[0].output.channels // _GRAIN)
    most = unit.chain[0].output.channels
    runs = parts(grains, -(-grains // setting.threads))
    return [(begin * _GRAIN, min(most, end * _GRAIN)) for begin, end in runs]
