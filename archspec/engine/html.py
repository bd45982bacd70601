"""A network as a small HTML table, which notebooks show."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archspec.graph.model import Graph, Node

_MOST = 200
"""Layers that are listed, at most: a notebook should not get a thousand rows."""


def network_table(graph: Graph, caption: str) -> str:
    """One row per layer: name, operator, output volume, parameters."""
    rows = [_row("th", ("layer", "operator", "output", "parameters"))]
    rows += [_row("td", _cells(node)) for node in graph.nodes[:_MOST]]
    if len(graph.nodes) > _MOST:
        rows.append(_row("td", (f"and {len(graph.nodes) - _MOST:,} more layers", "", "", "")))
    return f"<table><caption>{escape(caption)}</caption>{''.join(rows)}</table>"


def _cells(node: Node) -> tuple[str, str, str, str]:
    parameters = sum(weight.size for weight in node.weights if weight.role != "buffer")
    return node.name, node.kind, str(node.output), f"{parameters:,}" if parameters else ""


def _row(tag: str, cells: Iterable[str]) -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"
