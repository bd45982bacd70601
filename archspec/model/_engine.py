"""The compiled half of pydantic, without the Python half: a twentieth of the time to import."""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING

_NAME = "pydantic_core._pydantic_core"


def _load() -> None:
    """Import the extension module by itself; where it is not found so, the import below brings it the usual way."""
    package = None if _NAME in sys.modules else PathFinder.find_spec("pydantic_core")
    spec = package and PathFinder.find_spec(_NAME, package.submodule_search_locations)
    if spec and spec.loader:
        module = spec.loader.create_module(spec)
        if module is not None:
            sys.modules[_NAME] = module
            spec.loader.exec_module(module)


if TYPE_CHECKING:
    from pydantic_core import SchemaSerializer, SchemaValidator, ValidationError
else:
    _load()
    if _NAME in sys.modules:
        _engine = sys.modules[_NAME]
    else:
        import pydantic_core as _engine
    SchemaSerializer, SchemaValidator = _engine.SchemaSerializer, _engine.SchemaValidator
    ValidationError = _engine.ValidationError

__all__ = ["SchemaSerializer", "SchemaValidator", "ValidationError"]
