"""What the networks of one file share: operators, their calls, and the blocks that are expanded alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from archspec.graph.operator_call import OperatorCalls
from archspec.syntax.nodes import Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as Values

    from archspec.graph.expanded_block import ExpandedBlock
    from archspec.ops._base import Operator
    from archspec.spec.items import Block, Call, Item
    from archspec.volume import Volume

_MOST_LAYERS = 200_000
"""Layers of all blocks that are kept."""


class BlockReads(NamedTuple):
    """Names of the values on which the expansion of a block can depend: in its own scope, and in those of its blocks.

    ``is_certain`` is False where an expression can't be read.
    """

    names: tuple[str, ...]
    hidden: tuple[str, ...]
    is_certain: bool


class BlockUse(NamedTuple):
    """Where a block is expanded, as far as its layers depend on that; ``values`` are of the names that it reads."""

    block: Block
    volume: Volume
    values: object
    ignored: frozenset[str]
    depth: int
    checks_layers: bool


@dataclass(eq=False)
class Expansions:
    """Operators by what is written, calls by operator and volumes, and blocks by their use."""

    by_call: dict[Call, Operator] = field(default_factory=dict)
    by_arguments: dict[tuple[str, str], Operator] = field(default_factory=dict)
    calls: OperatorCalls = field(default_factory=OperatorCalls)
    _blocks: dict[BlockUse, ExpandedBlock] = field(default_factory=dict)
    _reads: dict[Block, BlockReads] = field(default_factory=dict)
    _round_readers: dict[Item, bool] = field(default_factory=dict)
    _layers: int = 0

    def block(self, use: BlockUse) -> ExpandedBlock | None:
        """The block as it was expanded in this way before; None when it was not."""
        return self._blocks.get(use)

    def keep(self, use: BlockUse, expanded: ExpandedBlock) -> None:
        """Keep what a block was expanded to."""
        self._layers += len(expanded.layers)
        if self._layers <= _MOST_LAYERS:
            self._blocks[use] = expanded

    def reads(self, block: Block, blocks: Values[str, Block]) -> BlockReads:
        """What the expansion of a block reads."""
        if block not in self._reads:
            own, is_certain = _names_read(_nodes_of(block))
            inner, seen = set[str](), {block}
            waiting = _blocks_in(block, blocks)
            while waiting:
                other = waiting.pop()
                if other not in seen:
                    seen.add(other)
                    names, is_readable = _names_read(_nodes_of(other))
                    inner |= names
                    is_certain = is_certain and is_readable
                    waiting += _blocks_in(other, blocks)
            params = {str(key.value) for key, _ in block.params}
            hidden = tuple(sorted(inner & params))  # here a parameter of the block, in its blocks one of the file
            self._reads[block] = BlockReads(tuple(sorted(own | inner)), hidden, is_certain)
        return self._reads[block]

    def reads_round(self, item: Item) -> bool:
        """Whether an item that is repeated may read the number of its round."""
        if item not in self._round_readers:
            names, is_certain = _names_read([item.node])
            self._round_readers[item] = "i" in names or not is_certain
        return self._round_readers[item]


def values_read(reads: BlockReads, values: Values[str, Any], params: Values[str, Any]) -> object:
    """The values that a block reads, with their types: 1, 1.0 and true are equal, but not the same value."""
    read = [values.get(name, ...) for name in reads.names]
    if reads.hidden:
        read += [params.get(name, ...) for name in reads.hidden]
    kinds = [type(value) for value in read]
    return repr(read) if tuple in kinds or dict in kinds else (tuple(kinds), tuple(read))


def _names_read(nodes: list[Node]) -> tuple[set[str], bool]:
    """Names in the expressions of nodes, and whether all of these can be read."""
    from archspec.syntax.expressions import ExpressionError, template  # noqa: PLC0415 - many specs have no expression

    names, is_certain = set[str](), True
    for scalar in _scalars(nodes):
        if isinstance(scalar.value, str) and "$" in scalar.value:
            try:
                found = template(scalar.value)
            except ExpressionError:
                is_certain = False
            else:
                names |= found.names if found else frozenset()
    return names, is_certain


def _blocks_in(block: Block, blocks: Values[str, Block]) -> list[Block]:
    """The blocks that a block may use: each whose name is a word in it."""
    return [blocks[word] for word in {str(scalar.value) for scalar in _scalars(_nodes_of(block))} & blocks.keys()]


def _nodes_of(block: Block) -> list[Node]:
    """The defaults and the items of a block."""
    return [default for _, default in block.params] + [item.node for item in block.items]


def _scalars(nodes: list[Node]) -> Iterator[Scalar]:
    """All keys and values in nodes."""
    waiting = [*nodes]
    seen = set[int]()  # an alias is the node of its anchor
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, Scalar):
            yield each
        elif isinstance(each, Sequence):
            waiting += each.items
        else:
            for entry in each.entries:
                waiting += (entry.key, entry.value)
