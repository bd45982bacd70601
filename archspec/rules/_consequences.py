"""Findings that another finding has told already: one mistake, one finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph

_FRACTION = "fractional-output"


def without_consequences(found: Sequence[Diagnostic], graph: Graph) -> Iterator[Diagnostic]:
    """The findings but those of layers that round, where a merge or a collapse behind them is what it comes to.

    A pool that drops a row is told at the merge that it breaks, and at the layer that nothing is left for when an
    input that suits that one suits the pool too. A fraction under ``fit: exact`` is one itself and stays.
    """
    told = set(_told(found, graph)) if any(each.rule == _FRACTION for each in found) else set()
    for each in found:
        if each.rule != _FRACTION or each.layer not in told:
            yield each


def _told(found: Sequence[Diagnostic], graph: Graph) -> Iterator[str]:
    """Names of layers whose rounding another finding tells."""
    for each in found:
        node = graph.by_name.get(each.layer or "")
        if node is not None and each.rule == "merge-mismatch":
            from archspec.rules.merge_mismatch import roundings_behind  # noqa: PLC0415 - for two findings at once only

            yield from (step.name for step in roundings_behind(node, graph))
        elif node is not None and each.rule == "kernel-too-large":
            from archspec.rules.kernel_too_large import roundings_mended  # noqa: PLC0415 - see above

            yield from (step.name for step in roundings_mended(node, graph))
