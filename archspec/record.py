"""Records: classes of named fields that never change, compared by identity.

A frozen dataclass would do, but to import ``dataclasses`` and to make one class takes a tenth of the time in which
``archspec check`` reads a spec and judges it. A record is frozen for type checkers only, and has slots. Small values
that are compared by their fields are named tuples.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from collections.abc import Callable

C = TypeVar("C")
R = TypeVar("R")
_REQUIRED = object()


class _Fresh:
    """A default that is made anew for each record."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make


def field(*, default_factory: Callable[[], C]) -> C:
    """A field whose default is made anew for each record: a list, a dictionary."""
    made: Any = _Fresh(default_factory)
    return made  # type: ignore[no-any-return]  # the class body says that the field holds what will be made


@dataclass_transform(frozen_default=True, eq_default=False, field_specifiers=(field,))
def record(cls: type[C]) -> type[C]:
    """Make a class a record of its annotated fields, given by position or by name."""
    return _slotted(cls, _initialised(cls))


@dataclass_transform(frozen_default=True, eq_default=False, kw_only_default=True, field_specifiers=(field,))
def keyword_record(cls: type[C]) -> type[C]:
    """A record whose fields are given by name."""
    return _slotted(cls, _initialised(cls, "*, "))


@dataclass_transform(eq_default=False, field_specifiers=(field,))
def workpiece(cls: type[C]) -> type[C]:
    """Make a class one of annotated fields that change while something is put together."""
    _initialised(cls)
    return cls


def replace(original: R, **values: Any) -> R:
    """A record like another, with some other values."""
    fields: dict[str, Any] = vars(type(original))["_record_fields"]
    return type(original)(**{name: getattr(original, name) for name in fields} | values)


def _initialised(cls: type[Any], keywords: str = "") -> tuple[str, ...]:
    """Give a class its ``__init__``; the names of its own fields."""
    own = tuple(name for name, type_ in cls.__annotations__.items() if not type_.startswith("ClassVar"))
    inherited: dict[str, Any] = getattr(cls, "_record_fields", {})
    fields = {**inherited, **{name: vars(cls).get(name, _REQUIRED) for name in own}}
    made = {"_record_fields": fields, "__match_args__": tuple(fields), "__init__": _init(fields, keywords)}
    for name, value in made.items():
        setattr(cls, name, value)
    return own


def _init(fields: dict[str, Any], keywords: str) -> Any:
    known = {f"_{name}": default for name, default in fields.items()}
    given = [name if default is _REQUIRED else f"{name}=_{name}" for name, default in fields.items()]
    lines = [
        f" self.{name} = _{name}.make() if {name} is _{name} else {name}"
        if isinstance(default, _Fresh)
        else f" self.{name} = {name}"
        for name, default in fields.items()
    ]
    source = f"def __init__(self, {keywords if fields else ''}{', '.join(given)}):\n" + ("\n".join(lines) or " pass")
    exec(source, known)  # noqa: S102 - names of fields, as any dataclass does
    return known["__init__"]


def _slotted(cls: type[C], own: tuple[str, ...]) -> type[C]:
    """The class made anew with a slot for each of its own fields, and for what cached properties keep."""
    left_out = (*own, "__dict__", "__weakref__")
    namespace = {name: value for name, value in vars(cls).items() if name not in left_out}
    caches = any(isinstance(value, cached_property) for value in namespace.values())
    namespace["__slots__"] = (*own, "__dict__") if caches else own
    namespace["__qualname__"] = cls.__qualname__
    made: type[C] = type(cls.__name__, cls.__bases__, namespace)
    return made
