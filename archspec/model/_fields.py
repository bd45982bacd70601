"""Fields of models: what a class body says of each, in pydantic's words."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, TypeVar, get_args, get_origin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from archspec.model._base import Model

    Schema = dict[str, Any]
    """A schema as pydantic's engine takes it."""

F = TypeVar("F")
T = TypeVar("T")
REQUIRED: Any = ...
"""The default of a field that has none."""


class FieldWords(NamedTuple):
    """What :func:`Field` was given."""

    default: Any
    key: str | None
    description: str | None
    validate_default: bool
    bounds: tuple[tuple[str, float], ...]

    def applied(self, schema: Schema) -> Schema:
        """A schema within the bounds."""
        return schema | dict(self.bounds)


def Field(  # noqa: N802 - pydantic's name, and its meaning
    *,
    default: Any = REQUIRED,
    key: str | None = None,
    description: str | None = None,
    validate_default: bool = False,
    **bounds: float,
) -> Any:
    """What there is to say of a field: as its default, or in ``Annotated``.

    ``key`` is what specs call it (pydantic's ``alias``) where that is not its name.
    ``bounds`` are ``ge``, ``gt``, ``le`` and ``lt`` of a number, ``min_length`` and ``max_length`` of a text or a list.
    """
    return FieldWords(default, key, description, validate_default, tuple(bounds.items()))


class BeforeValidator(NamedTuple):
    """Calls ``function`` on what is given, before its type is looked at."""

    function: Callable[[Any], Any]

    def applied(self, schema: Schema) -> Schema:
        """A schema behind the function."""
        return {"type": "function-before", "function": {"type": "no-info", "function": self.function}, "schema": schema}


class AfterValidator(NamedTuple):
    """Calls ``function`` on what is valid by its type."""

    function: Callable[[Any], Any]

    def applied(self, schema: Schema) -> Schema:
        """A schema before the function."""
        return {"type": "function-after", "function": {"type": "no-info", "function": self.function}, "schema": schema}


class PlainValidator(NamedTuple):
    """Calls ``function`` on what is given, and takes what it returns."""

    function: Callable[[Any], Any]

    def applied(self, schema: Schema) -> Schema:  # noqa: ARG002 - it stands for the type
        """The function alone."""
        return {"type": "function-plain", "function": {"type": "no-info", "function": self.function}}


class WithJsonSchema(NamedTuple):
    """What the field is in a JSON Schema, which cannot tell it from the type."""

    json_schema: dict[str, Any]

    def applied(self, schema: Schema) -> Schema:
        """The schema as it is."""
        return schema


def field_validator(name: str) -> Callable[[F], F]:
    """Mark a class method that is called on a valid value of the field, with the valid fields before it."""

    def mark(method: F) -> F:
        vars(method)["validates"] = name
        return method

    return mark


class FieldInfo:
    """One field of a model. Its annotation is evaluated when it is asked for."""

    __slots__ = ("_evaluated", "_module", "_written", "words")

    def __init__(self, written: str, module: str, default: Any) -> None:
        self._written = written
        self._module = module
        self._evaluated: Any = None
        self.words = default if isinstance(default, FieldWords) else FieldWords(default, None, None, False, ())

    @property
    def annotated(self) -> Any:
        """The annotation, with what ``Annotated`` says."""
        if self._evaluated is None:
            self._evaluated = eval(self._written, vars(sys.modules[self._module]))  # noqa: S307 - code of the module itself
        return self._evaluated

    @property
    def annotation(self) -> Any:
        """The type alone."""
        return self.annotated.__origin__ if get_origin(self.annotated) is Annotated else self.annotated

    @property
    def alias(self) -> str | None:
        """The key it has in specs, where that is not its name."""
        return self.words.key

    @property
    def default(self) -> Any:
        """The value when none is given; an ellipsis when one must be."""
        return self.words.default

    @property
    def validate_default(self) -> bool:
        """Whether the default is validated as if it were given."""
        return self.words.validate_default

    @property
    def description(self) -> str | None:
        """What it takes, in words: its own, or those of its type."""
        return self.words.description or next(
            (mark.description for mark in self._marks() if isinstance(mark, FieldWords) and mark.description), None
        )

    def is_required(self) -> bool:
        """Whether it must be given."""
        return self.default is REQUIRED

    def _marks(self) -> Iterator[Any]:
        if get_origin(self.annotated) is Annotated:
            yield from get_args(self.annotated)[1:]


def once(make: Callable[[type[Model]], T]) -> Callable[[type[Model]], T]:
    """Call ``make`` once for each model."""
    made: dict[type[Model], T] = {}

    def get(model: type[Model]) -> T:
        if model not in made:
            made[model] = make(model)
        return made[model]

    return get


def fields_of(model: type[Model]) -> dict[str, FieldInfo]:
    """The fields of a model by name, those of its bases first."""
    fields: dict[str, FieldInfo] = {}
    for base in reversed(model.__mro__):
        given = vars(base)
        for name, written in getattr(base, "__annotations__", {}).items():
            if not written.startswith("ClassVar"):
                fields[name] = FieldInfo(written, base.__module__, given.get(name, REQUIRED))
    return fields


def validators_of(model: type[Model]) -> dict[str, list[Any]]:
    """Methods that :func:`field_validator` marks, by the field."""
    methods = {name: value for base in reversed(model.__mro__) for name, value in vars(base).items()}
    found: dict[str, list[Any]] = {}
    for name, value in methods.items():
        if isinstance(value, classmethod) and (field := vars(value).get("validates")):
            found.setdefault(field, []).append(getattr(model, name))
    return found
