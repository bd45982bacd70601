"""A convolution of one position, or a dense layer at every position: one matrix product."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archspec.engine.kernels._base import Kernel, Phase, Setting, Site, evenly, shared
from archspec.engine.kernels._finish import CHUNK
from archspec.engine.tiles import is_tiled, pack, product
from archspec.ops.convolution import Conv
from archspec.ops.dense import Linear

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.engine.kernels._base import Arrays, Call
    from archspec.engine.scratch import Scratch
    from archspec.engine.units import Unit


class Gemm(Kernel):
    """Positions as rows, channels as depth, filters as columns."""

    name = "gemm"
    operators = (Conv, Linear)
    folds = True

    @classmethod
    def reason(cls, unit: Unit, setting: Setting) -> str | None:  # noqa: ARG003 - exact at any grade
        """A kernel of 1, stride 1, no padding, one group."""
        operator = unit.operator
        if isinstance(operator, Linear):
            return "a matrix product at every position"
        windows = unit.first.windows or ()
        plain = all(w.kernel == w.stride == 1 and not w.near and not w.far for w in windows)
        alone = isinstance(operator, Conv) and operator.groups == 1
        return "1x1, stride 1: a matrix product" if plain and alone else None

    def __init__(self, unit: Unit, setting: Setting) -> None:
        super().__init__(unit, setting)
        self.tiled = is_tiled(unit.volume.channels, unit.output.channels, setting.dtype)

    def lay_out(self, arrays: Arrays) -> Any:
        """The matrix in tiles, the finish."""
        weight, bias = self.finish.fold(arrays)
        return pack(weight.reshape(-1, weight.shape[-1]), tiled=self.tiled), self.finish.lay_out(arrays, bias)

    def bind(self, site: Site) -> Iterator[Phase]:
        """Chunks of positions, finished while they are in the cache."""
        blocks, operations = site.laid
        a = site.x.reshape(-1, site.x.shape[-1])
        out = site.output.reshape(-1, site.output.shape[-1])

        def calls(piece: tuple[int, int], scratch: Scratch) -> Iterator[Call]:
            begin, end = piece
            yield from product(a[begin:end], blocks, out[begin:end], tiled=self.tiled)
            yield from self.finish.calls(operations, site, scratch, begin, end)

        threads = len(site.scratches)
        chunk = max(64, CHUNK // out.shape[-1])
        yield shared(evenly(len(a), chunk, threads), site.scratches, calls)
