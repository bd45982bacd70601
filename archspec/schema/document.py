"""A whole file: what stands at its top, and the definitions that all of it uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic.json_schema import GenerateJsonSchema

from archspec.schema.forms import EXPRESSION, NAME, Schema, any_of, closed, documented, from_model, list_of, ref
from archspec.schema.items import block, block_names, item_definitions, rows
from archspec.schema.meanings import FILE, VARIANT
from archspec.schema.operators import operator_definitions
from archspec.schema.values import READERS, value_definitions
from archspec.spec.models import Facts, Figures, Header, LayerFacts, TrainingMemory, VariantHeader
from archspec.spec.params import RESERVED

if TYPE_CHECKING:
    from pydantic_core import core_schema

    from archspec.model import Model

_TEXT: Schema = {"type": "string"}


def json_schema() -> Schema:
    """The JSON Schema (draft-07) of a spec file, as plain data."""
    blocks = {"required": ["blocks"]}, {"required": ["use"]}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "archspec",
        **documented(closed(_top(), ["name", "layers"]), FILE["file"]),
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
    return {key: documented(form, FILE[key]) for key, form in (header | own).items()}


def _definitions() -> dict[str, Schema]:
    items = item_definitions()
    variant = {**_fields(VariantHeader), "input": ref("input"), "expect": ref("facts"), "budget": ref("figures")}
    return {
        EXPRESSION: documented({"type": "string", "pattern": r"\$"}, FILE["expression"]),
        **value_definitions(),
        "input": any_of(ref("volume"), {"type": "object", "minProperties": 1, "additionalProperties": ref("volume")}),
        "params": {
            "type": ["object", "null"],
            "propertyNames": {"pattern": NAME, "not": {"enum": sorted(RESERVED)}},
        },
        "facts": any_of(ref("volume"), closed(_fields(Facts))),
        "figures": closed(_fields(Figures)),
        "layer_facts": any_of(ref("volume"), closed(_fields(LayerFacts))),
        "variant": {
            "type": "object",
            "properties": {key: documented(form, VARIANT) for key, form in variant.items()},
            "propertyNames": {"pattern": NAME, "not": {"enum": sorted(RESERVED)}},
        },
        "block": block(ref("items_or_blocks")),
        "rows": rows(),
        **items,
        **operator_definitions(),
    }


class _Generator(GenerateJsonSchema):
    """Knows our own readers of values; their forms are put in by name later, for references are pydantic's own."""

    def function_plain_schema(self, schema: core_schema.PlainValidatorFunctionSchema) -> Schema:
        """What a field with a reader of its own takes."""
        return {"format": READERS[schema["function"]["function"]]}


def _fields(model: type[Model]) -> dict[str, Schema]:
    """The keys of a part of the file's top; a mapping inside has keys of its own."""
    made = model.pydantic().model_json_schema(schema_generator=_Generator)
    found = {key: from_model(form, expressions=False) for key, form in made["properties"].items()}
    return {key: _resolved(form) for key, form in found.items()}


def _resolved(form: Schema) -> Schema:
    """A form with our definitions in place of pydantic's references to other models."""
    if set(form) == {"format"}:
        return ref(form["format"])
    if str(form.get("$ref", "")).endswith(TrainingMemory.__name__):
        return closed(_fields(TrainingMemory))
    return form
