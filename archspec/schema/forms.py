"""Building blocks of schemas."""

from __future__ import annotations

import inspect
import re
from typing import Any

Schema = dict[str, Any]

NAME = r"^[A-Za-z_][A-Za-z_0-9]*$"
"""A name in expressions, and of a block."""
EXPRESSION = "expression"
"""Name of the definition that every value may take the form of, but for those at the top of the file."""

_LEFT_OUT = ("title", "default", "description")


def ref(name: str) -> Schema:
    """The definition of a name."""
    return {"$ref": f"#/definitions/{name}"}


def any_of(*forms: Schema) -> Schema:
    """One of several forms, none of which is such a choice itself."""
    flat = [each for form in forms for each in (form["anyOf"] if set(form) == {"anyOf"} else (form,))]
    return flat[0] if len(flat) == 1 else {"anyOf": flat}


def closed_mapping(properties: Schema, required: list[str] | None = None) -> Schema:
    """A mapping of these keys and no others."""
    form = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**form, "required": required} if required else form


def list_of(item: Schema, least: int = 0) -> Schema:
    """A list."""
    return {"type": "array", "items": item, **({"minItems": least} if least else {})}


def with_description(form: Schema, text: str) -> Schema:
    """A form with a text that editors show; nothing may stand beside a reference in draft-07."""
    beside = {"allOf": [form]} if "$ref" in form else form
    return {**beside, "markdownDescription": text, "description": text.replace("`", "")}


def docstring(of: type) -> str:
    """The docstring of a class as Markdown, without line breaks in paragraphs."""
    paragraphs = (inspect.getdoc(of) or "").split("\n\n")
    return re.sub(r"`{2}", "`", "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs))


def from_model(form: Schema, *, expressions: bool) -> Schema:
    """Pydantic's schema of a field in draft-07; with ``expressions`` each value in it may be one.

    Null is left out: a key without a value is an error, whatever the default.
    """
    made = [_draft07(each, expressions=expressions) for each in _alternatives(form)]
    return any_of(*made, ref(EXPRESSION)) if expressions else any_of(*made)


def _alternatives(form: Schema) -> list[Schema]:
    if "anyOf" in form:
        return [each for inner in form["anyOf"] for each in _alternatives(inner)]
    kinds = form.get("type")
    if isinstance(kinds, list):
        return [{**form, "type": kind} for kind in kinds if kind != "null"]
    return [] if kinds == "null" else [form]


def _draft07(form: Schema, *, expressions: bool) -> Schema:
    made = {key: value for key, value in form.items() if key not in _LEFT_OUT}
    if "prefixItems" in made:
        made["items"] = [from_model(each, expressions=expressions) for each in made.pop("prefixItems")]
    elif made.get("items"):
        made["items"] = from_model(made["items"], expressions=expressions)
    return made
