"""The schemas of operators' arguments."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from archspec.model import Model
from archspec.ops import MERGES, OPERATORS, operator
from archspec.ops._base import Count, Sizes
from archspec.ops._sliding import Margin, Padding
from archspec.schema.forms import Schema, any_of, closed_mapping, docstring, from_model, ref, with_description
from archspec.schema.meanings import ARGUMENTS
from archspec.spec.validate import required_names

if TYPE_CHECKING:
    from archspec.ops._base import Operator

PLAIN = tuple(name for name in OPERATORS if name not in MERGES)
"""Operators that take arguments, not branches."""


def operator_definitions() -> dict[str, Schema]:
    """Definitions of each operator's arguments, by its name, and of forms that many arguments share."""
    return {name: _arguments(name, operator(name)) for name in PLAIN} | _shared_forms()


def bare_words() -> Schema:
    """Operators that can stand alone, without arguments."""
    bare = [name for name in PLAIN if not required_names(operator(name))]
    return {"anyOf": [with_description({"const": name}, hover(name)) for name in bare]}


def hover(name: str) -> str:
    """The description of an operator."""
    return f"`{name}`: {docstring(operator(name))}"


def _arguments(name: str, kind: type[Operator]) -> Schema:
    made = kind.model_json_schema()
    fields: dict[str, Schema] = made["properties"]
    arguments = {key: with_description(_argument(field), _about(name, key, field)) for key, field in fields.items()}
    forms = [closed_mapping(arguments, required_names(kind))]
    if not required_names(kind):
        forms.append({"type": "null"})
    if kind.main:
        forms.append(_argument(fields[kind.main]))
    return with_description(any_of(*forms), hover(name))


def _argument(field: Schema) -> Schema:
    made = from_model(field, expressions=True)
    return next((ref(name) for name, form in _shared_forms().items() if form == made), made)


class _Shared(Model):
    """Forms that many arguments have, by the names of their definitions."""

    count: Count
    sizes: Sizes
    margins: Margin
    padding: Padding
    flag: bool


@cache
def _shared_forms() -> dict[str, Schema]:
    fields = _Shared.model_json_schema()["properties"]
    return {name: from_model(field, expressions=True) for name, field in fields.items()}


def _about(name: str, key: str, field: Schema) -> str:
    """The meaning of an argument, and its default."""
    meaning = ARGUMENTS.get(f"{name}.{key}") or ARGUMENTS.get(key) or field.get("description", "")
    return meaning if field.get("default") is None else f"{meaning}\n\nDefault: `{_default_text(field['default'])}`"


def _default_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
