"""Operators by name. Adding one is one class in one file and one line here."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archspec.ops._base import Operator

OPERATORS = {
    "conv": "convolution:Conv",
}
"""Name in a spec -> "module:Class" in this folder."""


@cache
def operator(name: str) -> type[Operator]:
    """The class of an operator; KeyError when there is none of that name. Imported at its first use."""
    module, _, attribute = OPERATORS[name].partition(":")
    found: type[Operator] = getattr(import_module(f"{__name__}.{module}"), attribute)
    return found
