"""What is printed of values whose tables a later stage makes: whoever joins the stages registers how."""

from __future__ import annotations

from functools import singledispatch
from typing import Any


@singledispatch
def as_renderable(value: object) -> Any:
    """A value as something that rich prints; its ``repr`` where no table is registered for its type."""
    return repr(value)


@singledispatch
def as_printed(value: object) -> str:
    """A value as ``print`` shows it; its ``repr`` where no table is registered for its type."""
    return repr(value)
