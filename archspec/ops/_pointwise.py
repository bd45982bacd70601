"""What activations share: they keep the shape and can overwrite their input."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.ops._base import Operator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.volume import Volume


class Pointwise(Operator):
    """Base of activations; ``operations`` is their cost per element, counted along the formula as written.

    A comparison, sum, difference, product or quotient is one operation, and so is a call of exp, log, tanh or erf.
    """

    in_place = True
    elementwise = True
    operations: ClassVar[int]

    def flops(self, inputs: Sequence[Volume], output: Volume) -> int:
        """``operations`` for every element."""
        return self.operations * output.size
