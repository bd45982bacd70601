"""Models: what a spec may say, declared as pydantic models are and validated by pydantic's engine.

To import pydantic and to build its models takes several times as long as to check a spec. So a model here is declared
in pydantic's words, of which these are the ones needed, and handed to the compiled half of pydantic as it is. The rest
of pydantic is imported where its own models are asked for (:meth:`Model.pydantic`).
"""

from archspec.model._base import Model
from archspec.model._engine import ValidationError
from archspec.model._fields import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainValidator,
    WithJsonSchema,
    field_validator,
)

__all__ = [
    "AfterValidator",
    "BeforeValidator",
    "Field",
    "Model",
    "PlainValidator",
    "ValidationError",
    "WithJsonSchema",
    "field_validator",
]
