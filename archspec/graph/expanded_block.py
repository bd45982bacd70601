"""A block as it was expanded once, to be repeated where it would be expanded alike, under another name."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from archspec.graph.model import Node, Section
from archspec.graph.scope import BlockExpansion, Flow
from archspec.volume import Volume

if TYPE_CHECKING:
    from archspec.graph.expanded import Expanded
    from archspec.graph.operator_call import OperatorCall
    from archspec.spec.items import Item
    from archspec.syntax.nodes import Scalar

    Trail = tuple[BlockExpansion, ...]
    RelativeName = str | None
    """What follows the block's name, with the dot between; None for the volume that the block gets."""

_MOST_LAYERS = 2_000
"""Layers of a block that is kept; of a larger one, the blocks in it are."""


_MOST_NAMES = 4 * _MOST_LAYERS
"""Its names, and scopes of names."""


class _Layer(NamedTuple):
    """A layer; ``trail`` counts the trails of the block."""

    suffix: str
    kind: str
    inputs: tuple[RelativeName, ...]
    call: OperatorCall
    tied: RelativeName
    ignored: frozenset[str]
    origin: Item | None
    trail: int


class _Volume(NamedTuple):
    suffix: str
    source: RelativeName
    volume: Volume


class ExpandedBlock(NamedTuple):
    """All that came of the items of a block, with names relative to the block's.

    ``trails`` are the ways from the block to its layers, ``sections`` begin with its first layer, ``output`` is the
    last volume.
    """

    layers: tuple[_Layer, ...]
    trails: tuple[Trail, ...]
    volumes: tuple[_Volume, ...]
    scopes: tuple[str, ...]
    sections: tuple[tuple[Section, RelativeName], ...]
    likes: tuple[tuple[str, RelativeName], ...]
    ties: tuple[tuple[str, RelativeName], ...]
    conditions: tuple[tuple[Scalar, bool], ...]
    used: tuple[str, ...]
    output: tuple[RelativeName, Volume]

    @property
    def parts(self) -> int:
        """How much there is besides layers."""
        return sum(map(len, (self.volumes, self.scopes, self.sections, self.conditions, self.used)))

    def repeat(self, state: Expanded, prefix: str, trail: Trail, flow: Flow) -> Flow:
        """Add all of it below a name, to the layers so far; ``trail`` is the way to the block, which reads ``flow``."""
        first, trails = len(state.nodes), [trail + rest for rest in self.trails]

        def absolute(name: RelativeName) -> str:
            return flow.name if name is None else prefix + name

        state.nodes += [
            Node(
                prefix + suffix,
                kind,
                tuple([flow.name if name is None else prefix + name for name in inputs]),
                call,
                None if tied is None else prefix + tied,
                ignored,
                origin,
                trails[number],
            )
            for suffix, kind, inputs, call, tied, ignored, origin, number in self.layers
        ]
        names = [prefix + suffix for suffix, _, _ in self.volumes]
        flows = [Flow(flow.name if source is None else prefix + source, volume) for _, source, volume in self.volumes]
        state.volumes.update(zip(names, flows, strict=True))
        state.named += names
        state.likes.update((prefix + suffix, absolute(name)) for suffix, name in self.likes)
        state.ties.update((prefix + suffix, absolute(name)) for suffix, name in self.ties)
        state.sections += [
            each._replace(begin=each.begin + first, end=each.end + first, source=absolute(source))
            for each, source in self.sections
        ]
        for suffix in self.scopes:
            state.open_scope(prefix + suffix)
        state.conditions += self.conditions
        state.used += self.used
        name, output = self.output
        return Flow(absolute(name), output)


class Recording:
    """Notes what is expanded from its making on, below a name that is used for the first time.

    ``escapes`` is set when a name from outside was looked up: what it names may be another one the next time.
    """

    def __init__(self, state: Expanded, prefix: str, trail: Trail, flow: Flow) -> None:
        self.escapes = False
        self.inside = f"{prefix}."
        self._state, self._trail, self._flow = state, trail, flow
        self._begins = [len(part) for part in (state.nodes, state.named, state.scopes, state.sections)]
        self._logs = len(state.conditions), len(state.used)
        self._reports, self._causes = state.reports, len(state.causes)

    def block(self, output: Flow) -> ExpandedBlock | None:
        """What was expanded; None when it may be another one the next time, or is too large to be kept."""
        state, (first, named, scopes, sections) = self._state, self._begins
        nodes = state.nodes[first:]
        is_faulty = state.reports > self._reports or len(state.causes) > self._causes
        is_large = len(nodes) > _MOST_LAYERS or len(state.named) - named + len(state.scopes) - scopes > _MOST_NAMES
        if self.escapes or is_faulty or is_large:
            return None
        cut = len(self.inside) - 1
        depth, relative, numbers = len(self._trail), self._relative, dict[int, int]()
        trails: list[Trail] = []
        for node in nodes:
            if id(node.trail) not in numbers:
                numbers[id(node.trail)] = len(trails)
                trails.append(node.trail[depth:])
        layers = [
            _Layer(
                node.name[cut:],
                node.kind,
                tuple([relative(name) for name in node.inputs]),
                node.call,
                node.tied and relative(node.tied),
                node.ignored,
                node.origin,
                numbers[id(node.trail)],
            )
            for node in nodes
        ]
        volumes = [
            _Volume(path[cut:], relative(flow.name), flow.shape)
            for path, flow in [(path, state.volumes[path]) for path in state.named[named:]]
            if isinstance(flow.shape, Volume)
        ]
        if len(volumes) < len(state.named) - named or not isinstance(output.shape, Volume):
            return None  # a layer without an output is why what follows it is unknown
        conditions, used = self._logs
        block = ExpandedBlock(
            tuple(layers),
            tuple(trails),
            tuple(volumes),
            tuple([path[cut:] for path in state.scopes[scopes:]]),
            tuple(
                [
                    (each._replace(begin=each.begin - first, end=each.end - first), relative(each.source))
                    for each in state.sections[sections:]
                ]
            ),
            tuple([(node.name[cut:], relative(state.likes[node.name])) for node in nodes if node.name in state.likes]),
            tuple([(node.name[cut:], relative(state.ties[node.name])) for node in nodes if node.name in state.ties]),
            tuple(state.conditions[conditions:]),
            tuple(state.used[used:]),
            (relative(output.name), output.shape),
        )
        return None if self.escapes else block

    def _relative(self, name: str) -> RelativeName:
        """A name without the block's; None for the volume that the block reads."""
        if name.startswith(self.inside):
            return name[len(self.inside) - 1 :]
        self.escapes |= name != self._flow.name
        return None
