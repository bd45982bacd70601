"""Records: classes of named fields that never change, compared by identity.

A frozen dataclass would do, but costs three quarters of a millisecond a class at every start, which is what ``archspec
check`` mostly consists of. A record is frozen for type checkers, has slots, and costs a fifth. Small values that are
compared by their fields are named tuples.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

C = TypeVar("C")


@dataclass_transform(frozen_default=True, eq_default=False, field_specifiers=(field,))
def record(cls: type[C]) -> type[C]:
    """Make a class a record of its annotated fields, given by position or by name."""
    return dataclass(slots=True, eq=False, repr=False)(cls)


@dataclass_transform(frozen_default=True, eq_default=False, kw_only_default=True, field_specifiers=(field,))
def keyword_record(cls: type[C]) -> type[C]:
    """A record whose fields are given by name."""
    return dataclass(slots=True, eq=False, repr=False, kw_only=True)(cls)
