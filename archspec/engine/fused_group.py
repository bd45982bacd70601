"""Fused groups: the layers that one step computes, a first one and those applied to its output in the same pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from archspec.graph.model import Node
    from archspec.ops._base import Operator
    from archspec.volume import Volume

T = TypeVar("T")


class FusedChain(NamedTuple):
    """The three convolutions of an inverted residual, computed by one step (:mod:`fused_chains`)."""

    expand: FusedGroup
    depthwise: FusedGroup
    project: FusedGroup


class FusedGroup(NamedTuple):
    """``first`` reads ``first.inputs``; ``rest`` are applied to its output in order, without storing it in between.

    ``overwrites`` names the input whose memory the output takes, if any. ``side_inputs`` are the other volumes that
    merges in ``rest`` read, by the name of the merge. A group with a ``chain`` is all of its groups in one, and
    ``first`` and ``rest`` are those of the first of them.
    """

    first: Node
    rest: tuple[Node, ...] = ()
    side_inputs: tuple[tuple[str, tuple[str, ...]], ...] = ()
    overwrites: str | None = None
    chain: FusedChain | None = None

    @property
    def nodes(self) -> tuple[Node, ...]:
        """All layers in order."""
        if self.chain:
            return tuple(node for group in self.chain for node in group.nodes)
        return self.first, *self.rest

    @property
    def name(self) -> str:
        """The name of the output, which is that of the last layer."""
        return self.nodes[-1].name

    @property
    def reads(self) -> tuple[str, ...]:
        """The names of all volumes that the step reads, each once."""
        return tuple(dict.fromkeys((*self.first.inputs, *(name for _, names in self.side_inputs for name in names))))

    @property
    def kind(self) -> str:
        """The operators' names: ``conv + batch_norm + relu``; of a chain only the first operator of each group."""
        nodes = [group.first for group in self.chain] if self.chain else self.nodes
        return " + ".join(node.kind for node in nodes)

    @property
    def flow(self) -> str:
        """The inputs and the output: ``32x32x3 -> 32x32x8``."""
        return f"{', '.join(map(str, self.first.input_volumes))} -> {self.nodes[-1].output}"

    @property
    def operator(self) -> Operator:
        """The first layer's operator."""
        return require_known(self.first.operator)

    @property
    def volume(self) -> Volume:
        """The first input."""
        return require_known(self.first.volume)

    @property
    def output(self) -> Volume:
        """The output."""
        return require_known(self.nodes[-1].output)

    @property
    def is_view(self) -> bool:
        """Whether nothing is computed: the output has the input's elements, in the same or another shape."""
        return self.overwrites is not None and self.operator.in_place and not self.operator.elementwise

    @property
    def macs(self) -> int:
        """Multiply-accumulates for one sample."""
        return sum(node.counts.macs for node in self.nodes if node.counts)


def require_known(value: T | None) -> T:
    """A value that every layer of a faultless graph has, which the type checker can't see."""
    if value is None:
        raise TypeError("the graph has a faulty layer")
    return value
