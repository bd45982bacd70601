"""Arrays written out in a spec as nested lists: ``weights: [[0, 1], [1, 0]]``."""

from __future__ import annotations

import sys
from typing import Annotated, Any

from pydantic import AfterValidator

DEEPEST = 5
"""Axes of the largest array there is to write: a 3-D kernel, channels and filters."""


def shape_of(values: Any, place: str = "") -> tuple[int, ...]:
    """Shape of nested tuples; ValueError says where they are ragged or hold no number."""
    if not isinstance(values, tuple):
        _check_number(values, place)
        return ()
    if not values or place.count("[") >= DEEPEST:
        raise ValueError(f"weights{place} {'is nested too deep' if values else 'is an empty list'}")
    shapes = [shape_of(value, f"{place}[{i}]") for i, value in enumerate(values)]
    for i, shape in enumerate(shapes):
        if shape != shapes[0]:
            raise ValueError(f"weights{place}[{i}] is {_words(shape)} where weights{place}[0] is {_words(shapes[0])}")
    return (len(values), *shapes[0])


def _check_number(value: Any, place: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"weights{place} is not a number")  # noqa: TRY004 - pydantic takes ValueError
    if not abs(value) <= sys.float_info.max:  # "not <=" catches nan as well
        raise ValueError(f"weights{place} is not finite")


def _words(shape: tuple[int, ...]) -> str:
    return f"a list of {'x'.join(map(str, shape))}" if shape else "a number"


def _regular(values: tuple[Any, ...]) -> tuple[Any, ...]:
    shape_of(values)
    return values


Numbers = Annotated[tuple[Any, ...], AfterValidator(_regular)]
"""Nested lists of finite numbers, as long in every row."""
