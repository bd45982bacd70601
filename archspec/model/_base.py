"""The base of models, which behaves as pydantic's does where both have a method."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar, dataclass_transform

from archspec.model._engine import SchemaSerializer, SchemaValidator, ValidationError
from archspec.model._fields import Field, FieldInfo, fields_of, once
from archspec.model._schema import schema_of

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import InitErrorDetails


M = TypeVar("M", bound="Model")


class _Fields:
    """The fields of whichever model they are asked of."""

    def __get__(self, _: object, model: type[Model]) -> dict[str, FieldInfo]:
        return _fields(model)


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(Field,))
class Model:
    """Values of the fields that a subclass annotates; they are valid and never change.

    Nothing is converted, except a whole number where any number will do, and nothing unknown is passed over.
    ``ValidationError`` of pydantic tells every fault, with its place.
    """

    __slots__ = ("__dict__", "__pydantic_extra__", "__pydantic_fields_set__", "__pydantic_private__")

    model_fields = _Fields()
    """What is known of each field, by name."""

    def __init__(self, **values: Any) -> None:
        _validator(type(self)).validate_python(values, self_instance=self)

    @classmethod
    def model_validate(cls, values: Any) -> Self:
        """The model that a mapping of values describes."""
        made: Self = _validator(cls).validate_python(values)
        return made

    @classmethod
    def model_construct(cls, **values: Any) -> Self:
        """A model of values that are known to be valid."""
        values_by_name, given = {}, set()
        for name, info in _fields(cls).items():
            if (key := info.alias or name) in values:
                values_by_name[name] = values[key]
                given.add(name)
            elif not info.is_required():
                values_by_name[name] = info.default
        return _filled(cls.__new__(cls), values_by_name, given)

    def model_copy(self, *, update: dict[str, Any]) -> Self:
        """The same with some values replaced, which are known to be valid."""
        copied = type(self).__new__(type(self))
        return _filled(copied, {**vars(self), **update}, self.model_fields_set | set(update))

    def model_dump(self, *, by_alias: bool = False, mode: str = "python") -> dict[str, Any]:
        """The values by name; in ``mode="json"`` as JSON knows them."""
        values: dict[str, Any] = _serializer(type(self)).to_python(self, by_alias=by_alias, mode=mode)
        return values

    @property
    def model_fields_set(self) -> set[str]:
        """Names of the fields that were given."""
        given: set[str] = object.__getattribute__(self, "__pydantic_fields_set__")
        return given

    @classmethod
    def model_before(cls, values: Any) -> Any:
        """What is validated instead of what is given."""
        return values

    @classmethod
    def pydantic(cls) -> type[BaseModel]:
        """A model of pydantic's own with the same fields: for a JSON Schema, or as a part of other models."""
        from archspec.model._pydantic import pydantic_model  # noqa: PLC0415 - a check does without

        return pydantic_model(cls)

    def __setattr__(self, name: str, value: Any) -> None:
        fault: InitErrorDetails = {"type": "frozen_instance", "loc": (name,), "input": value}
        raise ValidationError.from_exception_data(type(self).__name__, [fault])

    def __getstate__(self) -> tuple[dict[str, Any], set[str]]:
        return vars(self), self.model_fields_set

    def __setstate__(self, state: tuple[dict[str, Any], set[str]]) -> None:
        _filled(self, *state)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((type(self), *vars(self).values()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"


def _filled(made: M, values: dict[str, Any], given: set[str]) -> M:
    """A new model with its values, set past what keeps it from changing."""
    object.__setattr__(made, "__dict__", values)
    object.__setattr__(made, "__pydantic_fields_set__", given)
    return made


_fields = once(fields_of)


@once
def _validator(model: type[Model]) -> SchemaValidator:
    return SchemaValidator(schema_of(model), {"title": model.__name__})


@once
def _serializer(model: type[Model]) -> SchemaSerializer:
    return SchemaSerializer(schema_of(model))
