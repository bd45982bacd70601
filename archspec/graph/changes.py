"""Changes of a layer: its arguments, its operator, or operators inserted before its inputs."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from archspec.graph.operator_call import infer_output

if TYPE_CHECKING:
    from archspec.ops._base import Operator
    from archspec.volume import Volume


class Change(NamedTuple):
    """A change at one layer: other ``arguments``, or another ``operator``; ``inserted`` are operators before an input.

    An inserted operator is called on the volume of the input of that number, and the layer reads its output.
    """

    arguments: Mapping[str, Any] = MappingProxyType({})
    operator: Operator | None = None
    inserted: Mapping[int, Operator] = MappingProxyType({})

    def new_operator(self, operator: Operator | None) -> Operator | None:
        """The operator of the layer after the change."""
        operator = self.operator or operator
        return operator.model_copy(update=dict(self.arguments)) if operator and self.arguments else operator

    def input_volumes(self, volumes: tuple[Volume | None, ...]) -> tuple[Volume | None, ...]:
        """The input volumes of the layer after the change."""
        return tuple(
            infer_output(self.inserted[number], (volume,)) if number in self.inserted else volume
            for number, volume in enumerate(volumes)
        )


Changes = Mapping[str, Change]
"""Changes by the names of layers."""
