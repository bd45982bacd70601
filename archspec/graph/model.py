"""The Graph: every layer as a node with its operator, its inputs and the volumes between them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from archspec.diagnostics import Label
from archspec.ops import OPERATORS
from archspec.ops import operator as operator_class
from archspec.ops._base import Operator
from archspec.syntax.nodes import Mapping

if TYPE_CHECKING:
    from archspec.graph.expansions import Expansions
    from archspec.graph.operator_call import LayerCounts, OperatorCall
    from archspec.graph.scope import BlockExpansion
    from archspec.ops._base import Weight
    from archspec.ops._window import Window
    from archspec.source import Span
    from archspec.spec.items import Item
    from archspec.spec.models import DType, Facts, Figures, LayerFacts, Loss, Spec
    from archspec.spec.values import Cause
    from archspec.syntax.nodes import Node as Tree
    from archspec.syntax.nodes import Scalar
    from archspec.volume import Volume


@dataclass(slots=True, eq=False)
class Node:
    """One layer of the network.

    ``kind`` is the operator's name. ``inputs`` name nodes or inputs of the graph; ``call`` is its operator on their
    volumes, which equal layers share. ``tied`` is the node whose weights it shares, ``ignored`` are rules that do not
    apply to it. ``origin`` is its item in a file, None for a layer that a program added; ``trail`` are the blocks of
    the file from which it was expanded, the outermost first.
    """

    name: str
    kind: str
    inputs: tuple[str, ...]
    call: OperatorCall
    tied: str | None = None
    ignored: frozenset[str] = frozenset()
    origin: Item | None = None
    trail: tuple[BlockExpansion, ...] = ()

    @property
    def operator(self) -> Operator | None:
        """The operator; None when its arguments are faulty."""
        return self.call.operator

    @property
    def traits(self) -> type[Operator]:
        """The operator's class, which has its traits and is known even where its arguments are faulty."""
        if self.call.operator is not None:
            return type(self.call.operator)
        return operator_class(self.kind) if self.kind in OPERATORS else Operator

    @property
    def input_volumes(self) -> tuple[Volume | None, ...]:
        """The input volumes; None for one that is unknown."""
        return self.call.input_volumes

    @property
    def output(self) -> Volume | None:
        """The output volume; None when the operator failed or an input is unknown."""
        return self.call.output

    @property
    def volume(self) -> Volume | None:
        """The (first) input volume."""
        return self.call.input_volumes[0]

    @property
    def is_known(self) -> bool:
        """Whether operator, inputs and output are all known, so that figures exist."""
        return self.call.is_known

    @property
    def is_checkable(self) -> bool:
        """Whether the operator and its inputs are known, so that rules can check the layer."""
        return self.call.is_checkable

    @property
    def weights(self) -> tuple[Weight, ...]:
        """The stored arrays (weights and buffers); empty if unknown."""
        return self.call.weights

    @property
    def windows(self) -> tuple[Window, ...] | None:
        """The window of input positions of each output position, per axis; None if unknown."""
        return self.call.windows

    @property
    def counts(self) -> LayerCounts | None:
        """The costs of the layer, without shared weights of another layer; None if unknown."""
        return self.call.tied_counts if self.tied else self.call.counts

    @property
    def place(self) -> Span | None:
        """Where the layer is in its file: the operator's word."""
        return self.origin.place if self.origin else None

    @property
    def line(self) -> int | None:
        """Line of the layer in its file, from 1."""
        return self.place.line if self.place else None

    def labels(self, text: str) -> tuple[Label, ...]:
        """The layer as a second place of a finding; none without a file, for the text says only what is there."""
        return (Label(self.place, text),) if self.place else ()

    def label(self, text: str) -> Label | str:
        """A text at the layer's place; the text alone without a file."""
        return Label(self.place, text) if self.place else text

    def argument(self, name: str) -> Span | None:
        """Where an argument's value is in the file; the whole layer's place when it isn't written."""
        arguments = getattr(self.origin, "arguments", None)
        if isinstance(arguments, Mapping) and (value := arguments.get(name)) is not None:
            return value.span
        return self.place


class Section(NamedTuple):
    """An item with facts of its own, a layer, block, group or loop: its nodes ``begin`` to ``end``, and its output.

    ``source`` is the node or input that has this output, ``word`` what the item is called.
    """

    expect: LayerFacts
    begin: int
    end: int
    output: Volume | None
    source: str
    word: str
    origin: Item | None = None


class NetworkHeader(NamedTuple):
    """What holds for a whole network: its name and source, how it is stored and run, and what is claimed of it."""

    name: str = ""
    source: str | None = None
    dtype: DType = "float32"
    batch: int = 1
    is_batch_stated: bool = False
    loss: Loss | None = None
    expect: Facts | None = None
    budget: Figures | None = None


@dataclass(eq=False)
class Graph:
    """A directed acyclic graph of nodes in an order in which they can run.

    ``inputs`` are its input volumes by name (None when the spec's are unusable), ``outputs`` the names of the nodes
    whose volumes are the network's results. ``likes`` are the volumes whose sizes an argument of a node takes, by the
    node's name, ``sections`` the nodes about which facts are stated.

    ``origin`` is the spec that was expanded, None for a graph that a program built. Of an expansion, ``is_whole`` is
    False when it was cut short at a limit, and ``conditions`` are the values that each ``when`` had. ``causes`` say why
    items could not be expanded, or operators not be read: a finding that was reported, or the name of a layer or input
    without a volume. ``expansions`` are what it shares with other networks of its file.
    """

    header: NetworkHeader
    inputs: dict[str, Volume | None]
    nodes: tuple[Node, ...]
    outputs: tuple[str, ...]
    likes: dict[str, str] = field(default_factory=dict)
    sections: tuple[Section, ...] = ()
    origin: Spec | None = None
    is_whole: bool = True
    causes: tuple[Cause, ...] = ()
    conditions: dict[Scalar, set[bool]] = field(default_factory=dict)
    used_blocks: frozenset[str] = frozenset()
    expansions: Expansions | None = field(default=None, repr=False)

    @property
    def file(self) -> str | None:
        """Name of the file that was expanded."""
        return self.origin.tree.span.source.name if self.origin else None

    def place(self, key: str) -> Span | None:
        """Where the file has a key at its top; the whole file when it hasn't, None without a file."""
        return (self.origin.tree.get(key) or self.origin.tree).span if self.origin else None

    def claims(self, key: str) -> Tree | None:
        """The network's ``expect`` or ``budget`` in its file, where a variant may have its own."""
        return self.origin.stated_node(key) if self.origin else None

    @cached_property
    def by_name(self) -> dict[str, Node]:
        """Nodes by name."""
        return {node.name: node for node in self.nodes}

    @cached_property
    def calls(self) -> tuple[OperatorCall, ...]:
        """The calls of all nodes; those that equal layers share are there once."""
        return tuple(dict.fromkeys([node.call for node in self.nodes]))

    @cached_property
    def alike(self) -> Counter[tuple[OperatorCall, bool]]:
        """How many nodes there are of each call, apart those that share the weights of another node (True)."""
        return Counter([(node.call, node.tied is not None) for node in self.nodes])

    @cached_property
    def indices(self) -> dict[str, int]:
        """Where each node is in ``nodes``, by name."""
        return {node.name: index for index, node in enumerate(self.nodes)}

    @cached_property
    def consumers(self) -> dict[str, tuple[Node, ...]]:
        """The nodes that read each volume, by the volume's name."""
        found: dict[str, list[Node]] = {name: [] for name in (*self.inputs, *self.by_name)}
        for node in self.nodes:
            for name in node.inputs if len(node.inputs) == 1 else dict.fromkeys(node.inputs):
                found[name].append(node)
        return {name: tuple(nodes) for name, nodes in found.items()}

    def volume(self, name: str) -> Volume | None:
        """The volume of an input or a node, by name."""
        return self.by_name[name].output if name in self.by_name else self.inputs[name]

    @cached_property
    def is_known(self) -> bool:
        """Whether every item was expanded and every node is known, so that it can be counted and compiled."""
        return self.is_whole and not self.causes and bool(self.nodes) and all(node.is_known for node in self.nodes)

    @property
    def unknown_layer(self) -> Node | None:
        """The first layer that is not known; None when all are, or when what is unknown is no layer."""
        return next((node for node in self.nodes if not node.is_known), None)
