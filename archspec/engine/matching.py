"""Whether arrays belong to a network: their names, shapes and dtypes against those it has."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from archspec.engine.array_names import renamed
from archspec.engine.axis_orders import call_if_doubtful, conversion
from archspec.engine.errors import WeightsError
from archspec.syntax.nearest import nearest
from archspec.text.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archspec.engine.axis_orders import ExpectedArray
    from archspec.ops._numpy import Array

MOST_FOREIGN = 100
"""Arrays that the network does not have which are listed: a file may have any number."""


class ArrayForm(NamedTuple):
    """An array's shape and dtype."""

    shape: tuple[int, ...]
    dtype: np.dtype[np.generic]

    def __str__(self) -> str:
        return f"{self.shape} {self.dtype}"


def match_arrays(arrays: Mapping[str, Array], expected: Mapping[str, ExpectedArray]) -> dict[str, Array]:
    """Copies of arrays that have the names, shapes and dtypes of ``expected``, in its order.

    Raises:
        WeightsError: they don't.

    """
    forms = {name: ArrayForm(np.shape(array), np.asarray(array).dtype) for name, array in arrays.items()}
    check_arrays([*arrays], forms, expected, "the mapping")
    return {name: np.array(arrays[name], each.dtype, order="C") for name, each in expected.items()}


def check_arrays(
    names: list[str], forms: Mapping[str, ArrayForm], expected: Mapping[str, ExpectedArray], source: str
) -> None:
    """Compare names, shapes and dtypes; the order of bytes may differ. ``forms`` may lack those of foreign arrays.

    Raises:
        WeightsError: some differ. All are listed, those first for which no other name or order of axes is known.

    """
    listed = dict.fromkeys(names)
    missing = [name for name in expected if name not in listed]
    foreign = [name for name in listed if name not in expected]
    pairs = renamed(missing, foreign, {name: form.shape for name, form in forms.items()}, expected)
    faults = [
        *_wrong_forms(forms, expected),
        *(f"`{name}` is missing{_replacement(name, foreign)}" for name in missing if name not in pairs),
        *_foreign([name for name in foreign if name not in pairs.values()], missing),
        *(f"it has `{printable(name):.80}` twice" for name, times in Counter(names).items() if times > 1),
        *_other_orders(forms, expected, pairs),
        *(
            f"`{printable(theirs):.80}` is `{name}` here"
            for name, theirs in pairs.items()
            if forms[theirs].shape == expected[name].weight.shape
        ),
        *_same_in_both_orders(forms, expected, pairs),
    ]
    if faults:
        raise WeightsError(f"{printable(source)} does not fit the network:", faults)


def _wrong_forms(forms: Mapping[str, ArrayForm], expected: Mapping[str, ExpectedArray]) -> Iterator[str]:
    """Arrays of the right name and of a shape or dtype that no other order of axes explains; shapes first."""
    wrong: list[tuple[bool, str]] = []
    for name, each in expected.items():
        form, right = forms.get(name), ArrayForm(each.weight.shape, np.dtype(each.dtype))
        if form is None or (form.shape, form.dtype.newbyteorder("=")) == right:
            continue
        if form.shape == right.shape or conversion(form.shape, each) is None:
            wrong.append((form.shape == right.shape, f"`{name}` is {form}, expected {right}"))
    yield from (text for _, text in sorted(wrong, key=lambda each: each[0]))


def _other_orders(
    forms: Mapping[str, ArrayForm], expected: Mapping[str, ExpectedArray], pairs: Mapping[str, str]
) -> Iterator[str]:
    """Arrays whose axes are in another order, with what brings them into ours."""
    for name, each in expected.items():
        theirs = pairs.get(name, name)
        form = forms.get(theirs)
        if form is None or (found := conversion(form.shape, each)) is None:
            continue
        named = f"`{name}`" if theirs == name else f"`{printable(theirs):.80}` is `{name}` here, but"
        library = ", as in PyTorch" if found.is_torch else ""
        yield (
            f"{named} is {form.shape}, expected {each.weight.shape}: its axes are {found.order}{library}; "
            f"`array.{found.call}` has ours"
        )


def _same_in_both_orders(
    forms: Mapping[str, ArrayForm], expected: Mapping[str, ExpectedArray], pairs: Mapping[str, str]
) -> Iterator[str]:
    """A line on the arrays that are probably in PyTorch's order as others are, though their shapes do not show it."""
    present = {name: forms[theirs] for name in expected if (theirs := pairs.get(name, name)) in forms}
    converted = {name: conversion(form.shape, expected[name]) for name, form in present.items()}
    if any(found and found.is_torch for found in converted.values()):
        alike = [
            f"`{name}` by `array.{call}`"
            for name, form in present.items()
            if form.shape == expected[name].weight.shape and (call := call_if_doubtful(expected[name]))
        ]
        if alike:
            yield f"convert too what has the same shape in both orders: {', '.join(alike)}"


def _replacement(name: str, foreign: list[str]) -> str:
    return f", but there is `{printable(near)}`" if (near := nearest(name, foreign)) else ""


def _foreign(names: list[str], missing: list[str]) -> Iterator[str]:
    for name in names[:MOST_FOREIGN]:
        near = nearest(name, missing)
        needless = "; leave it out" if name.endswith(".num_batches_tracked") else ""
        yield f"`{printable(name):.80}` is not an array of the network{f'; is it `{near}`?' if near else needless}"
    if len(names) > MOST_FOREIGN:
        yield f"{len(names) - MOST_FOREIGN:,} more arrays are not of the network"
