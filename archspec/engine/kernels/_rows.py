"""Kernels whose every output position depends on its own input position alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.engine.kernels._base import Kernel, Phase, Site, parts, shared
from archspec.engine.kernels._finish import CHUNK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.engine.kernels._base import Call
    from archspec.engine.scratch import Scratch
    from archspec.ops._numpy import Array


class Rows(Kernel):
    """Base: positions are rows of channels, done in chunks that stay in the cache, then finished."""

    def bind(self, site: Site) -> Iterator[Phase]:
        """Chunks of positions."""
        channels = site.output.shape[-1]
        x, y = site.x.reshape(-1, channels), site.output.reshape(-1, channels)

        def calls(piece: tuple[int, int], scratch: Scratch) -> Iterator[Call]:
            where = slice(*piece)
            yield from self.rows(x[where], y[where], scratch)
            yield from self.finish.calls(site.laid, site, scratch, *piece)

        yield shared(parts(len(x), max(1, CHUNK // channels), len(site.scratches)), site.scratches, calls)

    def rows(self, x: Array, y: Array, scratch: Scratch) -> Iterator[Call]:
        """The calls that make ``y`` of ``x``, both (positions, channels)."""
        raise NotImplementedError
