from __future__ import annotations

import copy
import pickle
from random import Random
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

import pydantic
import pytest

import archspec
from archspec.ops import OPERATORS, operator
from archspec.ops.convolution import Conv
from archspec.ops.pooling import MaxPool
from archspec.spec.models import Facts, Figures, Header, LayerFacts, Spec, TrainingMemory, VariantHeader
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.model import Model

MODELS: dict[str, type[Model]] = {
    **{name: operator(name) for name in OPERATORS},
    **{model.__name__: model for model in (Facts, Figures, Header, LayerFacts, TrainingMemory, VariantHeader)},
}
every_model = pytest.mark.parametrize("name", MODELS)
DRAWS = 50


def likely_values(random: Random, type_: Any) -> Iterator[Any]:
    """A value that is more often valid than not, for every form of a type."""
    kinds: dict[Any, Any] = {
        bool: random.random() < 0.5,
        int: random.randint(1, 3),
        float: random.random(),
        str: "text",
        Volume: "7x7x3",
    }
    match get_origin(type_):
        case None if isinstance(type_, type) and type_ in kinds:
            yield kinds[type_]
        case kind if kind is Literal:
            yield random.choice(get_args(type_))
        case kind if kind is tuple:
            yield [random.randint(0, 3) for _ in range(random.randint(1, 4))]
            yield [[random.randint(0, 3) for _ in range(2)] for _ in range(random.randint(1, 3))]
        case _:
            for form in get_args(type_):
                yield from likely_values(random, form)


def valid_instances(name: str) -> list[Model]:
    """Instances of a model with drawn arguments: all that it needs, and some of the others."""
    random, model, found = Random(0), MODELS[name], []  # noqa: S311 - drawing test values
    for _ in range(DRAWS):
        values = {}
        for key, info in model.model_fields.items():
            likely = list(likely_values(random, info.annotation))
            if likely and (info.is_required() or random.random() < 2 / (2 + len(model.model_fields))):
                values[info.alias or key] = random.choice(likely)
        try:
            found.append(model.model_validate(values))
        except pydantic.ValidationError:
            continue
    assert found
    return found


@every_model
def test_models_are_pydantics(name: str) -> None:
    assert issubclass(MODELS[name], pydantic.BaseModel)
    with pytest.raises(pydantic.ValidationError, match="extra_forbidden"):
        MODELS[name].model_validate({"no_such_key": 1})
    for instance in valid_instances(name):
        assert repr(instance).startswith(f"{MODELS[name].__name__}(")
        for key in type(instance).model_fields:
            with pytest.raises(pydantic.ValidationError, match="frozen"):
                setattr(instance, key, None)


@every_model
def test_a_dump_makes_an_equal_model(name: str) -> None:
    for instance in valid_instances(name):
        for mode in ("python", "json"):
            dumped = instance.model_dump(mode=mode, by_alias=True, exclude_unset=True)
            assert type(instance).model_validate(dumped) == instance
        assert instance.model_dump_json()


@every_model
def test_a_model_can_be_copied_and_pickled(name: str) -> None:
    for instance in valid_instances(name):
        for other in (copy.copy(instance), copy.deepcopy(instance), pickle.loads(pickle.dumps(instance))):  # noqa: S301
            assert other == instance
            assert other.model_fields_set == instance.model_fields_set


@every_model
def test_a_json_schema_is_made_of_a_model(name: str) -> None:
    schema, fields = MODELS[name].model_json_schema(), MODELS[name].model_fields
    assert schema["title"] == MODELS[name].__name__
    assert schema["additionalProperties"] is False
    assert schema.get("required", []) == [info.alias or key for key, info in fields.items() if info.is_required()]
    assert list(schema.get("properties", {})) == [info.alias or key for key, info in fields.items()]


@pytest.mark.parametrize("name", OPERATORS)
def test_an_operator_without_arguments_needs_no_validation(name: str) -> None:
    """Where none has to be given, the graph makes an operator by ``model_construct``."""
    fields = operator(name).model_fields.values()
    if any(info.is_required() or info.validate_default for info in fields):
        pytest.skip("it needs arguments")
    assert operator(name).model_construct() == operator(name).model_validate({})


def test_nothing_is_converted() -> None:
    for values in ({"filters": "2"}, {"filters": 2.0}, {"filters": True}, {"filters": 2, "bias": 1}):
        with pytest.raises(pydantic.ValidationError):
            Conv.model_validate({"kernel": 3, **values})


def test_operators_are_keys() -> None:
    assert len({Conv(filters=2, kernel=3), Conv(filters=2, kernel=3, stride=1), Conv(filters=2, kernel=5)}) == 3
    assert len({Conv(filters=2, kernel=[3, 3]), Conv(filters=2, kernel=(3, 3))}) == 1  # type: ignore[arg-type]
    assert len({operator(name)() for name in ("relu", "tanh")}) == 2


class Stage(pydantic.BaseModel):
    """A user's own model."""

    conv: Conv
    pool: MaxPool | None = None
    header: Header = Header()


def test_an_operator_is_a_field_of_a_users_model() -> None:
    stage = Stage.model_validate({"conv": {"filters": 8, "kernel": [3, 3]}, "header": {"input": "8x8x3"}})
    assert stage.conv == Conv(filters=8, kernel=(3, 3))
    assert stage.conv.infer([Volume((8, 8), 3)]) == Volume((6, 6), 8)
    assert Stage.model_validate_json(stage.model_dump_json(by_alias=True, exclude_unset=True)) == stage
    assert pickle.loads(pickle.dumps(stage)) == stage  # noqa: S301 - our own
    with pytest.raises(pydantic.ValidationError, match=r"conv\.filters"):
        Stage.model_validate({"conv": {"filters": 0, "kernel": 3}})
    definitions = Stage.model_json_schema()["$defs"]
    assert definitions["Conv"]["properties"]["filters"]["minimum"] == 1
    assert definitions["Header"]["additionalProperties"] is False


def test_a_spec_is_a_model_of_its_header() -> None:
    spec = archspec.load("zoo:resnet18")
    assert isinstance(spec, pydantic.BaseModel)
    dumped = spec.model_dump(mode="json", exclude_none=True)
    assert (dumped["name"], dumped["input"], dumped["expect"]["output"]) == (
        "resnet",
        {"input": "224x224x3"},
        "1x1x1000",
    )
    assert list(Spec.model_json_schema()["properties"]) == list(Header.model_fields) == list(spec.model_dump())
    assert Header.model_validate(spec.model_dump()) == Header.model_validate(dumped)


def test_a_spec_can_be_pickled() -> None:
    spec = archspec.load("zoo:resnet18")
    other = pickle.loads(pickle.dumps(spec))  # noqa: S301 - our own
    assert (other.model_dump(), other.title, len(other.layers)) == (spec.model_dump(), spec.title, len(spec.layers))
    assert archspec.analyze(other).totals == archspec.analyze(spec).totals


def test_volumes_are_dumped_as_specs_write_them() -> None:
    for text in ("7x6x5x3", "7x7x3", {"length": 9, "channels": 2}, {"channels": 5}):
        facts = LayerFacts.model_validate({"output": text})
        assert facts.model_dump(mode="json", exclude_unset=True) == {"output": text}
        assert isinstance(facts.model_dump()["output"], Volume)
