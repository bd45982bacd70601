"""From the declaration of a model to the schema that pydantic's engine validates by."""

from __future__ import annotations

from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from archspec.model._fields import fields_of, once, validators_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from archspec.model._base import Model
    from archspec.model._fields import FieldInfo, Schema

_PLAIN = {Any: "any", bool: "bool", int: "int", float: "float", str: "str"}
_CONFIG = {"strict": True, "extra_fields_behavior": "forbid", "allow_inf_nan": False}
"""How every model is validated: nothing is converted, nothing unknown is passed over."""


@once
def schema_of(model: type[Model]) -> Schema:
    """The schema of a model."""
    validators = validators_of(model)
    fields = {name: _field(info, validators.get(name, ())) for name, info in fields_of(model).items()}
    schema = {
        "type": "model",
        "cls": model,
        "schema": {"type": "model-fields", "model_name": model.__name__, "fields": fields},
        "config": {"title": model.__name__, **_CONFIG},
    }
    before = {"type": "no-info", "function": model.model_before}
    return {"type": "function-before", "function": before, "schema": schema}


def _field(info: FieldInfo, validators: Iterable[Any]) -> Schema:
    schema = info.words.applied(_form(info.annotated))
    for method in validators:
        schema = {"type": "function-after", "function": {"type": "with-info", "function": method}, "schema": schema}
    if not info.is_required():
        default = {"type": "default", "default": info.default, "validate_default": info.validate_default}
        schema = {**default, "schema": schema}
    names = {"validation_alias": info.alias, "serialization_alias": info.alias} if info.alias else {}
    return {"type": "model-field", "schema": schema, **names}


def _form(annotation: Any) -> Schema:
    """The schema of a type."""
    origin = get_origin(annotation)
    if origin in _FORMS:
        return _FORMS[origin](*get_args(annotation))
    if hasattr(annotation, "model_fields"):
        return schema_of(annotation)
    return {"type": _PLAIN[annotation]} if annotation in _PLAIN else {"type": "is-instance", "cls": annotation}


def _annotated(annotation: Any, *marks: Any) -> Schema:
    schema = _form(annotation)
    for mark in marks:
        schema = mark.applied(schema)
    return schema


def _union(*annotations: Any) -> Schema:
    forms = [_form(each) for each in annotations if each is not NoneType]
    schema = forms[0] if len(forms) == 1 else {"type": "union", "choices": forms}
    return {"type": "nullable", "schema": schema} if NoneType in annotations else schema


def _literal(*values: Any) -> Schema:
    return {"type": "literal", "expected": list(values)}


def _tuple(*annotations: Any) -> Schema:
    if annotations[-1] is ...:
        return {"type": "tuple", "items_schema": [_form(annotations[0])], "variadic_item_index": 0}
    return {"type": "tuple", "items_schema": [_form(each) for each in annotations]}


def _dict(key: Any, value: Any) -> Schema:
    return {"type": "dict", "keys_schema": _form(key), "values_schema": _form(value)}


_FORMS: dict[Any, Callable[..., Schema]] = {
    Annotated: _annotated,
    Union: _union,
    UnionType: _union,
    Literal: _literal,
    tuple: _tuple,
    dict: _dict,
}
"""Schemas of types that have arguments."""
