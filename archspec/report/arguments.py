"""An operator's arguments: complete as JSON data, and in the short notation of a paper's table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from archspec.ops._sliding import Sliding

if TYPE_CHECKING:
    from collections.abc import Callable

    from archspec.ops._base import Operator

_FIRST = ("filters", "units", "kernel", "stride", "padding", "dilation", "groups")
_CLAIMS = ("in_channels", "in_features")


def resolved_arguments(operator: Operator) -> dict[str, Any]:
    """All arguments that have an effect, by their names in a spec, as JSON data."""
    arguments = operator.model_dump(mode="json", by_alias=True)
    if isinstance(operator, Sliding):
        strides = operator.strides
        arguments["stride"] = list(strides) if isinstance(strides, tuple) else strides
    return {name: value for name, value in arguments.items() if value is not None}


def in_short(operator: Operator, axes: int) -> str:
    """``96 11x11 /4``: arguments that differ from their defaults, for an input of so many spatial axes."""
    arguments = resolved_arguments(operator)
    stated = _stated_names(operator)
    names = [name for name in _FIRST if name in stated] + [name for name in stated if name not in _FIRST]
    words = (_FORMS.get(name, _generic)(name, arguments[name], axes) for name in names if name in arguments)
    return " ".join(word for word in words if word)


def _stated_names(operator: Operator) -> list[str]:
    """Names of the arguments to show: neither defaults nor claims about the input."""
    stated = []
    for name, field in type(operator).model_fields.items():
        is_default = not field.is_required() and getattr(operator, name) == field.default
        if name in {operator.main, "stride"} or not (is_default or name in _CLAIMS):
            stated.append(field.alias or name)
    return stated


def _bare(_: str, value: Any, __: int) -> str:
    return str(value)


def _kernel(_: str, value: Any, axes: int) -> str:
    return "x".join(map(str, value if isinstance(value, list) else [value] * max(axes, 1)))


def _stride(_: str, value: Any, __: int) -> str:
    text = _even(value)
    return "" if text == "1" else f"/{text}"


def _padding(_: str, value: Any, __: int) -> str:
    return value if isinstance(value, str) else f"pad {_even(value)}"


def _dilation(_: str, value: Any, __: int) -> str:
    return f"dil {_even(value)}"


def _groups(_: str, value: Any, __: int) -> str:
    return f"g {value}"


def _fixed_text(_: str, __: Any, ___: int) -> str:
    return "fixed"


def _generic(name: str, value: Any, _: int) -> str:
    words = name.replace("_", " ")
    if isinstance(value, bool):
        return words if value else f"no {words}"
    if isinstance(value, float):
        return f"{words} {value:g}".replace("e-0", "e-")
    return f"{words} {value if isinstance(value, str) else _even(value)}"


def _even(value: Any) -> str:
    """One number if all axes have the same value, ``2x1`` if they differ, JSON for anything nested."""
    if not isinstance(value, list):
        return str(value)
    if any(isinstance(item, list) for item in value):
        return json.dumps(value, separators=(",", ":"))
    return str(value[0]) if len(set(value)) == 1 else "x".join(map(str, value))


_FORMS: dict[str, Callable[[str, Any, int], str]] = {
    "filters": _bare,
    "units": _bare,
    "kernel": _kernel,
    "stride": _stride,
    "padding": _padding,
    "padding_mode": _bare,
    "dilation": _dilation,
    "groups": _groups,
    "weights": _fixed_text,
}
"""How an argument is written, by its name; all others are written as name and value."""
