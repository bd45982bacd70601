"""One pydantic model from one node of the tree: every fault becomes a finding at the argument itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from archspec.diagnostics import Diagnostic, Edit, Fix, Sink
from archspec.spec.foreign import ARGUMENTS, DIFFERENT, ours
from archspec.syntax import nearest, plain
from archspec.syntax.nodes import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Collection

    from pydantic_core import ErrorDetails

    from archspec.source import Span

M = TypeVar("M", bound=BaseModel)


class Named(NamedTuple):
    """What findings say of the thing that is validated.

    ``owner`` is its name in a sentence (``conv``, ``the spec``), ``place`` where something missing is told,
    ``words`` other libraries' names for its keys, ``layer`` the layer it belongs to.
    """

    owner: str
    place: Span
    words: dict[str, str] | None = None
    layer: str | None = None


_PHRASES = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "string_type": "text",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "finite_number": "a finite number",
    "greater_than": "above {gt}",
    "greater_than_equal": "at least {ge}",
    "less_than": "below {lt}",
    "less_than_equal": "at most {le}",
    "literal_error": "{expected}",
    "string_too_short": "text that is not empty",
    "too_short": "a list of at least {min_length}",
    "too_long": "a list of at most {max_length}",
}
"""What was wanted, by pydantic's error type."""


def validate(
    model: type[M], node: Mapping, named: Named, sink: Sink, given: dict[str, BaseModel] | None = None
) -> tuple[M | None, frozenset[str]]:
    """``node`` as a ``model``, and the names of the fields that are faulty.

    A faulty field is told to ``sink`` and left out; the model is None when it cannot do without. ``given`` are
    fields that were validated before.
    """
    data = {**plain(node), **(given or {})}
    faulty: set[str] = set()
    try:
        return model.model_validate(data), frozenset()
    except ValidationError as error:
        for name, details in _by_field(error).items():
            sink(_finding(model, node, named, name, details))
            faulty.add(name)
    try:
        return model.model_validate({key: value for key, value in data.items() if key not in faulty}), frozenset(faulty)
    except ValidationError:
        return None, frozenset(faulty)


def _by_field(error: ValidationError) -> dict[str, list[ErrorDetails]]:
    """Errors by the argument they are about: a union reports one for every form it tried."""
    fields: dict[str, list[ErrorDetails]] = {}
    for details in error.errors(include_url=False):
        fields.setdefault(str(details["loc"][0]) if details["loc"] else "", []).append(details)
    return fields


def _finding(model: type[BaseModel], node: Mapping, named: Named, name: str, details: list[ErrorDetails]) -> Diagnostic:
    kind, loc = details[0]["type"], details[0]["loc"]
    if kind == "missing" and len(loc) == 1:
        message = f"{named.owner} needs `{name}`"
        return Diagnostic(
            rule="missing-key", message=message, span=named.place, layer=named.layer, help=_about(model, name)
        )
    if kind == "extra_forbidden" and len(loc) == 1:
        key = next(entry.key for entry in node.entries if str(entry.key.value) == name)
        return unknown(key, named, argument_names(model), [str(entry.key.value) for entry in node.entries])
    place, path = _descend(node, max((detail["loc"] for detail in details), key=len))
    return Diagnostic(
        rule="invalid-value",
        message=f"`{path or name}` of {named.owner} {_trouble(details, place, _description(model, name))}",
        span=place.span,
        layer=named.layer,
    )


def unknown(key: Scalar, named: Named, valid: list[str], given: Collection[str] = ()) -> Diagnostic:
    """The finding for a key nobody knows: the nearest valid one, or ours for another library's word."""
    word = f"{key.value!s:.60}"
    other = DIFFERENT.get(word.lower()) if named.words is ARGUMENTS else None
    meant = None if other else ours(word, named.words or {}, valid)
    near = None if other else meant or nearest(word, valid)
    listed = f"{named.owner} takes {', '.join(f'`{name}`' for name in valid)}"
    return Diagnostic(
        rule="unknown-key",
        message=f"{named.owner} has no `{word}`" + (f"; did you mean `{near}`?" if near else ""),
        span=key.span,
        layer=named.layer,
        notes=(f"`{word}` of other libraries is `{meant}` here",) if meant else (other,) if other else (),
        help=(f"write `{near}`",) if near else (listed if valid else f"{named.owner} takes no arguments",),
        fix=Fix(f"write `{near}`", (Edit(key.span, near),), safe=True) if near and near not in given else None,
    )


def argument_names(model: type[BaseModel]) -> list[str]:
    """The keys a model takes, in order of declaration."""
    return [info.alias or name for name, info in model.model_fields.items()]


def _description(model: type[BaseModel], name: str) -> str | None:
    """What a field takes, in words, when the field says so."""
    fields = ((info.alias or key, info) for key, info in model.model_fields.items())
    return next((info.description for key, info in fields if key == name), None)


def _about(model: type[BaseModel], name: str) -> tuple[str, ...]:
    description = _description(model, name)
    return (f"`{name}` is {description}",) if description else ()


def _trouble(details: list[ErrorDetails], place: Node, description: str | None) -> str:
    """Wanted and got, in words."""
    first = next((detail for detail in details if detail["type"] == "value_error"), None)
    if first is not None:
        return f"is wrong: {first['ctx']['error']}"
    wanted: dict[str, None] = {}
    for detail in details:
        phrase = _PHRASES.get(detail["type"])
        if phrase:
            wanted[phrase.format_map(detail.get("ctx", {}))] = None
    words = description if description and len(details) > 1 else " or ".join(wanted) or "something else"
    return f"must be {words}, not {shorten(place)}"


def _descend(node: Node, loc: tuple[int | str, ...]) -> tuple[Node, str]:
    """The node a pydantic location leads to, as far as the file goes, and its name."""
    path = ""
    for step in loc:
        match node:
            case Mapping() if (value := node.get(str(step))) is not None:
                node, path = value, f"{path}.{step}" if path else str(step)
            case Sequence() if isinstance(step, int) and step < len(node.items):
                node, path = node.items[step], f"{path}[{step}]"
            case _:
                continue  # a step that only names a form of a union
    return node, path


def shorten(node: Node) -> str:
    """A value as a message shows it."""
    match node:
        case Scalar(value=None):
            return "nothing"
        case Scalar(value=str(text)):
            return f"{text:.60}" if len(text) <= 60 else f"{text[:57]}..."
        case Scalar(value=value):
            return json.dumps(value)
    text = " ".join(node.span.text.split())
    return text if len(text) <= 60 else f"{text[:57]}..."
