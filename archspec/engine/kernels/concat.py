"""Channels of several volumes side by side."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from archspec.engine.kernels._base import Kernel, Phase, Site, parts, shared
from archspec.engine.kernels._finish import CHUNK
from archspec.ops.merging import Concat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.engine.kernels._base import Call
    from archspec.engine.scratch import Scratch


class Concatenation(Kernel):
    """A copy of each, chunk by chunk, then the finish."""

    name = "concat"
    operators = (Concat,)
    why = "each input copied to its channels"

    def bind(self, site: Site) -> Iterator[Phase]:
        """Chunks of positions."""
        rows = [x.reshape(-1, x.shape[-1]) for x in site.inputs]
        out = site.output.reshape(-1, site.output.shape[-1])

        def calls(piece: tuple[int, int], scratch: Scratch) -> Iterator[Call]:
            where, start = slice(*piece), 0
            for each in rows:
                yield partial(np.copyto, out[where, start : start + each.shape[1]], each[where])
                start += each.shape[1]
            yield from self.finish.calls(site.laid, site, scratch, *piece)

        yield shared(parts(len(out), max(1, CHUNK // out.shape[1]), len(site.scratches)), site.scratches, calls)
