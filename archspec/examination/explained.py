"""What must hold of every network: where something is unknown, an error says why, whatever is suppressed later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.diagnostics import Diagnostic, Severity
from archspec.rules import all_errors, unsuppressed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.analysis.report import Report
    from archspec.graph.model import Graph, Node


class Unexplained(AssertionError):  # noqa: N818 - what is unknown, for no reason that was reported
    """Something of a network is unknown, and nothing says why."""


class Checks:
    """Whether each examination asserts that everything unknown is explained; tests switch it on."""

    are_on = False


def unexplained(report: Report, stages: Sequence[Diagnostic], found: Sequence[Diagnostic] = ()) -> list[Diagnostic]:
    """A finding for a network that is not fully known although no error says why; nothing for any other.

    ``stages`` are the findings before the rules, ``found`` those that are left. Errors that are only suppressed or not
    selected count: rules are asked again without any of that. What is left would be a fault of archspec, and must not
    look like a network that has been checked.
    """
    graph = report.graph
    if graph.is_known:
        return []
    if Checks.are_on:
        assert_explained(report, stages)
    if any(each.severity is Severity.ERROR for each in (*stages, *found)) or all_errors(report):
        return []
    layer = graph.unknown_layer
    where = f"layer `{layer.name}`" if layer else "the network"
    return [_failure(report, where, layer)]


def _failure(report: Report, where: str, layer: Node | None) -> Diagnostic:
    return Diagnostic(
        rule="internal-error",
        message=f"archspec itself failed: {where} is not known, and no finding says why",
        span=layer.place if layer else None,
        path=report.graph.file,
        help=("please report this with the file",),
        layer=layer.name if layer else None,
        unusable=True,
    )


def assert_explained(report: Report, found: Sequence[Diagnostic]) -> None:
    """Each part of a network that is unknown has its cause: ``found`` by a stage, or the error of a rule at that layer.

    And of these at least one is reported, whatever rules leave out because another finding explains it.
    """
    graph = report.graph
    if graph.is_known:
        return
    for cause in graph.causes:
        if isinstance(cause, Diagnostic):
            _assert(any(each is cause for each in found), f"not reported: {cause.message}")
            _assert(cause.severity is Severity.ERROR, f"not an error: {cause.message}")
        else:
            _assert(cause in graph.inputs or cause in graph.by_name, f"there is no `{cause}`")
            _assert(graph.volume(cause) is None, f"`{cause}` is known")
    of_rules = {each.layer for each in all_errors(report)}
    is_of_stages = any(each.severity is Severity.ERROR for each in found)
    for node in graph.nodes:
        if node.is_checkable and node.output is None:
            _assert(node.name in of_rules, f"no rule says why `{node.name}` has no output")
        elif node.operator is None:
            depends = _has_unknown_size(node, graph) or any(isinstance(cause, str) for cause in graph.causes)
            _assert(is_of_stages or depends, f"nothing says why `{node.name}` is not read")
        elif None in node.input_volumes:
            is_unknown = any(graph.volume(name) is None for name in node.inputs)
            _assert(is_unknown or bool(graph.causes), f"nothing says why the input of `{node.name}` is unknown")
    reported = (*found, *unsuppressed(report))
    _assert(any(each.severity is Severity.ERROR for each in reported), "no error is left")


def _has_unknown_size(node: Node, graph: Graph) -> bool:
    """Whether an argument takes the size of an unknown volume."""
    like = graph.likes.get(node.name)
    return like is not None and graph.volume(like) is None


def _assert(holds: object, message: str) -> None:  # no assert: it must hold in optimized runs of the tests too
    if not holds:
        raise Unexplained(message)
