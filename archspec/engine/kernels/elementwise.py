"""Norms, activations, sums and products as steps of their own: element by element, in place where the plan says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archspec.engine.kernels._base import Kernel, Setting
from archspec.ops._base import Operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.engine.fused_group import FusedGroup
    from archspec.engine.kernels._buffers import Arrays, Buffers
    from archspec.engine.stages import Stage


class ElementwiseKernel(Kernel):
    """All layers of the group are its epilogue, which reads the first input and writes the output."""

    operators = (Operator,)

    @classmethod
    def applies(cls, group: FusedGroup) -> bool:
        """Any elementwise operator, unless it reads its input again after overwriting it."""
        reads_again = group.overwrites is not None and group.first.inputs.count(group.overwrites) > 2
        return super().applies(group) and group.operator.elementwise and not reads_again

    @classmethod
    def reason(cls, group: FusedGroup, setting: Setting) -> str | None:  # noqa: ARG003 - exact at any grade
        """Whether it overwrites its input."""
        return "element by element" + (", in place" if group.overwrites else "")

    def __init__(self, group: FusedGroup, setting: Setting) -> None:
        first = group.first
        start, *others = _read_first(group)
        side_inputs = ((first.name, tuple(others)), *group.side_inputs) if others else group.side_inputs
        whole = group._replace(rest=group.nodes, side_inputs=side_inputs)
        super().__init__(whole, setting)
        self.source = first.inputs.index(start)

    def pack_weights(self, arrays: Arrays) -> Any:
        """The epilogue."""
        return self.epilogue.operations(arrays)

    def bind(self, buffers: Buffers) -> Iterator[Stage]:
        """Chunks of positions."""
        yield self.epilogue_stage(buffers.packed, buffers, buffers.inputs[self.source])


def _read_first(group: FusedGroup) -> list[str]:
    """The inputs of the first layer: the overwritten one before all others, gates (one position) after these."""
    sizes = dict(zip(group.first.inputs, group.first.input_volumes, strict=True))
    return sorted(group.first.inputs, key=lambda name: (name != group.overwrites, sizes[name] != group.output))
