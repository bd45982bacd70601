"""From a spec to its Graph: blocks, loops and branches expanded while shapes propagate."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from archspec.graph import faults
from archspec.graph.arguments import OperatorReader
from archspec.graph.conditions import condition_reads, reads_volume
from archspec.graph.expanded import Expanded
from archspec.graph.expanded_block import Recording
from archspec.graph.expansions import BlockUse, Expansions, values_read
from archspec.graph.model import Graph, NetworkHeader, Node, Section
from archspec.graph.scope import BlockExpansion, Flow, Scope
from archspec.ops import OPERATORS
from archspec.spec.items import Branch, Call, Group, Item, Jump, Loop, Merge, Unread
from archspec.spec.layer_names import is_layer_name, no_layer_name
from archspec.spec.values import Unknown, evaluate, out_of_work
from archspec.spec.wording import name_text, yaml_text
from archspec.volume import Volume
from archspec.work_budget import MAX_NODES, OutOfWorkError, WorkBudget, work_budget

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Sink
    from archspec.graph.changes import Changes
    from archspec.graph.conditions import ConditionReads
    from archspec.graph.expanded_block import ExpandedBlock
    from archspec.ops._base import Operator
    from archspec.spec.items import Block
    from archspec.spec.models import Spec
    from archspec.syntax.nodes import Node as Tree
    from archspec.syntax.nodes import Scalar

MAX_DEPTH = 64
"""Blocks within blocks."""
_ROUND = 8
"""Steps of one round."""


class _Full(Exception):  # noqa: N818 - a way out of all loops, not an error
    """The limit on layers is reached: what follows is ``unknown``."""

    def __init__(self, unknown: Unknown) -> None:
        self.unknown = unknown
        super().__init__(unknown)


def build(
    spec: Spec,
    sink: Sink,
    max_nodes: int = MAX_NODES,
    changes: Changes | None = None,
    expansions: Expansions | None = None,
) -> Graph:
    """The graph of a spec, past every fault: a node that fails has an unknown volume, and so has what follows it.

    Parameters must have values (:meth:`Spec.at`). A network of more than ``max_nodes`` layers is cut short, and
    that is reported. ``changes`` are made to layers while shapes are inferred (:func:`archspec.analysis.infer.infer`).
    ``expansions`` are what networks of the same file were expanded to.
    """
    expansions = Expansions() if expansions is None else expansions
    state = Expanded(sink)
    return _Builder(spec, state.report, max_nodes, changes or {}, expansions, state).graph()


def _header(spec: Spec) -> NetworkHeader:
    is_batch_stated = spec.tree.get("batch") is not None
    return NetworkHeader(
        spec.title, spec.source, spec.dtype, spec.batch, is_batch_stated, spec.loss, spec.expect, spec.budget
    )


class BlockArguments(NamedTuple):
    """The values of a block's parameters, the way to its layers, those of the values that it reads, and the scope's."""

    values: dict[str, Any]
    trail: tuple[BlockExpansion, ...]
    read: object
    outside: dict[str, Any]


@dataclass(eq=False)
class _Builder:
    """Expands a spec. ``arguments`` are those of the last block, which are mostly those of the next.

    ``recordings`` are of the blocks that are being expanded; with odd names, which have dots, none is kept.
    """

    spec: Spec
    sink: Sink
    max_nodes: int
    changes: Changes
    expansions: Expansions
    state: Expanded
    recordings: list[Recording] = field(default_factory=list)
    arguments: dict[tuple[Call, int, Volume], BlockArguments] = field(default_factory=dict)
    has_odd_names: bool = False
    budget: WorkBudget = field(default_factory=work_budget)

    @cached_property
    def changed_scopes(self) -> frozenset[str]:
        """Names below which a layer changes."""
        parts = [name.split(".") for name in self.changes]
        return frozenset(".".join(each[:length]) for each in parts for length in range(1, len(each)))

    def graph(self) -> Graph:
        """Expand everything."""
        inputs: dict[str, Volume | None] = dict(self.spec.input) if self.spec.input else {"input": None}
        self.state.volumes = {name: Flow(name, volume or Unknown.of_layer(name)) for name, volume in inputs.items()}
        self.has_odd_names = any("." in name for name in inputs)
        self.reader = OperatorReader(self.spec.fit, self.sink, self.expansions)
        self.layers_before = self.budget.layers
        scope = Scope(values=dict(self.spec.params), taken=dict.fromkeys(inputs))
        is_whole = True
        try:
            last = self.sequence(self.spec.layers, scope, next(iter(self.state.volumes.values())))
        except _Full as full:
            is_whole = False
            last = self._missing(self.state.nodes[-1].name if self.state.nodes else next(iter(inputs)), full.unknown)
        if self.spec.layers and not self.state.nodes and last.volume is not None:
            self.sink(faults.no_layers(self.spec.layers[0].place))
        outputs = tuple(dict.fromkeys(self._outputs(scope, last))) or (last.name,)
        self.budget.layers = self.layers_before + len(self.state.nodes)
        return Graph(
            _header(self.spec),
            inputs,
            tuple(self.state.nodes),
            outputs,
            self.state.likes,
            tuple(self.state.sections),
            origin=self.spec,
            is_whole=is_whole,
            causes=tuple(self.state.causes),
            conditions=self._conditions(),
            used_blocks=frozenset(self.state.used),
            expansions=self.expansions,
        )

    def _conditions(self) -> dict[Scalar, set[bool]]:
        found: dict[Scalar, set[bool]] = {}
        for when, value in self.state.conditions:
            found.setdefault(when, set()).add(value)
        return found

    def _outputs(self, scope: Scope, last: Flow) -> Iterator[str]:
        for output in self.spec.outputs:
            flow = self.volume(output, scope, last)
            if flow is not None:
                yield flow.name

    def sequence(self, items: tuple[Item, ...], scope: Scope, flow: Flow) -> Flow:
        """Items one after the other; the output of the last."""
        self._reserve(items, scope)
        for item in items:
            try:
                flow = self.repeat(item, scope, flow)
            except OutOfWorkError as error:
                raise _Full(out_of_work(error, item.place, self.sink)) from error
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
                self.state.volumes.setdefault(scope.path(item.name.text), missing)
            return missing
        if count > self.max_nodes:
            self._too_many(item)
        when = item.when if reads.round or (item.repeat is not None and reads.volume) else None
        scope = scope.ignoring(item.ignored_rules)
        if item.repeat is None:
            return self._round(item, scope, start, None, when)
        is_alike = not self.expansions.reads_round(item)
        inner = scope.having({"i": 0})
        for turn in range(count):
            inner = inner if is_alike else scope.having({"i": turn})
            start = self._round(item, inner, start, turn + 1, when)
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
        begin = len(self.state.nodes)
        flow = self.one(item, scope, flow, turn)
        if item.expect is not None and self.spec.checks_layers:
            end = len(self.state.nodes)
            self.state.sections.append(Section(item.expect, begin, end, flow.volume, flow.name, item.word, item))
        return flow

    def _check_tie(self, item: Item) -> None:
        """Only a layer has weights to share."""
        if item.tie is not None and not (isinstance(item, Call) and item.word not in self.spec.blocks):
            self.sink(faults.no_tie(item))

    def _tick(self, item: Item) -> None:
        self.budget.layers = self.layers_before + len(self.state.nodes)
        self.budget.spend(_ROUND, "rounds of loops and blocks without layers")
        if self.budget.layers >= self.max_nodes:
            self._too_many(item)

    def _too_many(self, item: Item) -> NoReturn:
        raise _Full(Unknown.reported(faults.too_many(item, self.max_nodes, self.layers_before), self.sink))

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
        self.state.causes.append(unknown.cause)
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
                self.has_odd_names |= "." in given
                return scope.free(given)
            self.sink(no_layer_name(yaml_text(value), item.name.span))
            return scope.next_name(item.word)
        if turn is not None:
            return scope.free(f"{text}{turn}")
        return text if scope.path(text) not in self.state.volumes else scope.free(text)

    def group(self, item: Group, scope: Scope, flow: Flow, turn: int | None) -> Flow:
        """Items in sequence; under a name of their own when they have one."""
        if item.name is None:
            return self.sequence(item.items, scope, flow)
        inner = self._inside(scope, self.name(item, scope, flow, turn))
        return self._set_volume(inner.prefix, self.sequence(item.items, inner, flow))

    def loop(self, item: Loop, scope: Scope, flow: Flow, turn: int | None) -> Flow:
        """Items once for each row."""
        inner = scope if item.name is None else self._inside(scope, self.name(item, scope, flow, turn))
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
                return self._source(branch.source, scope, flow, is_branch=True)
            except Unknown as unknown:
                return self._missing(flow.name, unknown)
        if not branch.items:
            return flow
        name = scope.free(branch.name) if branch.name else scope.next_name("branch")
        inner = self._inside(scope, name)
        return self._set_volume(inner.prefix, self.sequence(branch.items, inner, flow))

    def block(self, block: Block, call: Call, scope: Scope, flow: Flow, turn: int | None) -> Flow:
        """A block's items, with its parameters given and its own names."""
        self.state.used.append(call.word)
        opened = [expansion.block for expansion in scope.trail]
        if call.word in opened:
            finding = faults.recursion(call, (*opened[opened.index(call.word) :], call.word), scope.trail)
            return self._missing(flow.name, Unknown.reported(finding, self.sink))
        if len(opened) >= MAX_DEPTH:
            return self._missing(flow.name, Unknown.reported(faults.too_deep(call, MAX_DEPTH), self.sink))
        name = self.name(call, scope, flow, turn)
        try:
            values, trail, read, _ = self._arguments(block, call, scope, flow)
        except Unknown as unknown:
            return self._missing(flow.name, unknown)
        inner = Scope(scope.path(name), values, trail, ignored=scope.ignored)
        return self._set_volume(inner.prefix, self.expand_items(block, inner, flow, read))

    def _arguments(self, block: Block, call: Call, scope: Scope, flow: Flow) -> BlockArguments:
        """The arguments of a block; those of the last one, if it has the same."""
        place = (call, id(scope.values), flow.shape) if isinstance(flow.shape, Volume) else None
        if place is not None and place in self.arguments:
            return self.arguments[place]
        values = self.reader.block_values(block, call, scope, flow.shape)
        expansion = BlockExpansion(call.word, call.place, values)
        values = {**self.spec.params, **values}
        read = values_read(self.expansions.reads(block, self.spec.blocks), values, self.spec.params)
        found = BlockArguments(values, (*scope.trail, expansion), read, scope.values)
        self.arguments = {} if place is None else {place: found}
        return found

    def expand_items(self, block: Block, scope: Scope, flow: Flow, values: object) -> Flow:
        """The items of a block in a scope of its own; as they were expanded before where nothing can differ."""
        prefix = scope.prefix
        reads = self.expansions.reads(block, self.spec.blocks)
        is_first = prefix not in self.state.known_scopes
        self.state.open_scope(prefix)
        is_certain = is_first and reads.is_certain and prefix not in self.changed_scopes
        if not is_certain or self.has_odd_names or not isinstance(flow.shape, Volume):
            return self.sequence(block.items, scope, flow)
        use = BlockUse(block, flow.shape, values, scope.ignored, len(scope.trail), self.spec.checks_layers)
        known = self.expansions.block(use)
        if known is not None and self._has_room(known, scope):
            self.budget.spend(known.parts, "blocks that are expanded again")
            return known.repeat(self.state, prefix, scope.trail, flow)
        recording = Recording(self.state, prefix, scope.trail, flow)
        self.recordings.append(recording)
        output = self.sequence(block.items, scope, flow)
        self.recordings.pop()
        expanded = None if known or self.has_odd_names else recording.block(output)
        if expanded is not None:
            self.expansions.keep(use, expanded)
        return output

    def _has_room(self, block: ExpandedBlock, scope: Scope) -> bool:
        """Whether a block can be repeated here: within the limits, and within no block that is in it."""
        opened = (expansion.block for expansion in scope.trail)
        return self.layers_before + len(self.state.nodes) + len(block.layers) < self.max_nodes and not set(
            block.used
        ).intersection(opened)

    def _inside(self, scope: Scope, name: str) -> Scope:
        """A scope of its own below a name."""
        inner = scope.inside(name)
        self.state.open_scope(inner.prefix)
        self.has_odd_names |= "." in name
        return inner

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
            self.state.causes.append(called.cause)
        else:
            operator = called
        if (change := self.changes.get(path)) is not None:
            operator, inputs = change.new_operator(operator), change.input_volumes(inputs)
        call = self.expansions.calls.of(operator, inputs)
        tied = self._tied_node(item, scope, flows[0]) if item.tie is not None else None
        if tied is not None:
            self.state.ties[path] = tied
        sources = tuple(flow.name for flow in flows)
        self.state.nodes.append(Node(path, item.word, sources, call, tied, scope.ignored, item, scope.trail))
        return self._set_volume(path, Flow(path, call.output or _why_unknown(path, called, flows)))

    def _set_volume(self, path: str, flow: Flow) -> Flow:
        self.state.volumes[path] = flow
        self.state.named.append(path)
        return flow

    def _tied_node(self, item: Item, scope: Scope, flow: Flow) -> str | None:
        """The node whose weights a layer shares."""
        if item.tie is None:
            return None
        try:
            name = self._source(item.tie, scope, flow).name
        except Unknown as unknown:
            self.state.causes.append(unknown.cause)
            return None
        return self.state.ties.get(name, name)

    def _source(self, source: Scalar, scope: Scope, flow: Flow, *, is_branch: bool = False) -> Flow:
        """The volume a scalar names; Unknown, and reported, when there is none of that name yet."""
        value = evaluate(source, scope.values, flow.shape, self.sink)
        if value is None:
            from archspec.graph.unknown_volume import names_nothing  # noqa: PLC0415 - most specs have none

            raise Unknown.reported(names_nothing(source), self.sink)
        name = name_text(value)
        named = self._lookup(name, scope)
        return self._no_volume(source, name, scope, is_branch=is_branch) if named is None else named

    def _no_volume(self, place: Tree, name: str, scope: Scope, *, is_branch: bool = False) -> NoReturn:
        from archspec.graph.unknown_volume import no_branch, no_volume  # noqa: PLC0415 - most specs have none

        finding = no_volume(place, name, self._visible(scope), self._explicit_names)
        if is_branch:
            finding = no_branch(place, name, finding)
        raise Unknown.reported(finding, self.sink)

    def volume(self, source: Scalar, scope: Scope, flow: Flow) -> Flow | None:
        """The volume a scalar names; None, and reported, when there is none."""
        try:
            return self._source(source, scope, flow)
        except Unknown as unknown:
            self.state.causes.append(unknown.cause)
            return None

    def _sizes_of(self, path: str, name: str, place: Tree, scope: Scope) -> tuple[int, ...]:
        """Spatial axes of a named volume, for arguments such as ``like`` of the layer of a path."""
        flow = self._lookup(name, scope)
        if flow is None:
            self._no_volume(place, name, scope)
        self.state.likes[path] = flow.name
        if isinstance(flow.shape, Unknown):
            raise Unknown(flow.shape.cause)
        return flow.shape.spatial

    def _lookup(self, name: str, scope: Scope) -> Flow | None:
        """A volume by name: of this scope, else of the one around it, and so on outwards."""
        prefix, path = scope.prefix, name
        while prefix:
            path = f"{prefix}.{name}"
            if path in self.state.volumes:
                break
            prefix = prefix.rpartition(".")[0]
        else:
            path = name
        for recording in self.recordings:
            recording.escapes |= not path.startswith(recording.inside)
        return self.state.volumes.get(path)

    def _visible(self, scope: Scope) -> list[str]:
        """The names that ``from`` can use here."""
        self.budget.spend(len(self.state.volumes), "names of volumes that do not exist")
        around = f"{scope.prefix}." if scope.prefix else ""
        own = [name.removeprefix(around) for name in self.state.volumes if name.startswith(around)]
        return [name for name in own if "." not in name] or list(self.state.volumes)[:100]

    @cached_property
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
            raise Unknown.reported(faults.no_count(repeat, count, scope.values), self.sink)
        return count

    def _holds(self, when: Scalar, scope: Scope, flow: Flow) -> bool:
        """Whether a condition is true.

        Raises:
            Unknown: it cannot be evaluated, or is neither true nor false.

        """
        try:
            value = evaluate(when, scope.values, flow.shape, self.sink)
            if not isinstance(value, bool):
                raise Unknown.reported(faults.no_condition(when, value, scope.values), self.sink)
        except Unknown:
            self.state.conditions += ((when, True), (when, False))  # it cannot be shown that it never changes
            raise
        self.state.conditions.append((when, value))
        return value


def _why_unknown(path: str, operator: Operator | Unknown, flows: tuple[Flow, ...]) -> Unknown:
    """Why a layer has no output: for its arguments, for an input volume, or for itself, which rules report."""
    if isinstance(operator, Unknown):
        return operator
    return next((flow.shape for flow in flows if isinstance(flow.shape, Unknown)), Unknown.of_layer(path))
