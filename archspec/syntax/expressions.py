"""``$name`` and ``$(expression)``: arithmetic in a spec, read by Python's own parser and evaluated by none of Python.

Only what the whitelist below names is evaluated: numbers, text, names, lists and indexing, arithmetic,
comparisons, ``and or not``, ``a if c else b`` and a few functions. Length, magnitude and the sizes of
lists and texts are limited before anything is computed.
"""

from __future__ import annotations

import ast
import math
import re
import warnings
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from archspec.syntax.compiled_expressions import Compiler, NotPlain, Vocabulary
from archspec.work_budget import work_budget

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from archspec.syntax.compiled_expressions import Compiled

Value = Any
"""What an expression can be: a number, text, true, false, null, a list (tuple) or a mapping of these."""

LONGEST = 500
"""Characters of one expression."""
DEEPEST = 100
"""Operations within operations."""
LARGEST = 2**63 - 1
"""Magnitude of a whole number."""
LONGEST_RESULT = 10_000
"""Elements of a list, with those of the lists in it, or characters of a text."""
_MOST_PARTS = 1000
"""Expressions in one text, and the texts between them."""
_MOST_NAMES = 12
"""Known names that a message lists."""
_PLACES = 400
"""Digits to which numbers are rounded: no number has more, and rounding to far places takes long."""

_FORM = re.compile(r"\$(?:(?P<dollar>\$)|(?P<name>[A-Za-z_]\w*)|(?P<open>\())", re.ASCII)
_VOLUME = re.compile(r"\bin(?=\.)")
_VOLUME_NAME = "iN"
"""Stands for ``in``, which is a keyword of Python, in texts given to its parser; as long, so that places agree."""


class ExpressionError(ValueError):
    """An expression that cannot be read or evaluated; ``start`` and ``end`` are its place within the scalar's text."""

    def __init__(self, message: str, start: int, end: int) -> None:
        self.start, self.end = start, end
        super().__init__(message)


@dataclass(eq=False)
class ParsedExpression:
    """One ``$name`` or ``$(...)``; ``start`` is where its text begins in the scalar."""

    tree: ast.expr
    text: str
    start: int

    @cached_property
    def names(self) -> frozenset[str]:
        """Parameters it reads."""
        named = {node.id for node in ast.walk(self.tree) if isinstance(node, ast.Name)}
        called = {
            node.func.id
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        return frozenset(named - called - {_VOLUME_NAME, *_CONSTANTS})

    @cached_property
    def reads_volume(self) -> bool:
        """Whether it depends on the input volume."""
        return any(isinstance(node, ast.Name) and node.id == _VOLUME_NAME for node in ast.walk(self.tree))

    @cached_property
    def function(self) -> Compiled | None:
        """Its function for plain numbers; None when it has none."""
        return _COMPILER.compile(self.tree)

    @cached_property
    def parts(self) -> int:
        """How many parts are computed, at most: there are no loops."""
        return sum(isinstance(node, ast.expr) for node in ast.walk(self.tree))

    def evaluate(self, names: Mapping[str, Value], volume: Mapping[str, int] | None = None) -> Value:
        """Its value; ExpressionError when there is none."""
        if self.function is not None:
            try:
                return self.function(names, volume or {})
            except (NotPlain, ArithmeticError, TypeError, ValueError, LookupError):
                pass  # what is wrong is said below
        return _Evaluation(self, names, volume).value(self.tree)


@dataclass(eq=False)
class Template:
    """A scalar's text with its expressions: alternating text and :class:`ParsedExpression`."""

    parts: tuple[str | ParsedExpression, ...]

    @cached_property
    def expressions(self) -> tuple[ParsedExpression, ...]:
        """The expressions in it."""
        return tuple(part for part in self.parts if isinstance(part, ParsedExpression))

    @cached_property
    def only(self) -> ParsedExpression | None:
        """The expression that is all of it; None when there is text beside it."""
        return self.expressions[0] if len(self.parts) == len(self.expressions) == 1 else None

    @cached_property
    def names(self) -> frozenset[str]:
        """Parameters that its expressions read."""
        return frozenset[str]().union(*(expression.names for expression in self.expressions))

    @cached_property
    def reads_volume(self) -> bool:
        """Whether one of them depends on the input volume."""
        return any(expression.reads_volume for expression in self.expressions)

    @cached_property
    def cost(self) -> int:
        """The steps of work that an evaluation takes, but for those over lists."""
        return len(self.parts) + sum(expression.parts for expression in self.expressions)

    def evaluate(self, names: Mapping[str, Value], volume: Mapping[str, int] | None = None) -> Value:
        """The value: of its own type when the scalar is one expression, else text."""
        if self.only is not None:
            return self.only.evaluate(names, volume)
        return self._text(names, volume)

    def _text(self, names: Mapping[str, Value], volume: Mapping[str, int] | None) -> str:
        """The text with the values of its expressions in it."""
        parts: list[str] = []
        left = LONGEST_RESULT + sum(len(part) for part in self.parts if isinstance(part, str))
        for part in self.parts:
            if isinstance(part, str):
                parts.append(part)
                continue
            parts.append(_as_text(part, part.evaluate(names, volume)))
            left -= len(parts[-1])
            if left < 0:
                end = part.start + len(part.text)
                raise ExpressionError(f"the text is longer than {LONGEST_RESULT:,}", part.start, end)
        return "".join(parts)


@lru_cache(maxsize=10_000)
def template(text: str) -> Template | None:
    """The template of a scalar's text; None when it has no ``$`` in it. ExpressionError when it can't be read."""
    if "$" not in text:
        return None
    parts: list[str | ParsedExpression] = []
    at = 0
    while (found := text.find("$", at)) >= 0:
        if len(parts) > _MOST_PARTS:
            raise ExpressionError("one value has too many expressions", found, found + 1)
        if found > at:
            parts.append(text[at:found])
        match = _FORM.match(text, found)
        if match is None:
            raise ExpressionError(
                "a lone `$`: write `$name`, `$(expression)`, or `$$` for a dollar sign", found, found + 1
            )
        if match["dollar"]:
            parts.append("$")
            at = match.end()
        elif match["name"]:
            parts.append(_parse(match["name"], found + 1))
            at = match.end()
        else:
            at = _closing(text, match.end())
            parts.append(_parse(text[match.end() : at - 1], match.end()))
    if at < len(text):
        parts.append(text[at:])
    return Template(tuple(parts))


def _closing(text: str, start: int) -> int:
    """Offset after the bracket that closes an expression."""
    depth, quote = 1, ""
    for offset in range(start, len(text)):
        letter = text[offset]
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        else:
            depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return offset + 1
    raise ExpressionError("`$(` without its `)`", start - 2, len(text))


def _parse(text: str, start: int) -> ParsedExpression:
    stripped = text.strip()
    if len(text) > LONGEST:
        raise ExpressionError(
            f"an expression of {len(text)} characters; at most {LONGEST} are read", start, start + len(text)
        )
    if not stripped:
        raise ExpressionError("an empty expression", start, start + len(text))
    lead = len(text) - len(text.lstrip())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Python's taste in escapes and literals
            tree = ast.parse(_VOLUME.sub(_VOLUME_NAME, stripped), mode="eval").body
    except SyntaxError as error:
        offset = start + lead + max((error.offset or 1) - 1, 0)
        raise ExpressionError(
            f"`{stripped}` is not a valid expression", min(offset, start + len(text) - 1), start + len(text)
        ) from None
    except (ValueError, MemoryError, RecursionError):
        raise ExpressionError("an expression nested too deep", start, start + len(text)) from None
    if _height(tree) > DEEPEST:
        raise ExpressionError("an expression nested too deep", start, start + len(text))
    return ParsedExpression(tree, stripped, start + lead)


def _height(tree: ast.expr) -> int:
    """How deep a tree is nested, counted without recursion."""
    height, level = 0, [tree]
    while level:
        height += 1
        level = [child for node in level for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
    return height


def _divisible(value: float, by: int) -> int:
    """The multiple of ``by`` nearest to ``value``, never below 90 % of it (MobileNet's channel rounding)."""
    nearest = max(by, int(value + by / 2) // by * by)
    return nearest + by if nearest < 0.9 * value else nearest


def _sqrt(value: float) -> float:
    """The root; a whole number of a square number."""
    root = math.sqrt(value)
    return int(root) if isinstance(value, int) and root.is_integer() else root


def _round(value: float, places: int | None = None) -> float:
    """Python's rounding; a whole number is 0 to more places before the point than it has."""
    if type(places) is int:
        places = max(-_PLACES, min(places, _PLACES))
    return round(value, places)


_CONSTANTS = {"true": True, "false": False, "null": None}
_FUNCTIONS: dict[str, tuple[Callable[..., Value], int, int]] = {
    "min": (min, 1, 100), "max": (max, 1, 100), "abs": (abs, 1, 1), "round": (_round, 1, 2),
    "floor": (math.floor, 1, 1), "ceil": (math.ceil, 1, 1), "sqrt": (_sqrt, 1, 1), "sum": (sum, 1, 1),
    "len": (len, 1, 1), "divisible": (_divisible, 2, 2),
}  # fmt: skip
"""Name -> function, fewest and most arguments."""

_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a // b if isinstance(a, int) and isinstance(b, int) and b and a % b == 0 else a / b,
    ast.FloorDiv: lambda a, b: a // b,
    ast.Mod: lambda a, b: a % b,
    ast.Pow: lambda a, b: a**b,
}
_MOST_PARTS = 4
"""Operands that a message describes."""
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
    ast.In: lambda a, b: a in b,
    ast.NotIn: lambda a, b: a not in b,
}

_COMPILER = Compiler(
    Vocabulary(_CONSTANTS, _VOLUME_NAME, _BINARY, _COMPARE, _FUNCTIONS, largest=LARGEST, longest=LONGEST_RESULT)
)


@dataclass(slots=True, eq=False)
class _Evaluation:
    """One expression with the values that it may use."""

    expression: ParsedExpression
    names: Mapping[str, Value]
    volume: Mapping[str, int] | None

    def value(self, node: ast.expr) -> Value:
        """The value of a part of the tree."""
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is None:
            raise self._error(node, "this Python syntax is not allowed in expressions")
        try:
            return self._limit(node, method(node))
        except ZeroDivisionError:
            raise self._error(node, f"division by zero in `{self._source(node)}`") from None
        except ExpressionError:
            raise
        except TypeError:
            raise self._error(node, f"`{self._source(node)}` can't be computed: {self._operands(node)}") from None
        except (ValueError, OverflowError) as error:
            raise self._error(node, f"`{self._source(node)}` can't be computed: {error}") from None

    def _operands(self, node: ast.expr) -> str:
        """The kinds of what an operation takes, for a message."""
        match node:
            case ast.BinOp(left=left, right=right):
                parts = [left, right]
            case ast.Compare(left=left, comparators=others):
                parts = [left, *others]
            case ast.UnaryOp(operand=part):
                parts = [part]
            case ast.Subscript(value=value, slice=index):
                parts = [value, index]
            case ast.Call(args=arguments):
                parts = arguments
            case _:
                parts = []
        kinds = dict.fromkeys(f"`{self._source(part)}` is {_kind(self.value(part))}" for part in parts[:_MOST_PARTS])
        return ", ".join(kinds) or "its parts do not go together"

    def _limit(self, node: ast.expr, value: Value) -> Value:
        if isinstance(value, int | float) and not abs(value) <= LARGEST:
            raise self._error(node, f"`{self._source(node)}` is larger than {LARGEST:,}")
        if isinstance(value, complex):
            raise self._error(node, f"`{self._source(node)}` is not a real number")
        is_new = isinstance(node, ast.List | ast.Tuple | ast.BinOp)
        if isinstance(value, str | tuple) and (
            len(value) > LONGEST_RESULT or (is_new and not is_within(value, LONGEST_RESULT))
        ):
            raise self._error(node, f"`{self._source(node)}` is longer than {LONGEST_RESULT:,}")
        return value

    def _constant(self, node: ast.Constant) -> Value:
        if not isinstance(node.value, int | float | str):
            raise self._error(node, f"`{self._source(node)}` is neither a number nor text")
        return node.value

    def _name(self, node: ast.Name) -> Value:
        if node.id in _CONSTANTS:
            return _CONSTANTS[node.id]
        if node.id in self.names:
            return self.names[node.id]
        names = ", ".join(f"`{name}`" for name in islice(self.names, _MOST_NAMES)) or "none"
        names += f" and {len(self.names) - _MOST_NAMES} more" if len(self.names) > _MOST_NAMES else ""
        raise self._error(node, f"there is no parameter `{node.id}` here; known names: {names}")

    def _attribute(self, node: ast.Attribute) -> Value:
        if not isinstance(node.value, ast.Name) or node.value.id != _VOLUME_NAME:
            raise self._error(node, "only `in` has attributes: in.height, in.width, in.depth, in.length, in.channels")
        if self.volume is None:
            raise self._error(node, "no input volume is known here")
        if node.attr not in self.volume:
            raise self._error(node, f"the volume here has {', '.join(f'in.{name}' for name in self.volume)}")
        return self.volume[node.attr]

    def _list(self, node: ast.List) -> Value:
        return tuple(self.value(element) for element in node.elts)

    def _tuple(self, node: ast.Tuple) -> Value:
        return tuple(self.value(element) for element in node.elts)

    def _subscript(self, node: ast.Subscript) -> Value:
        container, key = self.value(node.value), self.value(node.slice)
        try:
            return container[key]
        except (IndexError, KeyError):
            raise self._error(node, f"`{self._source(node.value)}` has no element {key!r:.60}") from None

    def _unaryop(self, node: ast.UnaryOp) -> Value:
        value = self.value(node.operand)
        if isinstance(node.op, ast.Not):
            return not value
        if isinstance(node.op, ast.USub):
            return -value
        if isinstance(node.op, ast.UAdd):
            return +value
        raise self._error(node, "`~` is not an operator here")

    def _binop(self, node: ast.BinOp) -> Value:
        if type(node.op) not in _BINARY:
            raise self._error(node, "the operators are + - * / // % **")
        left, right = self.value(node.left), self.value(node.right)
        self._guard(node, left, right)
        return _BINARY[type(node.op)](left, right)

    def _guard(self, node: ast.BinOp, left: Value, right: Value) -> None:
        """Refuse what would be too large before it is computed."""
        texts = isinstance(left, str) + isinstance(right, str)
        if texts and not (texts == 2 and isinstance(node.op, ast.Add)):
            raise self._error(node, f"`{self._source(node)}` does arithmetic with text")
        whole = isinstance(left, int) and isinstance(right, int)
        powers = isinstance(node.op, ast.Pow) and whole and right > 0 and abs(left) > 1
        if powers and right * math.log2(abs(left)) > 64:
            raise self._error(node, f"`{self._source(node)}` is larger than {LARGEST:,}")
        if isinstance(node.op, ast.Mult):
            for count, repeated in ((left, right), (right, left)):
                if (
                    isinstance(repeated, str | tuple)
                    and isinstance(count, int)
                    and not is_within(repeated, LONGEST_RESULT // max(count, 1))
                ):
                    raise self._error(node, f"`{self._source(node)}` is longer than {LONGEST_RESULT:,}")

    def _boolop(self, node: ast.BoolOp) -> Value:
        wants = isinstance(node.op, ast.Or)
        value: Value = not wants
        for part in node.values:
            value = self.value(part)
            if bool(value) is wants:
                break
        return value

    def _compare(self, node: ast.Compare) -> bool:
        left = self.value(node.left)
        for operation, right_node in zip(node.ops, node.comparators, strict=True):
            if type(operation) not in _COMPARE:
                raise self._error(node, "comparisons are == != < <= > >= in, not in")
            right = self.value(right_node)
            count_work(left)
            count_work(right)
            if not _COMPARE[type(operation)](left, right):
                return False
            left = right
        return True

    def _ifexp(self, node: ast.IfExp) -> Value:
        return self.value(node.body if self.value(node.test) else node.orelse)

    def _call(self, node: ast.Call) -> Value:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in _FUNCTIONS or node.keywords:
            raise self._error(node, f"functions are {', '.join(_FUNCTIONS)}")
        function, fewest, most = _FUNCTIONS[name]
        if not fewest <= len(node.args) <= most:
            raise self._error(node, f"{name} takes {fewest if fewest == most else f'{fewest} to {most}'} arguments")
        values = [self.value(argument) for argument in node.args]
        if function is not len:
            for value in values:
                count_work(value)
        return function(*values)

    def _source(self, node: ast.expr) -> str:
        """The written text of a part, for messages."""
        segment = self.expression.text[node.col_offset : node.end_col_offset]
        return segment if len(segment) <= 60 else f"{segment[:57]}..."

    def _error(self, node: ast.expr, message: str) -> ExpressionError:
        start = self.expression.start
        return ExpressionError(message, start + node.col_offset, start + (node.end_col_offset or node.col_offset + 1))


def _kind(value: Value) -> str:
    """The kind of a value, in words."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case tuple():
            return "a list"
    return "a mapping"


def is_within(value: Value, most: int) -> bool:
    """Whether a value has no more characters or elements, those of the values in it included; counted no further."""
    if isinstance(value, str):
        return len(value) <= most
    left, waiting = most, [value]
    while waiting and left >= 0:
        inner = waiting.pop()
        if isinstance(inner, str):
            left -= len(inner) // _TEXT
            continue
        left -= len(inner)
        if left >= 0:
            work_budget().spend(len(inner) / 4, _LISTS)
            waiting += [each for each in (inner.values() if isinstance(inner, dict) else inner) if type(each) in _INNER]
    return left >= 0


def count_work(value: Value) -> None:
    """Count the work of going through a list or a mapping."""
    if isinstance(value, tuple | dict):
        is_within(value, LARGEST)


_INNER = (tuple, dict, str)
_LISTS = "lists in expressions"
_TEXT = 16
"""Characters of a text in a list that count as an element."""


def _as_text(part: ParsedExpression, value: Value) -> str:
    if isinstance(value, tuple | dict):
        raise ExpressionError(
            f"`{part.text}` is a list, which can't be part of text", part.start, part.start + len(part.text)
        )
    return str(value).lower() if isinstance(value, bool) else str(value)
