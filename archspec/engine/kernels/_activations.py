"""Activations in place, in chunks that stay in the cache, with four scratch arrays.

Each is its operator's formula, written so that nothing is allocated and no digits are lost. NaN and infinity give what
they give in the operator's own forward.
"""

from __future__ import annotations

import math
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from archspec.engine.loops import clip
from archspec.ops.rectifiers import SELU_ALPHA, SELU_SCALE
from archspec.ops.smooth import ERFC

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from archspec.engine.stages import Call
    from archspec.ops._base import Operator
    from archspec.ops._numpy import Array


PIECE = 8 * 1024
"""Elements that are computed at a time: 32 KiB of float32, so that a piece's arrays stay in the second-level cache."""
_FLAT = 42.0
"""Beyond it ``tanh`` and ``erfc(x / sqrt(2))`` are constant; its square is finite."""


class Piece(NamedTuple):
    """Flat arrays of one length: the source, the target (which may be the same), and four of scratch."""

    x: Array
    y: Array
    t: Array
    u: Array
    v: Array
    w: Array


def activation(operator: Operator) -> Callable[[Piece], Iterator[Call]] | None:
    """The function that makes the calls for a piece; None when an operator has none here."""
    calls = _ACTIVATIONS.get(operator.name)
    return partial(calls, operator) if calls else None


def _number(value: float, like: Array) -> Array:
    """A number as an array of a dtype: NumPy needs half a microsecond in each call to convert a Python number."""
    return _constant(value, like.dtype)


def _line(value: float, like: Array) -> Array:
    """A number repeated to an array's length, to compare with: a scalar takes twice as long."""
    return _constants(value, max(PIECE, len(like)), like.dtype)[: len(like)]


@cache
def _constants(value: float, size: int, dtype: np.dtype[np.floating]) -> Array:
    return np.full(size, value, dtype)


@cache
def _constant(value: float, dtype: np.dtype[np.floating]) -> Array:
    return np.array(value, dtype)


def rectify(piece: Piece, below: Callable[[Array], Iterator[Call]]) -> Iterator[Call]:
    """``max(x, 0)`` plus the function ``below`` of ``min(x, 0)``."""
    x, y, t, zeros = piece.x, piece.y, piece.t, _line(0, piece.x)
    yield partial(np.minimum, x, zeros, out=t)
    yield from below(t)
    yield partial(np.maximum, x, zeros, out=y)
    yield partial(np.add, y, t, y)


def _sigmoid(_: Any, piece: Piece) -> Iterator[Call]:
    yield from _one_plus_exp(piece)
    yield partial(np.divide, _number(1, piece.t), piece.t, piece.y)


def _silu(_: Any, piece: Piece) -> Iterator[Call]:
    yield from _one_plus_exp(piece)
    yield partial(np.divide, piece.x, piece.t, piece.y)


def _one_plus_exp(piece: Piece) -> Iterator[Call]:
    """``1 + exp(-x)`` in ``t``."""
    yield partial(np.negative, piece.x, piece.t)
    yield partial(_exp, piece.t, piece.t)
    yield partial(np.add, piece.t, _number(1, piece.t), piece.t)


@np.errstate(over="ignore")
def _exp(x: Array, y: Array) -> None:
    """Infinity where it overflows, as what is divided by it is to become 0."""
    np.exp(x, y)


def _tanh(_: Any, piece: Piece) -> Iterator[Call]:
    yield partial(np.tanh, piece.x, piece.y)


def _hard_sigmoid(_: Any, piece: Piece) -> Iterator[Call]:
    yield from _hard_sigmoid_to(piece.y, piece)


def _hard_sigmoid_to(y: Array, piece: Piece) -> Iterator[Call]:
    yield partial(np.add, piece.x, _number(3, piece.x), y)
    yield partial(clip, y, _number(0, y), _number(6, y), y)
    yield partial(np.divide, y, _number(6, y), y)


def _hard_swish(_: Any, piece: Piece) -> Iterator[Call]:
    yield from _hard_sigmoid_to(piece.t, piece)
    yield partial(np.multiply, piece.x, piece.t, piece.y)


def _leaky_relu(operator: Any, piece: Piece) -> Iterator[Call]:
    yield from rectify(piece, lambda t: iter((partial(np.multiply, t, _number(operator.slope, t), t),)))


def _elu(operator: Any, piece: Piece) -> Iterator[Call]:
    yield from rectify(piece, partial(_scaled_expm1, operator.alpha))


def _selu(_: Any, piece: Piece) -> Iterator[Call]:
    yield from rectify(piece, partial(_scaled_expm1, SELU_ALPHA))
    yield partial(np.multiply, piece.y, _number(SELU_SCALE, piece.y), piece.y)


def _scaled_expm1(alpha: float, t: Array) -> Iterator[Call]:
    """``alpha * (exp(t) - 1)``, in place."""
    yield partial(np.expm1, t, t)
    yield partial(np.multiply, t, _number(alpha, t), t)


def _softplus(_: Any, piece: Piece) -> Iterator[Call]:
    yield from _softplus_to(piece.y, piece)


def _softplus_to(y: Array, piece: Piece) -> Iterator[Call]:
    """``max(x, 0) + log(1 + exp(-|x|))``; ``y`` may be x, or u."""
    yield partial(np.absolute, piece.x, piece.t)
    yield partial(np.negative, piece.t, piece.t)
    yield partial(np.exp, piece.t, piece.t)
    yield partial(np.log1p, piece.t, piece.t)
    yield partial(np.maximum, piece.x, _line(0, piece.x), out=y)
    yield partial(np.add, y, piece.t, y)


def _mish(_: Any, piece: Piece) -> Iterator[Call]:
    yield from _softplus_to(piece.u, piece)
    yield partial(np.tanh, piece.u, piece.u)
    yield partial(np.multiply, piece.x, piece.u, piece.y)


def _gelu(operator: Any, piece: Piece) -> Iterator[Call]:
    yield from (_gelu_by_tanh if operator.approximate == "tanh" else _gelu_by_erfc)(piece)


def _gelu_by_tanh(piece: Piece) -> Iterator[Call]:
    """``x * (1 + tanh(sqrt(2 / pi) * x * (1 + 0.044715 x ** 2))) / 2``."""
    x, y, t, u = piece.x, piece.y, piece.t, piece.u
    yield partial(clip, x, _number(-_FLAT, x), _number(_FLAT, x), u)
    yield partial(np.multiply, u, u, t)
    yield partial(np.multiply, t, _number(0.044715 * math.sqrt(2 / math.pi), t), t)
    yield partial(np.add, t, _number(math.sqrt(2 / math.pi), t), t)
    yield partial(np.multiply, t, u, t)
    yield partial(np.tanh, t, t)
    yield partial(np.add, t, _number(1, t), t)
    yield partial(np.multiply, t, x, y)
    yield partial(np.multiply, y, _number(0.5, y), y)


def _gelu_by_erfc(piece: Piece) -> Iterator[Call]:
    """``max(x, 0) - |x| * erfc(|x| / sqrt(2)) / 2``, which keeps the digits of small results.

    With ``r = 1 / (|x| + 3 sqrt(2))``, ``erfc`` is ``exp(-x ** 2 / 2) * r`` times a polynomial in ``1 - 6 sqrt(2) r``.
    """
    x, y, t, u, v, distance = piece.x, piece.y, piece.t, piece.u, piece.v, piece.w
    yield partial(np.absolute, x, distance)
    yield partial(np.minimum, distance, _line(_FLAT, x), out=distance)
    yield partial(np.add, distance, _number(3 * math.sqrt(2), distance), u)
    yield partial(np.divide, _number(1, u), u, u)
    yield partial(np.multiply, u, _number(-6 * math.sqrt(2), u), v)
    yield partial(np.add, v, _number(1, v), v)
    first, *rest, last = _powers(x.dtype)
    yield partial(np.multiply, v, _number(first, v), t)
    for factor in rest:
        yield partial(np.add, t, _number(factor, t), t)
        yield partial(np.multiply, t, v, t)
    yield partial(np.add, t, _number(last, t), t)
    yield partial(np.multiply, t, u, t)
    yield partial(np.multiply, distance, distance, v)
    yield partial(np.multiply, v, _number(-1 / 2, v), v)
    yield partial(np.exp, v, v)
    yield partial(np.multiply, t, v, t)
    yield partial(np.negative, x, u)
    yield partial(np.maximum, u, distance, out=u)  # |x|, but finite above zero: infinity times 0 is NaN
    yield partial(np.multiply, t, u, t)
    yield partial(np.maximum, x, _line(0, piece.x), out=y)
    yield partial(np.subtract, y, t, y)


@cache
def _powers(dtype: np.dtype[np.floating]) -> tuple[float, ...]:
    """The series of ``erfc`` (:mod:`archspec.ops.smooth`) over sqrt(2) as a polynomial, its highest power first."""
    series = np.polynomial.chebyshev.cheb2poly(ERFC if dtype == np.float64 else ERFC[:12])
    return tuple(map(float, series[::-1] / math.sqrt(2)))


_ACTIVATIONS: dict[str, Callable[..., Iterator[Call]]] = {
    function.__name__.removeprefix("_"): function
    for function in (
        _elu,
        _gelu,
        _hard_sigmoid,
        _hard_swish,
        _leaky_relu,
        _mish,
        _selu,
        _sigmoid,
        _silu,
        _softplus,
        _tanh,
    )
}
"""Each function has the name of its operator."""
