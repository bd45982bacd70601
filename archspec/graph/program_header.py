"""The header of a network built by a program, validated like the top of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archspec.graph.program_values import as_mapping, as_node, plain_value
from archspec.spec import foreign
from archspec.spec.figures_reader import read_figures
from archspec.spec.models import Facts, Figures, Header
from archspec.spec.validate import Named, validate

if TYPE_CHECKING:
    from archspec.diagnostics import Sink

_FIGURES: dict[str, type[Figures]] = {"expect": Facts, "budget": Figures}


def read_program_header(values: dict[str, Any], sink: Sink) -> Header:
    """The header of these values; what is wrong with them goes to ``sink``."""
    data = plain_value(values)
    figures = {
        key: read_figures(as_node(data.pop(key)), model, f"`{key}`", sink)
        for key, model in _FIGURES.items()
        if key in data
    }
    node = as_mapping(data)
    data |= {key: value for key, value in figures.items() if value is not None}
    header, _ = validate(Header, node, data, Named("a graph", node.span, foreign.KEYS), sink)
    return header or Header()
