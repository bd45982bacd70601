"""One pydantic model from one node of the tree: every fault becomes a finding at the argument itself."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, get_args

from pydantic import ValidationError

from archspec.diagnostics import Diagnostic, Edit, Fix, Sink
from archspec.model import Model, Refusal
from archspec.spec.foreign import ARGUMENTS, DIFFERENT, needless, ours
from archspec.spec.foreign_values import known_value
from archspec.spec.misplaced_layers import after, is_no_layer, layer_of
from archspec.spec.respelling import left_out, means_nothing, respelled
from archspec.spec.wording import cut, shorten, yaml_text
from archspec.syntax import nearest, only_candidate
from archspec.syntax.nodes import Mapping, Node, Scalar, Sequence, plain

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from collections.abc import Mapping as WordMapping

    from pydantic_core import ErrorDetails

    from archspec.source import Span
    from archspec.syntax.nodes import Entry

M = TypeVar("M", bound=Model)


class Named(NamedTuple):
    """How findings refer to the thing that is validated.

    ``owner`` is its name in a sentence (``conv``, ``the spec``), ``place`` where something missing is reported,
    ``words`` other libraries' names for its keys, ``layer`` the layer it belongs to. ``beside`` are keys that stand
    beside the thing, not in it. ``each_part`` says that the parts of a value are mistakes of their own, as in a list of
    names: then each has its finding. ``item`` is the list item that it is in, ``values`` are the parameters that its
    expressions may read.
    """

    owner: str
    place: Span
    words: dict[str, str] | None = None
    layer: str | None = None
    beside: tuple[str, ...] = ()
    each_part: bool = False
    item: Node | None = None
    values: WordMapping[str, Any] | None = None


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
    "missing": "a longer list",
}
"""What was expected, by pydantic's error type."""
_MOST_FAULTS = 100
"""Faulty fields of one thing that are reported, each of which is looked up among all of them."""
_UNKNOWN = ("extra_forbidden", "invalid_key")
_KEY = "[key]"
"""Pydantic's last step to a key of a mapping."""
_NOTHING = "nothing"
"""The type of our own errors: a key without a value, where pydantic would take the default."""


class _Error(NamedTuple):
    """An error, and its place in the file: ``path`` names ``place``, ``depth`` steps below the field.

    ``alternative`` is the form of a union that was tried.
    """

    kind: str
    place: Node
    path: str
    depth: int
    alternative: str
    value: Any
    context: dict[str, Any]

    @property
    def is_of_form(self) -> bool:
        """Whether the value does not have the form that was tried."""
        return self.kind.endswith("_type") or self.kind == "literal_error"

    @property
    def choices(self) -> list[str]:
        """The words that were allowed."""
        return re.findall(r"'([^']*)'", self.context["expected"]) if self.kind == "literal_error" else []

    @property
    def expectation(self) -> str | None:
        """What was expected, in words."""
        phrase = _PHRASES.get(self.kind)
        return phrase.format_map(self.context).replace("'", "") if phrase else None


def validate(
    model: type[M], node: Mapping, data: dict[str, Any], named: Named, sink: Sink
) -> tuple[M | None, frozenset[str]]:
    """``data`` as a ``model``, and the names of the fields that are faulty.

    ``node`` is where the data is in the file. A faulty field is reported to ``sink`` and left out; the model is None
    when it cannot do without. There is one finding for each faulty field, or for each of its faulty parts
    (:class:`Named`).
    """
    result, errors = _attempt(model, data)
    fields = _by_field([*_nothings(data), *errors])
    valid = argument_names(model)
    reported = dict(islice(fields.items(), _MOST_FAULTS))
    intended = {likeliest_key(name, named, valid) for name in reported if name not in valid}
    for name, details in reported.items():
        if name not in intended or name in data:
            for group in _by_place(node, details) if named.each_part else (details,):
                found = _finding(model, node, named, name, group)
                sink(_with_fix(found, _Input(model, node, data, named.item, named.values or {}), name))
    if fields:
        result, _ = _attempt(model, {key: value for key, value in data.items() if str(key) not in fields})
    return result, frozenset(fields)


def _attempt(model: type[M], data: dict[str, Any]) -> tuple[M | None, list[ErrorDetails]]:
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        return None, error.errors(include_url=False)


def _nothings(data: dict[Any, Any], outer: tuple[str, ...] = ()) -> Iterator[ErrorDetails]:
    """An error for every key that has no value."""
    for key, value in data.items():
        path = (*outer, str(key))
        if value is None:
            yield {"type": _NOTHING, "loc": path, "msg": "", "input": None}
        elif isinstance(value, dict):
            yield from _nothings(value, path)


def _by_field(errors: Iterable[ErrorDetails]) -> dict[str, list[ErrorDetails]]:
    """Errors by the argument they are about: a union reports one for every form it tried."""
    fields: dict[str, list[ErrorDetails]] = {}
    for details in errors:
        fields.setdefault(str(details["loc"][0]) if details["loc"] else "", []).append(details)
    return fields


def _by_place(node: Mapping, errors: list[ErrorDetails]) -> Iterable[list[ErrorDetails]]:
    """Errors of one argument by the part of it that they are about."""
    places: dict[int, list[ErrorDetails]] = {}
    for details in errors:
        places.setdefault(id(_locate(node, details).place), []).append(details)
    return places.values()


def _finding(model: type[Model], node: Mapping, named: Named, name: str, details: list[ErrorDetails]) -> Diagnostic:
    if details[0]["type"] in _UNKNOWN:
        return _unknown_key(model, node, named, tuple(map(str, details[0]["loc"])))
    if node.get(name) is None:
        return _missing(model, named, name, details[0])
    errors = _likeliest([_locate(node, each) for each in details])
    return _invalid(model, named, name, errors, is_choice=len(details) > 1)


class _Input(NamedTuple):
    """What is validated: a node as data of a model, in a list item."""

    model: type[Model]
    node: Mapping
    data: dict[str, Any]
    item: Node | None
    values: WordMapping[str, Any]

    def is_valid(self, name: str, value: Any) -> bool:
        """Whether a field may have a value, where the others have theirs."""
        _, errors = _attempt(self.model, {**self.data, name: value})
        return name not in _by_field(errors)


def _with_fix(found: Diagnostic, read: _Input, name: str) -> Diagnostic:
    """The finding about an invalid value, with the fix that spells it as archspec does, or leaves it out."""
    entry = read.node.entry(name)
    if found.fix or entry is None:
        return found
    if isinstance(entry.value, Mapping) and found.span != entry.value.span:
        return _with_fix_of_part(found, read, entry)
    if found.span not in (entry.value.span, _only_part(entry.value)):
        return found
    if isinstance(entry.value, Scalar) and isinstance(entry.value.value, str) and read.values:
        from archspec.spec.expression_help import as_expression  # noqa: PLC0415 - parses expressions, for findings only

        if fix := as_expression(entry.value, read.values, lambda value: read.is_valid(name, value)):
            return found._replace(fix=fix, help=(fix.title,))
    if read.data.get(name) != plain(entry.value):
        return found
    if means_nothing(entry.value):
        is_needed = name in required_names(read.model)
        fix = None if is_needed else left_out(read.node, entry, read.item)
    else:
        fix = respelled(entry.value, lambda value: read.is_valid(name, value))
    return found._replace(fix=fix, help=(fix.title,)) if fix else found


def _only_part(node: Node) -> Span | None:
    """The place of the only element of a list."""
    return node.items[0].span if isinstance(node, Sequence) and len(node.items) == 1 else None


def _with_fix_of_part(found: Diagnostic, read: _Input, entry: Entry) -> Diagnostic:
    """The finding about one value of a mapping, such as one of several inputs, with the fix that spells it as we do."""
    whole = read.data.get(entry.name)
    parts = entry.value.entries if isinstance(entry.value, Mapping) else ()
    part = next((each for each in parts if each.value.span == found.span), None)
    if part is None or not isinstance(whole, dict) or whole.get(part.name) != plain(part.value):
        return found
    fix = respelled(part.value, lambda value: read.is_valid(entry.name, {**whole, part.name: value}))
    return found._replace(fix=fix, help=(fix.title,)) if fix else found


def _missing(model: type[Model], named: Named, name: str, details: ErrorDetails) -> Diagnostic:
    """The finding for a key that must be given, or for one of several, which the error names."""
    error = details.get("ctx", {}).get("error")
    return Diagnostic(
        rule="missing-key",
        message=f"{named.owner}: {error}" if error else f"{named.owner} needs `{name}`",
        span=named.place,
        layer=named.layer,
        help=() if error else _about(model, name),
    )


def _unknown_key(model: type[Model], node: Mapping, named: Named, loc: tuple[str, ...]) -> Diagnostic:
    """The finding for a key of the model, or of a mapping inside it."""
    first, *rest = loc
    entry = next(entry for entry in node.entries if entry.name == first)
    if rest and isinstance(entry.value, Mapping):
        inner = named._replace(owner=f"`{first}` of {named.owner}", words=None)
        return _unknown_key(_model_of(model, first), entry.value, inner, tuple(rest))
    valid = argument_names(model)
    if named.words is ARGUMENTS and not likeliest_key(first, named, valid):
        return _foreign_argument(node, named, entry, valid)
    return unknown(entry.key, named, valid, [each.name for each in node.entries])


def _foreign_argument(node: Mapping, named: Named, entry: Entry, valid: list[str]) -> Diagnostic:
    """The finding for an argument of another library: a layer of its own, or one that is not needed."""
    found = unknown(entry.key, named, valid)
    word = entry.name
    if layer_of(entry) and not is_no_layer(entry):
        help_ = f"a layer is an item of its own: write `- {layer_of(entry)}` after `{named.owner}`"
        return found._replace(help=(help_,), fix=after(named.item, node, valid))
    reason = "a layer without it has none" if is_no_layer(entry) else needless(word)
    if reason and not found.notes:
        return found._replace(
            notes=(reason,), help=(f"leave out `{cut(word)}`",), fix=left_out(node, entry, named.item)
        )
    return found


def _model_of(model: type[Model], name: str) -> type[Model]:
    """The model that a field holds."""
    annotation = next(info.annotation for key, info in model.model_fields.items() if name in (key, info.alias))
    kinds = (annotation, *get_args(annotation))
    return next(kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Model))


def _likeliest(errors: list[_Error]) -> list[_Error]:
    """The errors of the form that was most likely meant, the first place of them alone.

    That is the form which suits the value best; among equals the one whose fault lies deepest, for the rest of it
    is sound. Where several forms fail alike at one place, they are kept together.
    """
    nothing = [error for error in errors if error.kind == _NOTHING]
    if nothing:
        return nothing[:1]
    alternatives: dict[str, list[_Error]] = {}
    for error in errors:
        alternatives.setdefault(error.alternative, []).append(error)
    ranked = {name: _rank(found) for name, found in alternatives.items()}
    best = [error for error in errors if ranked[error.alternative] == min(ranked.values())]
    return [error for error in best if error.place is best[0].place]


def _rank(errors: list[_Error]) -> tuple[int, int]:
    """How badly a form fits the value; the smallest rank fits best."""
    return sum(error.is_of_form for error in errors), -max(error.depth for error in errors)


def _locate(node: Node, details: ErrorDetails) -> _Error:
    """An error with the node that its location leads to, as far as the file goes."""
    path, depth, alternative = "", -1, ""
    key: Scalar | None = None
    for step in details["loc"]:
        match node:
            case _ if step == _KEY and key is not None:  # not the value is wrong, but the key that leads to it
                node = key
                continue
            case Mapping() if (entry := node.entry(str(step))) is not None:
                node, key, path = entry.value, entry.key, f"{path}.{step}" if path else str(step)
            case Sequence() if isinstance(step, int) and step < len(node.items):
                node, path = node.items[step], f"{path}[{step}]"
            case _:  # a step that only names a form of a union
                alternative = alternative or str(step)
                continue
        depth += 1
    return _Error(details["type"], node, path, depth, alternative, details["input"], details.get("ctx", {}))


def _invalid(model: type[Model], named: Named, name: str, errors: list[_Error], *, is_choice: bool) -> Diagnostic:
    """The finding for an invalid value: what was expected, what is there, and what was probably intended."""
    error = errors[0]
    description = _description(model, name) if is_choice and not error.depth else None
    choices = [word for each in errors for word in each.choices]
    known = known_value(error.value, choices)
    near = known[0] if known else nearest(error.value, choices) if _is_text(error.value) else None
    help_ = (f"write `{near}`",) if near else _advice(model, name, errors, is_described=is_choice and not error.depth)
    return Diagnostic(
        rule="invalid-value",
        message=f"`{error.path or name}` of {named.owner} {_trouble(errors, description)}"
        + (f"; did you mean `{near}`?" if near else ""),
        span=error.place.span,
        layer=named.layer,
        help=help_,
        fix=_respelt(error, near, choices) if near else None,
    )


def _advice(model: type[Model], name: str, errors: list[_Error], *, is_described: bool) -> tuple[str, ...]:
    """What to write: the help of the validator that refused the value, else a description of the field."""
    for each in errors:
        if isinstance(refusal := each.context.get("error"), Refusal):
            return (refusal.help,)
    return _about(model, name) if errors[0].depth > 0 or (errors[0].expectation and not is_described) else ()


def _respelt(error: _Error, near: str, choices: list[str]) -> Fix | None:
    """The fix of a misspelled word; None if an expression gave it."""
    if not isinstance(error.place, Scalar) or error.place.value != error.value:
        return None
    known = known_value(error.value, choices)
    is_safe = known[1] if known else only_candidate(error.value, choices) is not None
    return rename(error.place.span, near, safe=is_safe)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _trouble(errors: list[_Error], description: str | None) -> str:
    """The expected and the actual value, in words."""
    if errors[0].kind == _NOTHING:
        return "has no value"
    wrong = next((error for error in errors if error.kind == "value_error"), None)
    if wrong is not None:
        return f"is wrong: {wrong.context['error']}"
    expectation = dict.fromkeys(error.expectation for error in errors if error.expectation)
    return f"must be {description or ' or '.join(expectation) or 'something else'}, not {_got(errors[0])}"


def _got(error: _Error) -> str:
    """The actual value; for an expression, with its text."""
    text = shorten(error.place)
    is_expression = isinstance(error.place, Scalar) and _is_text(error.place.value) and error.place.value != error.value
    return f"{yaml_text(error.value)} (`{text}`)" if is_expression else text


def likeliest_key(word: str, named: Named, valid: Iterable[str]) -> str | None:
    """The key that someone who wrote ``word`` most likely meant: ours for another library's, else the nearest."""
    names = list(valid)
    if _difference(word, named, names):
        return None
    return ours(word, named.words or {}, names) or nearest(word, names)


def _difference(word: str, named: Named, valid: Collection[str]) -> str | None:
    """How to express another library's argument here, if no argument of ours has the same meaning."""
    argument, text = DIFFERENT.get(word.lower(), ("", ""))
    return text if argument in valid and named.words is ARGUMENTS else None


def unknown(key: Scalar, named: Named, valid: list[str], present: Collection[str] = ()) -> Diagnostic:
    """The finding for an unknown key: the nearest valid one, or ours for another library's word."""
    word = cut(key.text)
    near = likeliest_key(word, named, valid)
    return Diagnostic(
        rule="unknown-key",
        message=f"{named.owner} has no `{word}`" + (f"; did you mean `{near}`?" if near else ""),
        span=key.span,
        layer=named.layer,
        notes=_of_others(word, named, valid),
        help=(f"write `{near}`" if near else _where(word, named, valid),),
        fix=rename(key.span, near, safe=_is_sure(word, named, valid)) if near and near not in present else None,
    )


def rename(place: Span, name: str, *, safe: bool) -> Fix:
    """The fix that writes a name in place of another."""
    return Fix(f"write `{name}`", (Edit(place, name),), safe)


def _is_sure(word: str, named: Named, valid: list[str]) -> bool:
    """Whether only one key can be meant."""
    return bool(ours(word, named.words or {}, valid) or only_candidate(word, valid))


def _of_others(word: str, named: Named, valid: list[str]) -> tuple[str, ...]:
    """The name here for another library's word."""
    different, same = _difference(word, named, valid), ours(word, named.words or {}, valid)
    if different:
        return (different,)
    return (f"`{word}` in other libraries is `{same}` here",) if same else ()


def _where(word: str, named: Named, valid: list[str]) -> str:
    """Where a word belongs, or the valid names."""
    if word in named.beside:
        return f"`{word}` is a key of the list item: write it beside `{named.owner}`, not in it"
    listed = ", ".join(f"`{name}`" for name in valid)
    return f"{named.owner} takes {listed}" if valid else f"{named.owner} takes no arguments"


def argument_names(model: type[Model]) -> list[str]:
    """The keys a model takes, in order of declaration."""
    return [info.alias or name for name, info in model.model_fields.items()]


def required_names(model: type[Model]) -> list[str]:
    """The keys that a model requires."""
    return [info.alias or name for name, info in model.model_fields.items() if info.is_required()]


def _description(model: type[Model], name: str) -> str | None:
    """The description of a field's valid values, if it has one."""
    fields = ((info.alias or key, info) for key, info in model.model_fields.items())
    return next((info.description for key, info in fields if key == name), None)


def _about(model: type[Model], name: str) -> tuple[str, ...]:
    description = _description(model, name)
    return (f"`{name}` is {description}",) if description else ()
