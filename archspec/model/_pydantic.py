"""Models of pydantic's own, made of the declarations here: pydantic reads the same words in its own way."""

from __future__ import annotations

from functools import reduce
from operator import or_
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin

import pydantic

from archspec.model import _fields
from archspec.model._base import Model

if TYPE_CHECKING:
    from collections.abc import Callable

_CONFIG = pydantic.ConfigDict(
    strict=True, frozen=True, extra="forbid", allow_inf_nan=False, arbitrary_types_allowed=True
)
_WORDS: dict[type, Callable[[Any], Any]] = {
    _fields.FieldWords: lambda words: pydantic.Field(description=words.description, **dict(words.bounds)),
    _fields.BeforeValidator: lambda mark: pydantic.BeforeValidator(mark.function),
    _fields.AfterValidator: lambda mark: pydantic.AfterValidator(mark.function),
    _fields.PlainValidator: lambda mark: pydantic.PlainValidator(mark.function),
    _fields.WithJsonSchema: lambda mark: pydantic.WithJsonSchema(mark.json_schema),
}


@_fields.once
def pydantic_model(model: type[Model]) -> type[pydantic.BaseModel]:
    """A model's counterpart in pydantic."""
    fields = {name: (_type(info.annotated), _field(info)) for name, info in model.model_fields.items()}
    validators: dict[str, Any] = {"before": pydantic.model_validator(mode="before")(_one_value(model.model_before))}
    for name, methods in _fields.validators_of(model).items():
        for method in methods:
            validators[f"{name}_{method.__name__}"] = pydantic.field_validator(name)(_value_and_info(method))
    made: type[pydantic.BaseModel] = pydantic.create_model(  # type: ignore[call-overload]  # fields are not known here
        model.__name__, __config__=_CONFIG, __doc__=model.__doc__, __validators__=validators, **fields
    )
    return made


def _one_value(function: Callable[[Any], Any]) -> Any:
    """A class method as pydantic expects one: it counts the parameters."""
    return classmethod(lambda _, value: function(value))


def _value_and_info(function: Callable[[Any, Any], Any]) -> Any:
    return classmethod(lambda _, value, info: function(value, info))


def _field(info: _fields.FieldInfo) -> Any:
    words = info.words
    bounds: dict[str, Any] = dict(words.bounds)
    return pydantic.Field(
        words.default,
        alias=words.key,
        description=info.description,
        validate_default=words.validate_default,
        **bounds,
    )


def _type(annotation: Any) -> Any:
    """An annotation in pydantic's words."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        inner, *marks = arguments
        return Annotated[_type(inner), *(_WORDS[type(mark)](mark) for mark in marks)]
    if origin in (Union, UnionType):
        return reduce(or_, map(_type, arguments))
    if origin in (tuple, dict):
        return origin[tuple(map(_type, arguments))]
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return pydantic_model(annotation)
    return annotation
