"""Findings of layers expanded from blocks and loops: reported once, with the trail of blocks."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from archspec.spec.wording import yaml_text

if TYPE_CHECKING:
    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node
    from archspec.graph.scope import BlockExpansion
    from archspec.source import Source

_MOST_BLOCKS = 4
"""Blocks that are named, from the innermost outwards."""


def deduplicate(found: list[Diagnostic], graph: Graph) -> list[Diagnostic]:
    """Findings at one place that differ only in values become the first of them, with how many more there are."""
    groups: dict[tuple[object, ...], list[Diagnostic]] = {}
    counts: Counter[tuple[object, ...]] = Counter()
    for each in found:
        place = (each.rule, each.span and (each.span.source, each.span.start, each.span.end))
        if each.layer is None:
            groups.setdefault((*place, each.message), []).append(each)
        else:
            counts[(*place, each.layer)] += 1  # a layer may have two findings of one rule at one place
            groups.setdefault((*place, None, counts[(*place, each.layer)]), []).append(each)
    return [_with_trail(common_finding(group), len(group) - 1, graph) for group in groups.values()]


def common_finding(group: list[Diagnostic]) -> Diagnostic:
    """The gravest of several findings at one place; its fix only if it is that of all, for they share the text."""
    first = min(group, key=lambda each: each.weight)
    return first if all(each.fix == first.fix for each in group) else first._replace(fix=None)


def _with_trail(first: Diagnostic, others: int, graph: Graph) -> Diagnostic:
    node = graph.by_name.get(first.layer) if first.layer else None
    if node is None:
        return first
    here = first.span.source if first.span else None
    notes = [_use_of_block(expansion, here) for expansion in reversed(node.trail[-_MOST_BLOCKS:])]
    if others:
        more = f"(and {others} more)"
        notes = [f"{notes[0]} {more}", *notes[1:]] if notes else [f"for {_subject(node)} {more}"]
    return first._replace(notes=(*first.notes, *notes))


def _subject(node: Node) -> str:
    return f"layer {node.name}"


def _use_of_block(expansion: BlockExpansion, here: Source | None) -> str:
    """Where a block is used: its line, and the file if the finding is in another one."""
    values = ", ".join(f"{name}={yaml_text(value)}" for name, value in expansion.values.items())
    source, line = expansion.place.source, expansion.place.line
    place = f"line {line}" if source is here else f"{source.name}:{line}"
    return f"in block {expansion.block}, expanded at {place}{f' with {values}' if values else ''}"
