"""Reads the arguments of operators and blocks in a spec."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from archspec.graph import faults
from archspec.graph.expansions import Expansions
from archspec.ops import operator
from archspec.spec import foreign
from archspec.spec.items import MODIFIERS
from archspec.spec.respelling import with_tuples
from archspec.spec.validate import Named, unknown, validate
from archspec.spec.values import Unknown, evaluate, is_constant
from archspec.syntax.nodes import Entry, Mapping, Scalar, Sequence
from archspec.work_budget import FINDING, work_budget

if TYPE_CHECKING:
    from collections.abc import Callable

    from archspec.diagnostics import Diagnostic, Sink
    from archspec.graph.scope import Flow, Scope
    from archspec.ops._base import Operator
    from archspec.ops._window import Fit
    from archspec.spec.items import Block, Call, Merge
    from archspec.syntax.nodes import Node as Tree
    from archspec.volume import Volume

    SizesOf = Callable[[str, Tree, Scope], tuple[int, ...]]


@dataclass(slots=True, eq=False)
class OperatorReader:
    """Reads operators; one is validated once, however often it is expanded or written with equal arguments."""

    fit: Fit | None
    sink: Sink
    known: Expansions = field(default_factory=Expansions)
    faulty: dict[Call, Unknown] = field(default_factory=dict)

    def read(self, call: Call, scope: Scope, flow: Flow, path: str, sizes_of: SizesOf) -> Operator | Unknown:
        """The operator of a call; why it is unknown when its arguments are faulty or depend on an unknown volume."""
        if (known := self.known.by_call.get(call) or self.faulty.get(call)) is not None:
            return known
        kind = operator(call.word)
        node = _as_mapping(kind, call)
        if node is None:
            return Unknown.reported(faults.not_a_mapping(kind, call, path), self.sink)
        node = with_tuples(node)
        try:
            data = evaluate(node, scope.values, flow.shape, self.sink)
            if kind.size_arguments:
                data = {
                    key: sizes_of(value, node.get(key) or node, scope)
                    if key in kind.size_arguments and isinstance(value, str)
                    else value
                    for key, value in data.items()
                }
        except Unknown as unknown:
            return unknown
        named = Named(call.word, call.place, foreign.ARGUMENTS, path, MODIFIERS, item=call.node, values=scope.values)
        result = self.operator(node, data, named)
        if is_constant(call.arguments) and not kind.size_arguments:
            if isinstance(result, Unknown):
                self.faulty[call] = result
            else:
                self.known.by_call[call] = result
        return result

    def operator(self, node: Mapping, data: dict[str, Any], named: Named) -> Operator | Unknown:
        """The operator that ``named`` names, with arguments ``data``; why it is unknown when they are faulty."""
        key = (named.owner, repr(data))  # 1, 1.0 and true are equal, but not the same argument
        by_arguments = self.known.by_arguments
        if key not in by_arguments:
            result = self._validate(operator(named.owner), node, data, named)
            if isinstance(result, Unknown):
                return result
            by_arguments[key] = result
        return by_arguments[key]

    def _validate(self, kind: type[Operator], node: Mapping, data: dict[str, Any], named: Named) -> Operator | Unknown:
        if not data and not any(info.is_required() or info.validate_default for info in kind.model_fields.values()):
            result = kind.model_construct()  # nothing to validate: spare building a validator for it
        else:
            found: list[Diagnostic] = []
            work_budget().spend(FINDING / 4, "arguments that differ from layer to layer")
            valid, faulty = validate(kind, node, data, named, found.append)
            if valid is None or faulty:
                first, *others = found
                for each in others:
                    self.sink(each)
                return Unknown.reported(first, self.sink)
            result = valid
        if self.fit and "fit" in kind.model_fields and "fit" not in result.model_fields_set:
            return result.model_copy(update={"fit": self.fit})
        return result

    def merge(self, item: Merge) -> Operator:
        """The operator of a merge, which takes no arguments."""
        key, by_arguments = (item.word, ""), self.known.by_arguments
        if key not in by_arguments:
            by_arguments[key] = operator(item.word).model_construct()
        return by_arguments[key]

    def block_values(self, block: Block, call: Call, scope: Scope, volume: Volume | Unknown) -> dict[str, Any]:
        """Values of a block's parameters: given, or their defaults, which may use the ones before.

        Raises:
            Unknown: one is missing or can't be computed.

        """
        arguments = self._arguments_by_name(block, call)
        values: dict[str, Any] = {}
        known = dict(scope.values)
        work_budget().spend(len(block.params) + len(known) / 16, "parameters of blocks")
        for key, default in block.params:
            name = key.text
            if name in arguments:
                values[name] = evaluate(arguments[name], scope.values, volume, self.sink)
            elif isinstance(default, Scalar) and default.value is None:
                raise Unknown.reported(faults.missing_parameter(block, call, name), self.sink)
            else:
                values[name] = evaluate(default, known, volume, self.sink)
            known[name] = values[name]
        return values

    def _arguments_by_name(self, block: Block, call: Call) -> dict[str, Tree]:
        """The arguments of a call by name; a single value is the one that must be given, or the only one."""
        names = dict.fromkeys(key.text for key, _ in block.params)
        match call.arguments:
            case None | Scalar(value=None):
                return {}
            case Mapping(entries=entries):
                for entry in entries:
                    if entry.name not in names:
                        named = Named(f"block {call.word}", call.place, beside=MODIFIERS)
                        work_budget().spend(FINDING + len(names), "unknown parameters of blocks")
                        self.sink(unknown(entry.key, named, [*names]))
                return {entry.name: entry.value for entry in entries}
        required = [
            key.text for key, default in block.params if isinstance(default, Scalar) and default.value is None
        ] or [*names]
        if len(required) == 1:
            return {required[0]: call.arguments}
        raise Unknown.reported(faults.not_named(block, call), self.sink)


def _as_mapping(kind: type[Operator], call: Call) -> Mapping | None:
    """A call's arguments by name; None for a single value if the operator has no main argument."""
    match call.arguments:
        case Mapping():
            return call.arguments
        case None | Scalar(value=None):
            return Mapping((), call.place)
        case (Scalar() | Sequence()) as value if kind.main:
            return Mapping((Entry(Scalar(kind.main, value.span), value),), value.span)
    return None
