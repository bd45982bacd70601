"""Tables for values, registered by later stages."""

from __future__ import annotations

from functools import singledispatch
from typing import Any


@singledispatch
def as_renderable(value: object) -> Any:
    """A value as a renderable of rich; its ``repr`` if no table is registered for its type."""
    return repr(value)


@singledispatch
def as_printed(value: object) -> str:
    """A value as ``print`` shows it; its ``repr`` where no table is registered for its type."""
    return repr(value)
