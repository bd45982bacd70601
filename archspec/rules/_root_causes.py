"""Root causes: of findings that one mistake explains, the one that is reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.analysis.fitting import faults

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph

_FRACTION, _COLLAPSE, _TIE = "fractional-output", "kernel-too-large", "tie-mismatch"
_OF_ORDER = frozenset((_FRACTION, _COLLAPSE, "channel-mismatch", "feature-mismatch", "merge-mismatch"))
"""What axes in another order may bring about."""


def root_causes(found: Sequence[Diagnostic], graph: Graph) -> Iterator[Diagnostic]:
    """The findings without those that follow from another one.

    A pool that drops a row is reported at the merge that it breaks, or at the layer that is left without input, when an
    input that suits that one suits the pool too. Of branches that collapse side by side only the first is reported,
    and so is the first of all findings that an input with its channels first explains.
    """
    rules = [each.rule for each in found]
    explained: set[tuple[str, str | None]] = set()
    if _FRACTION in rules:
        explained.update((_FRACTION, name) for name in _rounding(found, graph))
    if rules.count(_COLLAPSE) > 1:
        explained.update((_COLLAPSE, name) for name in _beside(found, graph))
    if sum(rule in _OF_ORDER for rule in rules) > 1:
        explained.update(_of_order(found, graph))
    if rules.count(_TIE) > 1:
        explained.update((_TIE, name) for name in _tied_after(found, graph))
    explained.update(_hints(found, graph))
    for each in found:
        if (each.rule, each.layer) not in explained:
            yield each


def _hints(found: Sequence[Diagnostic], graph: Graph) -> Iterator[tuple[str, str | None]]:
    """Warnings of what another finding shows to be an error: before a claim, a collapse or a merge."""
    from archspec.rules._branches import branches_of, way_to  # noqa: PLC0415 - for two findings at once only

    for each in found:
        node = graph.by_name.get(each.layer or "")
        if node is not None and each.rule == "feature-mismatch":
            yield "linear-on-map", node.name
            yield from (("leftover-map", step.name) for step in way_to(node.inputs[0], graph))
        elif node is not None and each.rule == _COLLAPSE:
            yield from (("early-collapse", step.name) for step in way_to(node.inputs[0], graph))
        elif node is not None and each.rule == "merge-mismatch":
            own = branches_of(node, graph).own
            yield from (("transpose-misses", step.name) for branch in own for step in branch)


def _of_order(found: Sequence[Diagnostic], graph: Graph) -> Iterator[tuple[str, str | None]]:
    """What the first finding explains, if all are gone once the axes of the input are exchanged."""
    from archspec.rules.repair.input_order import with_channels_last  # noqa: PLC0415 - for two findings at once only

    tried = with_channels_last(graph)
    fixed = {node.name for node in tried.nodes if next(faults(node.call), None) is None} if tried else ()
    first, *others = [(each.rule, each.layer) for each in found if each.rule in _OF_ORDER]
    if first[1] in fixed:
        yield from ((rule, name) for rule, name in others if name in fixed and (rule, name) != first)


def _beside(found: Sequence[Diagnostic], graph: Graph) -> Iterator[str]:
    """Names of layers that a map is too small for, which another such layer gets too."""
    from archspec.rules.repair.collapse import collapsing_beside  # noqa: PLC0415 - for two findings at once only

    for each in found:
        node = graph.by_name.get(each.layer or "")
        if each.rule == _COLLAPSE and node is not None:
            yield from (step.name for step in collapsing_beside(node, graph))


def _tied_after(found: Sequence[Diagnostic], graph: Graph) -> Iterator[str]:
    """Names of tied layers whose arguments are those of their partners: a wrong one before them made their input."""
    from archspec.rules._branches import way_to  # noqa: PLC0415 - for two findings at once only

    wrong = {each.layer for each in found if each.rule == _TIE}
    for node in (graph.by_name[name] for name in wrong if name in graph.by_name):
        partner = graph.by_name.get(node.tied or "")
        is_alike = partner is not None and partner.operator == node.operator
        if is_alike and any(step.name in wrong for step in way_to(node.inputs[0], graph)):
            yield node.name


def _rounding(found: Sequence[Diagnostic], graph: Graph) -> Iterator[str]:
    """Names of layers whose rounding another finding explains."""
    for each in found:
        node = graph.by_name.get(each.layer or "")
        if node is not None and each.rule == "merge-mismatch":
            from archspec.rules.repair.branch_differences import roundings_before  # noqa: PLC0415 - for two findings at once only

            yield from (step.name for step in roundings_before(node, graph))
        elif node is not None and each.rule == _COLLAPSE:
            from archspec.rules.repair.collapse import roundings_fixed  # noqa: PLC0415 - see above

            yield from (step.name for step in roundings_fixed(node, graph))
