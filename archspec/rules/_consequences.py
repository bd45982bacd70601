"""Findings that another finding has told already: one mistake, one finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph

_FRACTION, _COLLAPSE = "fractional-output", "kernel-too-large"


def without_consequences(found: Sequence[Diagnostic], graph: Graph) -> Iterator[Diagnostic]:
    """The findings but those of layers that round, where a merge or a collapse behind them is what it comes to.

    A pool that drops a row is told at the merge that it breaks, and at the layer that nothing is left for when an
    input that suits that one suits the pool too. Of branches that collapse side by side the first one is told.
    """
    rules = [each.rule for each in found]
    told = set(_told(found, graph)) if _FRACTION in rules else set()
    beside = set(_beside(found, graph)) if rules.count(_COLLAPSE) > 1 else set()
    for each in found:
        if not (each.rule == _FRACTION and each.layer in told) and not (
            each.rule == _COLLAPSE and each.layer in beside
        ):
            yield each


def _beside(found: Sequence[Diagnostic], graph: Graph) -> Iterator[str]:
    """Names of layers that a map is too small for, which another such layer gets too."""
    from archspec.rules.kernel_too_large import collapsing_beside  # noqa: PLC0415 - for two findings at once only

    for each in found:
        node = graph.by_name.get(each.layer or "")
        if each.rule == _COLLAPSE and node is not None:
            yield from (step.name for step in collapsing_beside(node, graph))


def _told(found: Sequence[Diagnostic], graph: Graph) -> Iterator[str]:
    """Names of layers whose rounding another finding tells."""
    for each in found:
        node = graph.by_name.get(each.layer or "")
        if node is not None and each.rule == "merge-mismatch":
            from archspec.rules._differing import roundings_behind  # noqa: PLC0415 - for two findings at once only

            yield from (step.name for step in roundings_behind(node, graph))
        elif node is not None and each.rule == _COLLAPSE:
            from archspec.rules.kernel_too_large import roundings_mended  # noqa: PLC0415 - see above

            yield from (step.name for step in roundings_mended(node, graph))
