"""One number a channel: the mean or the largest of all positions."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from archspec.engine.kernels._base import Kernel, Phase, Site, shared
from archspec.ops.global_pooling import GlobalAvgPool, GlobalMaxPool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.engine.kernels._base import Call
    from archspec.engine.scratch import Scratch


class GlobalPool(Kernel):
    """A reduction over the positions of each sample."""

    name = "global-pool"
    operators = (GlobalAvgPool, GlobalMaxPool)
    why = "all positions of a sample at once"

    def bind(self, site: Site) -> Iterator[Phase]:
        """A sample at a time."""
        mean = isinstance(self.unit.operator, GlobalAvgPool)
        scale = self.dtype.type(1 / max(1, self.unit.volume.positions))

        def calls(sample: int, scratch: Scratch) -> Iterator[Call]:
            rows = site.x[sample].reshape(-1, site.x.shape[-1])
            out = site.output[sample].reshape(-1)
            yield partial((np.add if mean else np.maximum).reduce, rows, 0, None, out)
            if mean:
                yield partial(np.multiply, out, scale, out)
            yield from self.finish.calls(site.laid, site, scratch, sample, sample + 1)

        yield shared(range(len(site.x)), site.scratches, calls)
