"""The schema of a file: the keys at its top, and the shared definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.schema.forms import (
    EXPRESSION,
    NAME,
    Schema,
    any_of,
    closed_mapping,
    from_model,
    list_of,
    ref,
    with_description,
)
from archspec.schema.items import block, block_names, item_definitions, rows
from archspec.schema.meanings import FILE, VARIANT
from archspec.schema.operators import operator_definitions
from archspec.spec.fields import BYTES_SCHEMA, COUNT_SCHEMA, VOLUME_SCHEMA
from archspec.spec.models import Facts, Figures, Header, LayerFacts, TrainingMemory, VariantHeader
from archspec.spec.params import RESERVED

if TYPE_CHECKING:
    from archspec.model import Model

_TEXT: Schema = {"type": "string"}
_VALUES: dict[str, Schema] = {"volume": VOLUME_SCHEMA, "quantity": COUNT_SCHEMA, "bytes": BYTES_SCHEMA}
"""Values of a form of their own, by the names of their definitions."""


def json_schema() -> Schema:
    """The JSON Schema (draft-07) of a spec file, as plain data."""
    blocks = {"required": ["blocks"]}, {"required": ["use"]}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "archspec",
        **with_description(closed_mapping(_top(), ["name", "layers"]), FILE["file"]),
        "anyOf": [{"required": ["input"]}, {"required": ["variants"]}],
        "if": {"anyOf": list(blocks)},
        "then": {"properties": {"layers": ref("items_or_blocks")}},
        "else": {"properties": {"layers": ref("items")}},
        "definitions": _definitions(),
    }


def _top() -> Schema:
    header = {key: form for key, form in _fields(Header).items() if key not in ("input", "expect", "budget")}
    block_items = {"type": "object", "propertyNames": block_names(), "additionalProperties": ref("block")}
    names = any_of(_TEXT, list_of(_TEXT, least=1))
    variants = {"type": "object", "additionalProperties": any_of({"type": "null"}, ref("variant"))}
    own = {
        "input": ref("input"),
        "params": ref("params"),
        "use": any_of(_TEXT, list_of(_TEXT)),
        "blocks": block_items,
        "layers": {"type": "array", "minItems": 1},
        "outputs": names,
        "variants": variants,
        "expect": ref("facts"),
        "budget": ref("figures"),
    }
    return {key: with_description(form, FILE[key]) for key, form in (header | own).items()}


def _definitions() -> dict[str, Schema]:
    items = item_definitions()
    variant = {**_fields(VariantHeader), "input": ref("input"), "expect": ref("facts"), "budget": ref("figures")}
    return {
        EXPRESSION: with_description({"type": "string", "pattern": r"\$"}, FILE["expression"]),
        **_VALUES,
        "input": any_of(ref("volume"), {"type": "object", "minProperties": 1, "additionalProperties": ref("volume")}),
        "params": {
            "type": ["object", "null"],
            "propertyNames": {"pattern": NAME, "not": {"enum": sorted(RESERVED)}},
        },
        "facts": any_of(ref("volume"), closed_mapping(_fields(Facts))),
        "figures": closed_mapping(_fields(Figures)),
        "layer_facts": any_of(ref("volume"), closed_mapping(_fields(LayerFacts))),
        "variant": {
            "type": "object",
            "properties": {key: with_description(form, VARIANT) for key, form in variant.items()},
            "propertyNames": {"pattern": NAME, "not": {"enum": sorted(RESERVED)}},
        },
        "block": block(ref("items_or_blocks")),
        "rows": rows(),
        **items,
        **operator_definitions(),
    }


def _fields(model: type[Model]) -> dict[str, Schema]:
    """The keys of a part of the file's top; a mapping inside has keys of its own."""
    return {key: _field(form) for key, form in model.model_json_schema()["properties"].items()}


def _field(form: Schema) -> Schema:
    """A field's form, with our definitions in place of what they define and of pydantic's references to models."""
    made = from_model(form, expressions=False)
    if str(made.get("$ref", "")).endswith(TrainingMemory.__name__):
        return closed_mapping(_fields(TrainingMemory))
    return next((ref(name) for name, value in _VALUES.items() if value == made), made)
