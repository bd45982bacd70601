"""The schema of ``layers``."""

from __future__ import annotations

from archspec.ops import MERGES, OPERATORS
from archspec.rules import RULES
from archspec.schema.forms import EXPRESSION, NAME, Schema, any_of, list_of, ref, with_description
from archspec.schema.meanings import ITEM, MODIFIERS
from archspec.schema.operators import PLAIN, bare_words, hover

_TEXT: Schema = {"type": "string"}
_NAME: Schema = {"type": ["string", "integer"]}
_RESIDUAL = {"label": "residual", "body": {"add": {"main": [{"conv": {"filters": "$1"}}], "shortcut": []}}}
"""The one form that is more than a word to be completed."""


def item_definitions() -> dict[str, Schema]:
    """Items of a file without blocks, whose words are all operators, and of one with blocks (``*_or_blocks``)."""
    found = {"word": bare_words(), **_family("", ref("word"))}
    return found | _family("_or_blocks", any_of(ref("word"), {"type": "string", "pattern": NAME}))


def _family(suffix: str, word: Schema) -> dict[str, Schema]:
    """The definitions of items whose bare words are ``word``."""
    items, branch = ref(f"items{suffix}"), ref(f"branch{suffix}")
    merge = any_of(
        _TEXT, list_of(branch, least=1), {"type": "object", "minProperties": 1, "additionalProperties": branch}
    )
    properties = {
        **{name: ref(name) for name in PLAIN},
        **{name: with_description(merge, hover(name)) for name in MERGES},
        "layers": with_description(items, ITEM["layers"]),
        "for": with_description(ref("rows"), ITEM["for"]),
        **{name: with_description(form, MODIFIERS[name]) for name, form in _modifiers().items()},
    }
    names = {"propertyNames": {"pattern": NAME}} if suffix else {"additionalProperties": False}
    mapping = {
        "type": "object",
        "defaultSnippets": [_RESIDUAL],
        "minProperties": 1,
        "properties": properties,
        "dependencies": {"for": ["layers"]},
        **names,
    }
    return {
        f"items{suffix}": list_of(ref(f"item{suffix}")),
        f"item{suffix}": {"type": ["object", "string"], "if": _TEXT, "then": word, "else": mapping},
        f"branch{suffix}": any_of(_TEXT, items),
    }


def rows() -> Schema:
    """Rows of a loop."""
    return any_of(list_of(any_of({"type": "object"}, ref(EXPRESSION))), ref(EXPRESSION))


def _modifiers() -> dict[str, Schema]:
    rules = {"type": "string", "enum": list(RULES)}
    return {
        "name": {"type": "string", "minLength": 1},
        "from": _NAME,
        "when": any_of({"type": "boolean"}, ref(EXPRESSION)),
        "repeat": any_of({"type": "integer", "minimum": 0}, ref(EXPRESSION)),
        "tie": _NAME,
        "expect": ref("layer_facts"),
        "ignore": any_of(rules, list_of(rules)),
    }


def block(items: Schema) -> Schema:
    """A block: its items alone, or with parameters."""
    properties = {
        "params": with_description(ref("params"), ITEM["params"]),
        "layers": with_description(items, ITEM["layers"]),
    }
    mapping = {"type": "object", "properties": properties, "required": ["layers"], "additionalProperties": False}
    return any_of(items, mapping)


def block_names() -> Schema:
    """Names that a block can have."""
    return {"pattern": NAME, "not": {"enum": [*OPERATORS, *MODIFIERS, "layers", "for"]}}
