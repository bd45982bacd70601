"""The operator's own forward: for whatever has no kernel of its own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from archspec.engine.kernels._base import Kernel, Phase, Setting, Site
from archspec.ops._base import Operator

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from archspec.engine.kernels._base import Arrays
    from archspec.engine.units import Unit
    from archspec.ops._numpy import Array


class Reference(Kernel):
    """The readable forward, then the finish."""

    name = "reference"
    operators = (Operator,)

    @classmethod
    def reason(cls, unit: Unit, setting: Setting) -> str | None:  # noqa: ARG003 - it takes everything
        """Anything."""
        return "its own forward"

    def lay_out(self, arrays: Arrays) -> Any:
        """The weights as they are, the finish."""
        return arrays[self.unit.first.name], self.finish.lay_out(arrays)

    def bind(self, site: Site) -> Iterator[Phase]:
        """One call, then the finish."""
        weights, operations = site.laid
        positions = site.output.size // max(1, site.output.shape[-1])
        run = partial(_run, self.unit.operator, self.unit.first.kind, site.inputs, weights, site.output)
        yield [[run, *self.finish.calls(operations, site, site.scratches[0], 0, positions)]]


def _run(operator: Operator, kind: str, inputs: Sequence[Array], weights: Mapping[str, Array], output: Array) -> None:
    y = operator.run(inputs, weights)
    if y.shape != output.shape or y.dtype != output.dtype:  # the forward and the shape rule are written apart
        wanted = f"{output.shape} {output.dtype}"
        raise AssertionError(f"{kind} gave {y.shape} {y.dtype} where its shape rule says {wanted}")
    np.copyto(output, y)
