"""From text to a tree of nodes that know their place."""

from archspec.syntax.limits import DEFAULT_LIMITS, Limits
from archspec.syntax.nearest import nearest, only_candidate
from archspec.syntax.nodes import Entry, Mapping, Node, Scalar, Sequence, plain
from archspec.syntax.parsing import parse
from archspec.syntax.reading import read

__all__ = [
    "DEFAULT_LIMITS",
    "Entry",
    "Limits",
    "Mapping",
    "Node",
    "Scalar",
    "Sequence",
    "nearest",
    "only_candidate",
    "parse",
    "plain",
    "read",
]
