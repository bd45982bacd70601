"""From a spec to its Graph: blocks, loops and branches expanded while shapes propagate."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

from archspec.graph import faults
from archspec.graph.arguments import OperatorReader
from archspec.graph.conditions import condition_reads, reads_volume
from archspec.graph.model import Graph, NetworkHeader, Node, Section
from archspec.graph.operator_call import OperatorCalls
from archspec.graph.scope import BlockExpansion, Flow, Scope
from archspec.ops import OPERATORS
from archspec.spec.items import Branch, Call, Group, Item, Jump, Loop, Merge, Unread
from archspec.spec.layer_names import is_layer_name, no_layer_name
from archspec.spec.values import Unknown, evaluate
from archspec.spec.wording import name_text, yaml_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Sink
    from archspec.graph.changes import Changes
    from archspec.graph.conditions import ConditionReads
    from archspec.ops._base import Operator
    from archspec.spec.items import Block
    from archspec.spec.models import Spec
    from archspec.spec.values import Cause
    from archspec.syntax.nodes import Node as Tree
    from archspec.syntax.nodes import Scalar
    from archspec.volume import Volume

MAX_NODES = 200_000
"""Layers of an expanded network, unless more are allowed."""
MAX_DEPTH = 64
"""Blocks within blocks."""
_IDLE_ROUNDS = 10
"""Rounds of loops that may pass for every layer that is allowed: a loop of nothing ends too."""


class _Full(Exception):  # noqa: N818 - a way out of all loops, not an error
    """The limit on layers is reached: what follows is ``unknown``."""

    def __init__(self, unknown: Unknown) -> None:
        self.unknown = unknown
        super().__init__(unknown)


def build(spec: Spec, sink: Sink, max_nodes: int = MAX_NODES, changes: Changes | None = None) -> Graph:
    """The graph of a spec, past every fault: a node that fails has an unknown volume, and so has what follows it.

    Parameters must have values (:meth:`Spec.at`). A network of more than ``max_nodes`` layers is cut short, and
    that is reported. ``changes`` are made to layers while shapes are inferred (:func:`archspec.analysis.infer.infer`).
    """
    builder = _Builder(spec, sink, max_nodes, changes or {})
    return builder.graph()


def _header(spec: Spec) -> NetworkHeader:
    is_batch_stated = spec.tree.get("batch") is not None
    return NetworkHeader(
        spec.title, spec.source, spec.dtype, spec.batch, is_batch_stated, spec.loss, spec.expect, spec.budget
    )


@dataclass(eq=False)
class _Builder:
    """The state of an expansion."""

    spec: Spec
    sink: Sink
    max_nodes: int
    changes: Changes
    nodes: list[Node] = field(default_factory=list)
    volumes: dict[str, Flow] = field(default_factory=dict)
    rounds: int = 0
    sections: list[Section] = field(default_factory=list)
    ties: dict[str, str] = field(default_factory=dict)
    conditions: dict[Scalar, set[bool]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    calls: OperatorCalls = field(default_factory=OperatorCalls)
    likes: dict[str, str] = field(default_factory=dict)
    causes: list[Cause] = field(default_factory=list)

    def graph(self) -> Graph:
        """Expand everything."""
        inputs: dict[str, Volume | None] = dict(self.spec.input) if self.spec.input else {"input": None}
        self.volumes = {name: Flow(name, volume or Unknown.of_layer(name)) for name, volume in inputs.items()}
        self.reader = OperatorReader(self.spec.fit, self.sink)
        scope = Scope(values=dict(self.spec.params), taken=dict.fromkeys(inputs))
        is_whole = True
        try:
            last = self.sequence(self.spec.layers, scope, next(iter(self.volumes.values())))
        except _Full as full:
            is_whole = False
            last = self._missing(self.nodes[-1].name if self.nodes else next(iter(inputs)), full.unknown)
        if self.spec.layers and not self.nodes and last.volume is not None:
            self.sink(faults.no_layers(self.spec.layers[0].place))
        outputs = tuple(dict.fromkeys(self._outputs(scope, last))) or (last.name,)
        return Graph(
            _header(self.spec),
            inputs,
            tuple(self.nodes),
            outputs,
            self.likes,
            tuple(self.sections),
            origin=self.spec,
            is_whole=is_whole,
            causes=tuple(self.causes),
            conditions=self.conditions,
            used_blocks=frozenset(self.used),
        )

    def _outputs(self, scope: Scope, last: Flow) -> Iterator[str]:
        for output in self.spec.outputs:
            flow = self.volume(output, scope, last)
            if flow is not None:
                yield flow.name

    def sequence(self, items: tuple[Item, ...], scope: Scope, flow: Flow) -> Flow:
        """Items one after the other; the output of the last."""
        self._reserve(items, scope)
        for item in items:
            flow = self.repeat(item, scope, flow)
        return flow

    def _reserve(self, items: tuple[Item, ...], scope: Scope) -> None:
        """Reserve explicit names, and report duplicates."""
        for item in items:
            if item.name is None or "$" in str(item.name.value):
                continue
            name, place = str(item.name.value), item.name.span
            first = scope.taken.get(name, place)
            if first is not place and first != place:
                self.sink(faults.duplicate_name(name, place, first))
            scope.taken[name] = place

    def repeat(self, item: Item, scope: Scope, flow: Flow) -> Flow:
        """An item as often as ``repeat`` says, each round going on from the one before; once without it.

        Of an item whose ``when`` is false nothing else is evaluated but what the condition itself depends on.
        """
        reads = condition_reads(item)
        try:
            if item.when is not None and self._is_left_out(item, item.when, reads, scope, flow):
                return flow
            start = flow if item.source is None else self._source(item.source, scope, flow)
            if item.when is not None and reads.source and not reads.round and not self._holds(item.when, scope, start):
                return flow
            count = 1 if item.repeat is None else self._count(item.repeat, scope, start)
        except Unknown as unknown:
            missing = self._missing(flow.name, unknown)
            if item.name is not None:  # what reads it is not at fault
                self.volumes.setdefault(scope.path(item.name.text), missing)
            return missing
        if count > self.max_nodes:
            self._too_many(item)
        when = item.when if reads.round or (item.repeat is not None and reads.volume) else None
        scope = scope.ignoring(item.ignored_rules)
        if item.repeat is None:
            return self._round(item, scope, start, None, when)
        for turn in range(count):
            start = self._round(item, scope.having({"i": turn}), start, turn + 1, when)
        return start

    def _is_left_out(self, item: Item, when: Scalar, reads: ConditionReads, scope: Scope, flow: Flow) -> bool:
        """Whether a condition is false, in all rounds, as far as it can be evaluated before ``from`` and ``repeat``."""
        if reads.source:
            return False
        if not reads.round:
            return not self._holds(when, scope, flow)
        if item.repeat is None or reads.volume or reads_volume(item.repeat):
            return False
        for turn in range(min(self._count(item.repeat, scope, flow), self.max_nodes)):
            self._tick(item)
            if self._holds(when, scope.having({"i": turn}), flow):
                return False
        return True

    def _round(self, item: Item, scope: Scope, flow: Flow, turn: int | None, when: Scalar | None) -> Flow:
        """One round of an item, if ``when`` holds; otherwise the current volume."""
        self._tick(item)
        try:
            if when is not None and not self._holds(when, scope, flow):
                return flow
        except Unknown as unknown:
            return self._missing(flow.name, unknown)
        self._check_tie(item)
        begin = len(self.nodes)
        flow = self.one(item, scope, flow, turn)
        if item.expect is not None and self.spec.checks_layers:
            self.sections.append(Section(item.expect, begin, len(self.nodes), flow.volume, item))
        return flow

    def _check_tie(self, item: Item) -> None:
        """Only a layer has weights to share."""
        if item.tie is not None and not (isinstance(item, Call) and item.word not in self.spec.blocks):
            self.sink(faults.no_tie(item))

    def _tick(self, item: Item) -> None:
        self.rounds += 1
        if len(self.nodes) >= self.max_nodes or self.rounds > self.max_nodes * _IDLE_ROUNDS:
            self._too_many(item)

    def _too_many(self, item: Item) -> NoReturn:
        raise _Full(Unknown.reported(faults.too_many(item, self.max_nodes), self.sink))

    def one(self, item: Item, scope: Scope, flow: Flow, turn: int | None) -> Flow:
        """One item, once."""
        match item:
            case Jump():
                return flow
            case Group():
                return self.group(item, scope, flow, turn)
            case Loop():
                return self.loop(item, scope, flow, turn)
            case Merge():
                return self.merge(item, scope, flow, turn)
            case Call():
                block = self.spec.blocks.get(item.word)
                expand = self.operator if block is None else partial(self.block, block)
                return expand(item, scope, flow, turn)
            case Unread():
                return self._missing(flow.name, Unknown(item.finding))
        raise TypeError(item)

    def _missing(self, name: str, unknown: Unknown) -> Flow:
        """The volume after an item that cannot be expanded."""
        self.causes.append(unknown.cause)
        return Flow(name, unknown)

    def name(self, item: Item, scope: Scope, flow: Flow, turn: int | None) -> str:
        """The item's name below the scope: given, with the round's number when it is repeated, or numbered."""
        if item.name is None:
            return scope.next_name(item.word)
        text = str(item.name.value)
        if "$" in text:
            try:
                value = evaluate(item.name, scope.values, flow.shape, self.sink)
            except Unknown:
                return scope.next_name(item.word)
            given = str(value) if type(value) is int else value
            if is_layer_name(given):
                return scope.free(given)
            self.sink(no_layer_name(yaml_text(value), item.name.span))
            return scope.next_name(item.word)
        if turn is not None:
            return scope.free(f"{text}{turn}")
        return text if scope.path(text) not in self.volumes else scope.free(text)

    def group(self, item: Group, scope: Scope, flow: Flow, turn: int | None) -> Flow:
        """Items in sequence; under a name of their own when they have one."""
        if item.name is None:
            return self.sequence(item.items, scope, flow)
        inner = scope.inside(self.name(item, scope, flow, turn))
        return self._set_volume(inner.prefix, self.sequence(item.items, inner, flow))

    def loop(self, item: Loop, scope: Scope, flow: Flow, turn: int | None) -> Flow:
        """Items once for each row."""
        inner = scope if item.name is None else scope.inside(self.name(item, scope, flow, turn))
        try:
            rows = self._rows(item, scope, flow)
        except Unknown as unknown:
            return self._missing(flow.name, unknown)
        for number, row in enumerate(rows):
            self._tick(item)
            flow = self.sequence(item.items, inner.having({"i": number, **row}), flow)
        return flow if item.name is None else self._set_volume(inner.prefix, flow)

    def _rows(self, item: Loop, scope: Scope, flow: Flow) -> tuple[dict[str, Any], ...]:
        rows = evaluate(item.rows, scope.values, flow.shape, self.sink)
        if isinstance(rows, tuple) and all(isinstance(row, dict) for row in rows):
            return rows
        raise Unknown.reported(faults.no_rows(item.rows, rows), self.sink)

    def merge(self, item: Merge, scope: Scope, flow: Flow, turn: int | None) -> Flow:
        """Branches from the present volume, and the operator that joins them."""
        name = self.name(item, scope, flow, turn)
        ends = tuple(self.branch(branch, scope, flow) for branch in item.branches)
        return self.node(item, scope, name, self.reader.merge(item), ends)

    def branch(self, branch: Branch, scope: Scope, flow: Flow) -> Flow:
        """The output of one branch."""
        if branch.source is not None:
            try:
                return self._source(branch.source, scope, flow)
            except Unknown as unknown:
                return self._missing(flow.name, unknown)
        if not branch.items:
            return flow
        name = scope.free(branch.name) if branch.name else scope.next_name("branch")
        inner = scope.inside(name)
        return self._set_volume(inner.prefix, self.sequence(branch.items, inner, flow))

    def block(self, block: Block, call: Call, scope: Scope, flow: Flow, turn: int | None) -> Flow:
        """A block's items, with its parameters given and its own names."""
        self.used.add(call.word)
        opened = [expansion.block for expansion in scope.trail]
        if call.word in opened:
            finding = faults.recursion(call, (*opened[opened.index(call.word) :], call.word), scope.trail)
            return self._missing(flow.name, Unknown.reported(finding, self.sink))
        if len(opened) >= MAX_DEPTH:
            return self._missing(flow.name, Unknown.reported(faults.too_deep(call, MAX_DEPTH), self.sink))
        name = self.name(call, scope, flow, turn)
        try:
            values = self.reader.block_values(block, call, scope, flow.shape)
        except Unknown as unknown:
            return self._missing(flow.name, unknown)
        expansion = BlockExpansion(call.word, call.place, values)
        inner = Scope(
            scope.path(name), {**self.spec.params, **values}, (*scope.trail, expansion), ignored=scope.ignored
        )
        return self._set_volume(inner.prefix, self.sequence(block.items, inner, flow))

    def operator(self, item: Call, scope: Scope, flow: Flow, turn: int | None) -> Flow:
        """A layer."""
        name = self.name(item, scope, flow, turn)
        path = scope.path(name)
        operator: Operator | Unknown
        if item.word not in OPERATORS:
            from archspec.graph.unknown_operator import unknown_operator  # noqa: PLC0415 - most specs have none

            operator = Unknown.reported(unknown_operator(item, path, self.spec.blocks), self.sink)
        else:
            operator = self.reader.read(item, scope, flow, path, partial(self._sizes_of, path))
        return self.node(item, scope, name, operator, (flow,))

    def node(self, item: Item, scope: Scope, name: str, called: Operator | Unknown, flows: tuple[Flow, ...]) -> Flow:
        """Add a node."""
        path, inputs = scope.path(name), tuple(flow.volume for flow in flows)
        operator: Operator | None = None
        if isinstance(called, Unknown):
            self.causes.append(called.cause)
        else:
            operator = called
        if (change := self.changes.get(path)) is not None:
            operator, inputs = change.new_operator(operator), change.input_volumes(inputs)
        call = self.calls.of(operator, inputs)
        tied = self._tied_node(item, scope, flows[0]) if item.tie is not None else None
        if tied is not None:
            self.ties[path] = tied
        sources = tuple(flow.name for flow in flows)
        self.nodes.append(Node(path, item.word, sources, call, tied, scope.ignored, item, scope.trail))
        return self._set_volume(path, Flow(path, call.output or _why_unknown(path, called, flows)))

    def _set_volume(self, path: str, flow: Flow) -> Flow:
        self.volumes[path] = flow
        return flow

    def _tied_node(self, item: Item, scope: Scope, flow: Flow) -> str | None:
        """The node whose weights a layer shares."""
        if item.tie is None:
            return None
        try:
            name = self._source(item.tie, scope, flow).name
        except Unknown as unknown:
            self.causes.append(unknown.cause)
            return None
        return self.ties.get(name, name)

    def _source(self, source: Scalar, scope: Scope, flow: Flow) -> Flow:
        """The volume a scalar names; Unknown, and reported, when there is none of that name yet."""
        name = name_text(evaluate(source, scope.values, flow.shape, self.sink))
        named = self._lookup(name, scope)
        return self._no_volume(source, name, scope) if named is None else named

    def _no_volume(self, place: Tree, name: str, scope: Scope) -> NoReturn:
        finding = faults.no_volume(place, name, self._visible(scope), self._explicit_names())
        raise Unknown.reported(finding, self.sink)

    def volume(self, source: Scalar, scope: Scope, flow: Flow) -> Flow | None:
        """The volume a scalar names; None, and reported, when there is none."""
        try:
            return self._source(source, scope, flow)
        except Unknown as unknown:
            self.causes.append(unknown.cause)
            return None

    def _sizes_of(self, path: str, name: str, place: Tree, scope: Scope) -> tuple[int, ...]:
        """Spatial axes of a named volume, for arguments such as ``like`` of the layer of a path."""
        flow = self._lookup(name, scope)
        if flow is None:
            self._no_volume(place, name, scope)
        self.likes[path] = flow.name
        if isinstance(flow.shape, Unknown):
            raise Unknown(flow.shape.cause)
        return flow.shape.spatial

    def _lookup(self, name: str, scope: Scope) -> Flow | None:
        """A volume by name: of this scope, else of the one around it, and so on outwards."""
        prefix = scope.prefix
        while prefix:
            if (found := self.volumes.get(f"{prefix}.{name}")) is not None:
                return found
            prefix = prefix.rpartition(".")[0]
        return self.volumes.get(name)

    def _visible(self, scope: Scope) -> list[str]:
        """The names that ``from`` can use here."""
        around = f"{scope.prefix}." if scope.prefix else ""
        own = [name.removeprefix(around) for name in self.volumes if name.startswith(around)]
        return [name for name in own if "." not in name] or list(self.volumes)[:100]

    def _explicit_names(self) -> dict[str, Scalar]:
        """All names in the spec, to distinguish a name that is used too early from one that does not exist."""
        found: dict[str, Scalar] = {}
        stack: list[Item] = [*self.spec.layers, *(item for block in self.spec.blocks.values() for item in block.items)]
        while stack:
            item = stack.pop()
            if item.name is not None:
                found.setdefault(str(item.name.value), item.name)
            stack.extend(getattr(item, "items", ()))
            stack.extend(inner for branch in getattr(item, "branches", ()) for inner in branch.items)
        return found

    def _count(self, repeat: Scalar, scope: Scope, flow: Flow) -> int:
        count = evaluate(repeat, scope.values, flow.shape, self.sink)
        if type(count) is not int or count < 0:
            raise Unknown.reported(faults.no_count(repeat, count), self.sink)
        return count

    def _holds(self, when: Scalar, scope: Scope, flow: Flow) -> bool:
        """Whether a condition is true.

        Raises:
            Unknown: it cannot be evaluated, or is neither true nor false.

        """
        try:
            value = evaluate(when, scope.values, flow.shape, self.sink)
            if not isinstance(value, bool):
                raise Unknown.reported(faults.no_condition(when, value), self.sink)
        except Unknown:
            self.conditions.setdefault(when, set()).update((True, False))  # it cannot be shown that it never changes
            raise
        self.conditions.setdefault(when, set()).add(value)
        return value


def _why_unknown(path: str, operator: Operator | Unknown, flows: tuple[Flow, ...]) -> Unknown:
    """Why a layer has no output: for its arguments, for an input volume, or for itself, which rules report."""
    if isinstance(operator, Unknown):
        return operator
    return next((flow.shape for flow in flows if isinstance(flow.shape, Unknown)), Unknown.of_layer(path))
