"""Facts that a file states about its layers, which a change must not make untrue."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.analysis.infer import InferredShapes
    from archspec.graph.changes import Changes
    from archspec.graph.model import Graph
    from archspec.spec.models import LayerFacts
    from archspec.volume import Volume


def contradicts_facts(graph: Graph, changes: Changes, shapes: InferredShapes) -> bool:
    """Whether an output that was as stated no longer is, or figures are stated of layers that change.

    Figures of the whole network are those of the network as it is: any change may make others of them.
    """
    changed = {graph.indices[name] for name in changes}
    return any(
        _states_figures(section.expect) and any(section.begin <= index < section.end for index in changed)
        for section in graph.sections
    ) or any(graph.volume(name) == stated != shapes.volume(name) for name, stated in stated_outputs(graph))


def _states_figures(facts: LayerFacts) -> bool:
    return bool(facts.model_fields_set - {"output"})


def stated_outputs(graph: Graph) -> Iterator[tuple[str, Volume]]:
    """Names of layers, and what they are stated to give."""
    facts = [(graph.nodes[section.end - 1].name, section.expect.output) for section in graph.sections if section.end]
    if graph.header.expect is not None and graph.outputs:
        facts.append((graph.outputs[0], graph.header.expect.output))
    yield from ((name, stated) for name, stated in facts if stated is not None)
