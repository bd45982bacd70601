"""Expressions over plain numbers compiled once to functions: what networks mostly compute, for each of their layers.

A function gives the same value as the evaluation of the tree (:mod:`archspec.syntax.expressions`), or raises
:class:`NotPlain`; then that evaluates the tree, and knows what to say of a fault.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Compiled = Callable[[Mapping[str, Any], Mapping[str, int]], Any]
    Binary = Callable[[Any, Any], Any]


class NotPlain(Exception):  # noqa: N818 - a way out, not an error
    """A value or a part of an expression is none that is compiled."""


class Vocabulary(NamedTuple):
    """What expressions can name and compute, as their evaluation has it."""

    constants: Mapping[str, Any]
    volume: str
    operations: Mapping[type[ast.operator], Binary]
    comparisons: Mapping[type[ast.cmpop], Binary]
    functions: Mapping[str, tuple[Callable[..., Any], int, int]]
    largest: int
    longest: int


_NUMBERS = frozenset((int, float, bool))
_SEQUENCES = (str, tuple)
_CONTAINERS = frozenset((tuple, dict))


class Compiler:
    """Compiles trees of expressions."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def compile(self, tree: ast.expr) -> Compiled | None:
        """The function of a tree; None when something in it is not compiled."""
        try:
            return self._part(tree)
        except NotPlain:
            return None

    def _part(self, node: ast.expr) -> Compiled:
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is None:
            raise NotPlain
        compiled: Compiled = method(node)
        return compiled

    def _within_limits(self, value: Any) -> Any:
        """A value within the limits of expressions."""
        kind = type(value)
        if kind is int or kind is float:
            if not abs(value) <= self._vocabulary.largest:
                raise NotPlain
        elif kind is complex or (kind in _SEQUENCES and len(value) > self._vocabulary.longest):
            raise NotPlain
        return value

    def _constant(self, node: ast.Constant) -> Compiled:
        if not isinstance(node.value, int | float | str):
            raise NotPlain
        value = self._within_limits(node.value)
        return lambda _names, _volume: value

    def _name(self, node: ast.Name) -> Compiled:
        name, within_limits = node.id, self._within_limits
        if name in self._vocabulary.constants:
            value = self._vocabulary.constants[name]
            return lambda _names, _volume: value

        def value_of_name(names: Mapping[str, Any], _volume: Mapping[str, int]) -> Any:
            return within_limits(names[name])

        return value_of_name

    def _attribute(self, node: ast.Attribute) -> Compiled:
        if not isinstance(node.value, ast.Name) or node.value.id != self._vocabulary.volume:
            raise NotPlain
        name, within_limits = node.attr, self._within_limits
        return lambda _names, volume: within_limits(volume[name])

    def _subscript(self, node: ast.Subscript) -> Compiled:
        container, key, within_limits = self._part(node.value), self._part(node.slice), self._within_limits
        return lambda names, volume: within_limits(container(names, volume)[key(names, volume)])

    def _unaryop(self, node: ast.UnaryOp) -> Compiled:
        operand = self._part(node.operand)
        if isinstance(node.op, ast.Not):
            return lambda names, volume: not operand(names, volume)
        if isinstance(node.op, ast.USub):
            return lambda names, volume: -operand(names, volume)
        raise NotPlain

    def _binop(self, node: ast.BinOp) -> Compiled:
        operation = self._vocabulary.operations.get(type(node.op))
        if operation is None or isinstance(node.op, ast.Pow):  # the size of a power is limited before it is computed
            raise NotPlain
        left, right, within_limits = self._part(node.left), self._part(node.right), self._within_limits

        def binary(names: Mapping[str, Any], volume: Mapping[str, int]) -> Any:
            first, second = left(names, volume), right(names, volume)
            if type(first) not in _NUMBERS or type(second) not in _NUMBERS:
                raise NotPlain
            return within_limits(operation(first, second))

        return binary

    def _boolop(self, node: ast.BoolOp) -> Compiled:
        wants = isinstance(node.op, ast.Or)
        parts = [self._part(part) for part in node.values]

        def boolean(names: Mapping[str, Any], volume: Mapping[str, int]) -> Any:
            value: Any = not wants
            for part in parts:
                value = part(names, volume)
                if bool(value) is wants:
                    break
            return value

        return boolean

    def _compare(self, node: ast.Compare) -> Compiled:
        comparison = self._vocabulary.comparisons.get(type(node.ops[0]))
        if len(node.ops) > 1 or comparison is None:
            raise NotPlain
        left, right = self._part(node.left), self._part(node.comparators[0])

        def compare(names: Mapping[str, Any], volume: Mapping[str, int]) -> bool:
            first, second = left(names, volume), right(names, volume)
            if type(first) in _CONTAINERS or type(second) in _CONTAINERS:  # the work over lists is counted
                raise NotPlain
            return bool(comparison(first, second))

        return compare

    def _ifexp(self, node: ast.IfExp) -> Compiled:
        test, body, orelse = self._part(node.test), self._part(node.body), self._part(node.orelse)
        return lambda names, volume: (body if test(names, volume) else orelse)(names, volume)

    def _call(self, node: ast.Call) -> Compiled:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        function, fewest, most = self._vocabulary.functions.get(name, (None, 0, 0))
        if function is None or node.keywords or not fewest <= len(node.args) <= most:
            raise NotPlain
        call, arguments, within_limits = function, [self._part(argument) for argument in node.args], self._within_limits

        def call_function(names: Mapping[str, Any], volume: Mapping[str, int]) -> Any:
            values = [argument(names, volume) for argument in arguments]
            if call is not len and any(type(value) in _CONTAINERS for value in values):
                raise NotPlain
            return within_limits(call(*values))

        return call_function
