"""Whatever the schema refuses, ``archspec check`` refuses too: good specs, each spoiled in one place."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jsonschema import Draft7Validator

    from tests.schema.conftest import HasErrors

ODD: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 3, 2.5, float("inf"), "", "x", "3", "same", "relu", "conv", "add", "$i", "$(1 + 1)",
    "$nope", "a b", "a.b", [], [1], [[1, 2]], ["relu"], {}, {"a": 1}, {"layers": ["relu"]},
    {"conv": {"filters": 8, "kernel": 1}}, "8x8x3", "61M", [None], {"channels": 3}, "input",
)  # fmt: skip
KEYS = (
    "x", "nam", "name", "layers", "for", "from", "when", "repeat", "expect", "ignore", "params", "relu", "conv",
    "kernel", "filters", "budget", "variants", "blocks", "use", "outputs", "fit", "batch", "tie", "kernal", "a-b", "in",
)  # fmt: skip


def places(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The ways to all values within a value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in pairs:
        yield (*way, step)
        yield from places(inner, (*way, step))


def at(value: Any, way: tuple[Any, ...]) -> Any:
    for step in way:
        value = value[step]
    return value


def spoiled(draw: Callable[[st.SearchStrategy[Any]], Any], good_specs: list[Any]) -> Any:
    """A good spec with one key dropped, renamed or added, or one value of another type, or from another place."""
    spec = copy.deepcopy(draw(st.sampled_from(good_specs)))
    ways = list(places(spec))
    way = draw(st.sampled_from(ways))
    parent, last = at(spec, way[:-1]), way[-1]
    value = parent[last]
    match draw(st.sampled_from(("drop", "replace", "rename", "list", "mapping", "add", "move"))):
        case "drop":
            del parent[last]
        case "replace":
            parent[last] = copy.deepcopy(draw(st.sampled_from(ODD)))
        case "rename" if isinstance(parent, dict):
            del parent[last]
            parent[draw(st.sampled_from(KEYS))] = value
        case "list":
            parent[last] = [value]
        case "mapping":
            parent[last] = {draw(st.sampled_from(KEYS)): value}
        case "add" if isinstance(parent, dict):
            parent[draw(st.sampled_from(KEYS))] = copy.deepcopy(draw(st.sampled_from(ODD)))
        case _:
            parent[last] = copy.deepcopy(at(spec, draw(st.sampled_from(ways))))
    return spec


@pytest.fixture(scope="session")
def agrees(validator: Draft7Validator, has_errors: HasErrors, good_specs: list[Any]) -> Callable[[st.DataObject], None]:
    """Asserts that what the schema refuses of a spoiled spec, `check` refuses too."""

    def on(data: st.DataObject) -> None:
        spec = spoiled(data.draw, good_specs)
        if not validator.is_valid(spec):
            text = yaml.safe_dump(spec, sort_keys=False) + "\n"
            assert has_errors(text), text

    return on


@given(data=st.data())
def test_what_the_schema_refuses_is_refused(data: st.DataObject, agrees: Callable[[st.DataObject], None]) -> None:
    agrees(data)


@pytest.mark.slow
@settings(max_examples=600)
@given(data=st.data())
def test_what_the_schema_refuses_is_refused_at_length(
    data: st.DataObject, agrees: Callable[[st.DataObject], None]
) -> None:
    agrees(data)
