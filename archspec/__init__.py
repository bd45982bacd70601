"""Design and check neural-network architectures before anyone writes framework code.

>>> import archspec
>>> spec = archspec.load("specs/cs231n/cifar10.yaml")
>>> archspec.check(spec)
[]
>>> archspec.analyze(spec).totals.params
31066
>>> network = archspec.compile(spec, seed=0)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from archspec._version import __version__

if TYPE_CHECKING:
    from archspec.analysis.fitting_sizes import FittingSizes
    from archspec.analysis.report import Report
    from archspec.api import SpecError, analyze, check, compile, load, sizes  # noqa: A004 - the stage's name
    from archspec.config.given import ConfigError
    from archspec.diagnostics import Diagnostic, Severity
    from archspec.engine.network import CompileError, InputError, Network, WeightsError
    from archspec.graph.builder import GraphBuilder
    from archspec.graph.model import Graph
    from archspec.graph.wire import GraphError, Wire
    from archspec.spec.models import Spec
    from archspec.spec.selection import ChoiceError
    from archspec.volume import Volume

__all__ = [
    "ChoiceError",
    "CompileError",
    "ConfigError",
    "Diagnostic",
    "FittingSizes",
    "Graph",
    "GraphBuilder",
    "GraphError",
    "InputError",
    "Network",
    "Report",
    "Severity",
    "Spec",
    "SpecError",
    "Volume",
    "WeightsError",
    "Wire",
    "__version__",
    "analyze",
    "check",
    "compile",
    "load",
    "sizes",
]

_HOMES = {
    "ChoiceError": "spec.selection",
    "CompileError": "engine.network",
    "ConfigError": "config.given",
    "Diagnostic": "diagnostics",
    "FittingSizes": "analysis.fitting_sizes",
    "Graph": "graph.model",
    "GraphBuilder": "graph.builder",
    "GraphError": "graph.wire",
    "InputError": "engine.network",
    "Network": "engine.network",
    "Report": "analysis.report",
    "Severity": "diagnostics",
    "Spec": "spec.models",
    "SpecError": "api",
    "Volume": "volume",
    "WeightsError": "engine.network",
    "Wire": "graph.wire",
    "analyze": "api",
    "check": "api",
    "compile": "api",
    "load": "api",
    "sizes": "api",
}


def __getattr__(name: str) -> Any:
    """Import a public name at its first use, so that ``import archspec`` costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'archspec' has no attribute {name!r}")
    return getattr(import_module(f"archspec.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
