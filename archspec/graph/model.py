"""The Graph: every layer as a node with its operator, its inputs and the volumes that flow."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from archspec.syntax.nodes import Mapping

if TYPE_CHECKING:
    from archspec.graph.operator_call import LayerCounts, OperatorCall
    from archspec.graph.scope import Frame
    from archspec.ops._base import Operator, Weight
    from archspec.ops._window import Window
    from archspec.source import Span
    from archspec.spec.items import Item
    from archspec.spec.models import Spec
    from archspec.syntax.nodes import Scalar
    from archspec.volume import Volume


@dataclass(slots=True, eq=False)
class Node:
    """One layer of the network.

    ``inputs`` name nodes or inputs of the graph; ``call`` is its operator called on the volumes of these, which equal
    layers share. ``trail`` tells the blocks it came out of, the outermost first; ``tied`` is the node
    whose weights it shares, ``ignored`` the rules it is not told of.
    """

    name: str
    inputs: tuple[str, ...]
    call: OperatorCall
    item: Item
    trail: tuple[Frame, ...] = ()
    tied: str | None = None
    ignored: frozenset[str] = frozenset()

    @property
    def kind(self) -> str:
        """The operator's name as the spec writes it."""
        return self.item.word

    @property
    def operator(self) -> Operator | None:
        """The operator; None when its arguments are faulty."""
        return self.call.operator

    @property
    def received(self) -> tuple[Volume | None, ...]:
        """The volumes that arrive; None for one that is unknown."""
        return self.call.received

    @property
    def output(self) -> Volume | None:
        """The volume that leaves; None when none can: the operator failed, or an input is unknown itself."""
        return self.call.output

    @property
    def volume(self) -> Volume | None:
        """The (first) volume that arrives."""
        return self.call.received[0]

    @property
    def is_known(self) -> bool:
        """Whether operator, inputs and output are all known, so that figures exist."""
        return self.call.is_known

    @property
    def arrives(self) -> bool:
        """Whether the operator and what arrives are known, so that a rule can judge it."""
        return self.call.arrives

    @property
    def weights(self) -> tuple[Weight, ...]:
        """Arrays the layer keeps; empty when unknown."""
        return self.call.weights

    @property
    def windows(self) -> tuple[Window, ...] | None:
        """How an output position sees the input, per axis; None when unknown."""
        return self.call.windows

    @property
    def counts(self) -> LayerCounts | None:
        """What the layer costs, without weights that are another one's; None when unknown."""
        return self.call.tied_counts if self.tied else self.call.counts

    @property
    def place(self) -> Span:
        """Where the layer stands: the operator's word."""
        return self.item.place

    def argument(self, name: str) -> Span:
        """Where an argument's value stands; the whole layer's place when it isn't written."""
        arguments = getattr(self.item, "arguments", None)
        if isinstance(arguments, Mapping) and (value := arguments.get(name)) is not None:
            return value.span
        return self.place


class Section(NamedTuple):
    """An item with facts of its own, a layer, block, group or loop: its nodes ``begin`` to ``end``, and what leaves."""

    item: Item
    begin: int
    end: int
    output: Volume | None


@dataclass(eq=False)
class Graph:
    """A directed acyclic graph of nodes in an order in which they can run.

    ``inputs`` are the volumes that enter, by name (None when the spec's are unusable), ``outputs`` the names of
    the nodes whose volumes are the network's results. ``is_whole`` is False when the expansion was cut short at a
    limit. ``conditions`` are the values that each ``when`` had, ``likes`` the volumes whose sizes an argument of a
    node takes, by the node's name.
    """

    spec: Spec
    inputs: dict[str, Volume | None]
    nodes: tuple[Node, ...]
    outputs: tuple[str, ...]
    is_whole: bool = True
    conditions: dict[Scalar, set[bool]] = field(default_factory=dict)
    used_blocks: frozenset[str] = frozenset()
    sections: tuple[Section, ...] = ()
    likes: dict[str, str] = field(default_factory=dict)

    @cached_property
    def by_name(self) -> dict[str, Node]:
        """Nodes by name."""
        return {node.name: node for node in self.nodes}

    @cached_property
    def by_item(self) -> dict[Item, dict[OperatorCall, Node]]:
        """What each item came out as: a node for each operator and volumes it stands for."""
        found: dict[Item, dict[OperatorCall, Node]] = {}
        for node in self.nodes:
            found.setdefault(node.item, {}).setdefault(node.call, node)
        return found

    @cached_property
    def consumers(self) -> dict[str, tuple[Node, ...]]:
        """The nodes that read each volume, by the volume's name."""
        found: dict[str, list[Node]] = {name: [] for name in (*self.inputs, *self.by_name)}
        for node in self.nodes:
            for name in dict.fromkeys(node.inputs):
                found[name].append(node)
        return {name: tuple(nodes) for name, nodes in found.items()}

    def volume(self, name: str) -> Volume | None:
        """The volume of an input or a node, by name."""
        return self.by_name[name].output if name in self.by_name else self.inputs[name]

    @cached_property
    def is_known(self) -> bool:
        """Whether every node is known, so that the network can be counted and compiled."""
        return self.is_whole and bool(self.nodes) and all(node.is_known for node in self.nodes)
