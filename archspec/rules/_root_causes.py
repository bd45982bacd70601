"""Root causes: of findings that one mistake explains, the one that is reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.analysis.fitting import faults
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node

_FRACTION, _COLLAPSE, _TIE = "fractional-output", "kernel-too-large", "tie-mismatch"
_OF_ORDER = frozenset((_FRACTION, _COLLAPSE, "channel-mismatch", "feature-mismatch", "merge-mismatch"))
"""What axes in another order may bring about."""


Finding = tuple[str, str | None]
"""A finding by its rule and its layer."""


def root_causes(found: Sequence[Diagnostic], graph: Graph) -> list[Diagnostic]:
    """The findings without those that follow from another one, which is reported.

    A pool that drops a row is reported at the merge that it breaks, or at the layer that is left without input, when an
    input that suits that one suits the pool too. Of branches that collapse side by side only the first is reported,
    and so is the first of all findings that an input with its channels first explains.
    """
    rules = [each.rule for each in found]
    explained: list[tuple[Finding, Finding]] = []
    if _FRACTION in rules:
        explained += _rounding(found, graph)
    if rules.count(_FRACTION) > 1:
        explained += _strides_after_the_first(graph)
    if rules.count(_COLLAPSE) > 1:
        explained += _beside(found, graph)
    if sum(rule in _OF_ORDER for rule in rules) > 1:
        explained += _of_order(found, graph)
    if rules.count(_TIE) > 1:
        explained += _tied_after(found, graph)
    if "channels-first" in rules:
        explained += _hinting_at_order(found, graph)
    explained += _hints(found, graph)
    return without_explained(found, explained)


def without_explained(found: Sequence[Diagnostic], explained: Iterable[tuple[Finding, Finding]]) -> list[Diagnostic]:
    """The findings but those that one that is left explains, directly or through others, which has them as results.

    Pairs have the cause first. What explains each other in a circle leaves its first. No error is left out for a
    finding that is less.
    """
    by_key: dict[Finding, list[Diagnostic]] = {}
    for each in found:
        by_key.setdefault(_key(each), []).append(each)
    weight = {key: min(each.weight for each in group) for key, group in by_key.items()}
    follow: dict[Finding, list[Finding]] = {key: [] for key in by_key}
    for cause, result in explained:
        if cause != result and cause in by_key and result in by_key and weight[cause] <= weight[result]:
            follow[cause].append(result)
    hidden: set[Finding] = set()
    results: dict[Finding, list[Finding]] = {}
    for cause in _causes_first(follow):
        if cause in hidden or cause in results:
            continue
        results[cause] = []
        waiting = list(follow[cause])
        while waiting:
            result = waiting.pop()
            if result not in hidden and result not in results:
                hidden.add(result)
                results[cause].append(result)
                waiting += follow[result]
    return [_with_results(each, results[_key(each)], by_key) for each in found if _key(each) not in hidden]


def _causes_first(follow: dict[Finding, list[Finding]]) -> list[Finding]:
    """All findings; before any other what nothing outside of its own circle explains, the first of a circle first.

    They are in the reverse order in which a depth-first search leaves them: it leaves a finding after all that follow.
    """
    left: dict[Finding, None] = {}
    entered: set[Finding] = set()
    for start in follow:
        waiting = [start]
        while waiting:
            finding = waiting[-1]
            if finding not in entered:
                entered.add(finding)
                waiting += [each for each in follow[finding] if each not in entered]
            else:
                left.setdefault(waiting.pop())
    return [*left][::-1]


def _with_results(cause: Diagnostic, results: list[Finding], by_key: dict[Finding, list[Diagnostic]]) -> Diagnostic:
    if not results:
        return cause
    return cause._replace(results=tuple(each for result in results for each in by_key[result]))


def _key(finding: Diagnostic) -> Finding:
    return finding.rule, finding.layer


def _hints(found: Sequence[Diagnostic], graph: Graph) -> Iterator[tuple[Finding, Finding]]:
    """Warnings that another finding explains: axes in another order, or an error at a claim, a collapse or a merge."""
    from archspec.rules._branches import branches_of, way_to  # noqa: PLC0415 - for two findings at once only

    for each in found:
        node = graph.by_name.get(each.layer or "")
        if each.rule == "channels-first":
            yield from ((_key(each), _key(other)) for other in found if other.rule == "kernel-in-padding")
        elif node is not None and each.rule == "feature-mismatch":
            yield _key(each), ("linear-on-map", node.name)
            yield from ((_key(each), ("leftover-map", step.name)) for step in way_to(node.inputs[0], graph))
        elif node is not None and each.rule == "channel-mismatch" and _claims_what_groups_divide(node):
            yield _key(each), ("indivisible-groups", node.name)
        elif node is not None and each.rule == _COLLAPSE:
            yield from ((_key(each), ("early-collapse", step.name)) for step in way_to(node.inputs[0], graph))
        elif node is not None and each.rule == "merge-mismatch":
            own = branches_of(node, graph).own
            yield from ((_key(each), ("transpose-misses", step.name)) for branch in own for step in branch)


def _hinting_at_order(found: Sequence[Diagnostic], graph: Graph) -> Iterator[tuple[Finding, Finding]]:
    """Errors whose help names the order of the axes, for which a warning of its own says nothing more."""
    fixed = _fixed_by_order(graph)
    for each in found:
        node = graph.by_name.get(each.layer or "")
        if node is None or each.rule not in _OF_ORDER or each.rule == "merge-mismatch":
            continue
        is_sequence = node.volume is not None and len(node.volume.spatial) == 1 and node.inputs[0] in graph.inputs
        if is_sequence or node.name in fixed:
            yield _key(each), ("channels-first", None)


def _claims_what_groups_divide(node: Node) -> bool:
    """Whether the groups of a layer divide the channels that it claims to read, and its filters."""
    operator, volume = node.operator, node.volume
    claimed = getattr(operator, "in_channels", None)
    if operator is None or volume is None or claimed is None:
        return False
    return all(each.number % each.by == 0 for each in operator.divisions([Volume(volume.spatial, claimed)]))


def _fixed_by_order(graph: Graph) -> set[str]:
    """Names of the layers that have no fault once the axes of the input are exchanged."""
    from archspec.rules.repair.input_order import with_channels_last  # noqa: PLC0415 - for two findings at once only

    tried = with_channels_last(graph)
    return {node.name for node in tried.nodes if next(faults(node.call), None) is None} if tried else set()


def _of_order(found: Sequence[Diagnostic], graph: Graph) -> Iterator[tuple[Finding, Finding]]:
    """What the first finding explains, if all are gone once the axes of the input are exchanged."""
    fixed = _fixed_by_order(graph)
    first, *others = [_key(each) for each in found if each.rule in _OF_ORDER]
    if first[1] in fixed:
        yield from ((first, (rule, name)) for rule, name in others if name in fixed)


def _strides_after_the_first(graph: Graph) -> Iterator[tuple[Finding, Finding]]:
    """Strides that fit too once the first one does."""
    from archspec.rules.repair.misfits import first_misfit  # noqa: PLC0415 - for two findings at once only

    first = first_misfit(graph)
    if first is not None:
        yield from (((_FRACTION, first.node.name), (_FRACTION, step.name)) for step in first.explained)


def _beside(found: Sequence[Diagnostic], graph: Graph) -> Iterator[tuple[Finding, Finding]]:
    """Layers that a map is too small for, which another such layer gets too."""
    from archspec.rules.repair.collapse import collapsing_beside  # noqa: PLC0415 - for two findings at once only

    for each in found:
        node = graph.by_name.get(each.layer or "")
        if each.rule == _COLLAPSE and node is not None:
            yield from ((_key(each), (_COLLAPSE, step.name)) for step in collapsing_beside(node, graph))


def _tied_after(found: Sequence[Diagnostic], graph: Graph) -> Iterator[tuple[Finding, Finding]]:
    """Tied layers whose arguments are those of their partners: a wrong one before them made their input."""
    from archspec.rules._branches import way_to  # noqa: PLC0415 - for two findings at once only

    wrong = {each.layer for each in found if each.rule == _TIE}
    for node in (graph.by_name[name] for name in wrong if name in graph.by_name):
        partner = graph.by_name.get(node.tied or "")
        is_alike = partner is not None and partner.operator == node.operator
        if is_alike:
            before = (step.name for step in way_to(node.inputs[0], graph) if step.name in wrong)
            yield from (((_TIE, name), (_TIE, node.name)) for name in before)


def _rounding(found: Sequence[Diagnostic], graph: Graph) -> Iterator[tuple[Finding, Finding]]:
    """Layers whose rounding another finding explains."""
    for each in found:
        node = graph.by_name.get(each.layer or "")
        if node is not None and each.rule == "merge-mismatch":
            from archspec.rules.repair.branch_differences import roundings_before  # noqa: PLC0415 - for two findings at once only

            yield from ((_key(each), (_FRACTION, step.name)) for step in roundings_before(node, graph))
        elif node is not None and each.rule == _COLLAPSE:
            from archspec.rules.repair.collapse import roundings_fixed  # noqa: PLC0415 - see above

            yield from ((_key(each), (_FRACTION, step.name)) for step in roundings_fixed(node, graph))
