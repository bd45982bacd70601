"""What pydantic's engine is told of a model is what pydantic itself would tell it."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

import pytest

from archspec.model import ValidationError
from archspec.ops import OPERATORS, operator
from archspec.spec.models import Facts, Figures, Header, LayerFacts, TrainingMemory, VariantHeader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.model import Model

MODELS: dict[str, type[Model]] = {
    **{name: operator(name) for name in OPERATORS},
    **{model.__name__: model for model in (Facts, Figures, Header, LayerFacts, TrainingMemory, VariantHeader)},
}
every_model = pytest.mark.parametrize("name", MODELS)

DRAWS = 300
NUMBERS = [-1, 0, 1, 2, 3, 2**31, 2**70, 0.0, 0.5, 1.0, -0.5, float("inf"), float("nan")]
SCALARS = [*NUMBERS, True, False, None, "", "same", "1", "61M", "7x7x3", "80MB", "other", Ellipsis]
KEYS = ["sgd", "adam", "height", "channels", "params", 1, "other"]


def any_value(random: Random, depth: int = 0) -> Any:
    match random.randrange(6 if depth < 3 else 3):
        case 3:
            return [any_value(random, depth + 1) for _ in range(random.randrange(5))]
        case 4:
            return tuple(any_value(random, depth + 1) for _ in range(random.randrange(5)))
        case 5:
            return {random.choice(KEYS): any_value(random, depth + 1) for _ in range(random.randrange(3))}
    return random.choice(SCALARS)


def likely_values(random: Random, type_: Any) -> Iterator[Any]:
    """A value that is more often sound than not, for every form of a type."""
    kinds: dict[Any, Any] = {
        bool: random.random() < 0.5,
        int: random.randint(1, 3),
        float: random.random(),
        str: "text",
    }
    match get_origin(type_):
        case None if isinstance(type_, type) and type_ in kinds:
            yield kinds[type_]
        case kind if kind is Literal:
            yield random.choice(get_args(type_))
        case kind if kind is tuple:
            yield [random.randint(0, 3) for _ in range(random.randint(0, 4))]
            yield [[random.randint(0, 3) for _ in range(2)] for _ in range(random.randint(1, 3))]
        case _:
            for form in get_args(type_):
                yield from likely_values(random, form)


def drawn(random: Random, model: type[Model]) -> dict[str, Any]:
    """Arguments of a model: most of those it needs, some of the others, and now and then a wrong key."""
    values: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        if random.random() < (0.95 if info.is_required() else 2 / (2 + len(model.model_fields))):
            likely = list(likely_values(random, info.annotated))
            values[info.alias or name] = (
                random.choice(likely) if likely and random.random() < 0.8 else any_value(random)
            )
    if random.randrange(10) == 0:
        values[random.choice(["other", "fixed", "kernel"])] = any_value(random)
    return values


def outcome(model: Any, values: Any) -> Any:
    """What a model makes of values: its fields, or its errors."""
    try:
        made = model.model_validate(values)
    except ValidationError as error:
        return [
            (each["type"], each["loc"], each["msg"], repr(each["input"]), repr(each.get("ctx")))
            for each in error.errors(include_url=False)
        ]
    return values_of(made), sorted(made.model_fields_set)


def values_of(made: Any) -> dict[str, str]:
    """The values of a model, and of those in it, in words that do not name its class."""
    is_model = {name: hasattr(value, "model_fields_set") for name, value in vars(made).items()}
    return {name: str(values_of(value)) if is_model[name] else repr(value) for name, value in vars(made).items()}


@every_model
def test_both_find_the_same(name: str) -> None:
    """The same values are taken, and the same errors told at the same places."""
    random, model = Random(0), MODELS[name]  # noqa: S311 - drawing test values
    kinds = set()
    for _ in range(DRAWS):
        values = drawn(random, model)
        found = outcome(model, values)
        assert found == outcome(model.pydantic(), values), values
        kinds.add(type(found))
    assert kinds == {tuple, list}, "else nothing was compared"


@pytest.mark.parametrize("name", OPERATORS)
def test_both_dump_the_same(name: str) -> None:
    random, model = Random(1), operator(name)  # noqa: S311 - drawing test values
    draws = (drawn(random, model) for _ in range(DRAWS))
    sound = [values for values in draws if isinstance(outcome(model, values), tuple)]
    assert sound
    for values in sound:
        ours, theirs = model.model_validate(values), model.pydantic().model_validate(values)
        assert ours.model_dump(mode="json", by_alias=True) == theirs.model_dump(mode="json", by_alias=True)


@every_model
def test_both_find_the_same_of_what_is_no_mapping(name: str) -> None:
    for value in (None, 3, "text", (), [1], {1: 2}, {}):
        assert outcome(MODELS[name], value) == outcome(MODELS[name].pydantic(), value)


@every_model
def test_a_json_schema_is_made_of_it(name: str) -> None:
    schema, fields = MODELS[name].pydantic().model_json_schema(), MODELS[name].model_fields
    assert schema["title"] == MODELS[name].__name__
    assert schema["additionalProperties"] is False
    assert schema.get("required", []) == [info.alias or key for key, info in fields.items() if info.is_required()]
    told = {key: each.get("description") for key, each in schema["properties"].items()}
    assert told == {info.alias or key: info.description for key, info in fields.items()}
