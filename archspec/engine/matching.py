"""Whether arrays belong to a network: their names, shapes and dtypes against those it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from archspec.engine.errors import WeightsError
from archspec.syntax.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from archspec.ops._numpy import Array

_MOST = 3
"""Faults of a kind that are listed one by one."""


class ArrayForm(NamedTuple):
    """An array's shape and dtype."""

    shape: tuple[int, ...]
    dtype: np.dtype[np.generic]

    def __str__(self) -> str:
        return f"{self.shape} {self.dtype}"


def match_arrays(arrays: Mapping[str, Array], expected: Mapping[str, Array]) -> dict[str, Array]:
    """Copies of arrays that have the names, shapes and dtypes of ``expected``, in its order.

    Raises:
        WeightsError: they don't.

    """
    check_names(arrays, expected, "the mapping")
    found = {name: np.array(arrays[name], order="C") for name in expected}
    check_forms({name: ArrayForm(array.shape, array.dtype) for name, array in found.items()}, expected, "the mapping")
    return {name: array.astype(expected[name].dtype, copy=False) for name, array in found.items()}


def check_names(names: Iterable[str], expected: Mapping[str, Array], source: str) -> None:
    """Compare names, each of which must be there once.

    Raises:
        WeightsError: some are missing, surplus or there twice; the message suggests the nearest names.

    """
    found = list(names)
    missing, surplus = _without(expected, set(found)), _without(found, set(expected))
    absent = [f"`{name}` is missing{_replacement(name, surplus)}" for name in missing[:_MOST]]
    strange = [f"`{name:.80}` is not an array of the network{_suggestion(name, missing)}" for name in surplus[:_MOST]]
    twice = ["it has a name twice"] if len(found) != len(set(found)) else []
    _refuse([*absent, *_more(missing), *strange, *_more(surplus), *twice], source)


def check_forms(found: Mapping[str, ArrayForm], expected: Mapping[str, Array], source: str) -> None:
    """Compare shapes and dtypes by name; the order of bytes may differ.

    Raises:
        WeightsError: some differ.

    """
    faults = []
    for name, array in expected.items():
        shape, dtype = found[name]
        if shape != array.shape or dtype.newbyteorder("=") != array.dtype:
            faults.append(f"`{name}` is {ArrayForm(shape, dtype)}, expected {ArrayForm(array.shape, array.dtype)}")
    _refuse([*faults[:_MOST], *_more(faults)], source)


def _without(names: Iterable[str], others: set[str]) -> list[str]:
    return [name for name in names if name not in others]


def _replacement(name: str, surplus: list[str]) -> str:
    return f", but there is `{near}`" if (near := nearest(name, surplus)) else ""


def _suggestion(name: str, missing: list[str]) -> str:
    return f"; is it `{near}`?" if (near := nearest(name, missing)) else ""


def _more(faults: list[str]) -> list[str]:
    return [f"and {len(faults) - _MOST:,} more"] if len(faults) > _MOST else []


def _refuse(faults: list[str], source: str) -> None:
    if faults:
        raise WeightsError(f"{source} does not fit the network: {'; '.join(faults)}")
