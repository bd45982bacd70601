"""Scopes of expanded items: values of parameters, names of volumes, and the blocks around them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from archspec.spec.values import Unknown
from archspec.work_budget import work_budget

if TYPE_CHECKING:
    from archspec.source import Span
    from archspec.volume import Volume


class Flow(NamedTuple):
    """The current volume: the node or input it comes from, and its shape, or why that is unknown."""

    name: str
    shape: Volume | Unknown

    @property
    def volume(self) -> Volume | None:
        """The shape; None when it is unknown."""
        return None if isinstance(self.shape, Unknown) else self.shape


class BlockExpansion(NamedTuple):
    """One expansion on the way to a layer: the block, where it is used, and with which values."""

    block: str
    place: Span
    values: dict[str, Any]


@dataclass(slots=True, eq=False)
class Scope:
    """Where items are expanded.

    ``prefix`` is the path of what is around them, ``taken`` and ``counts`` the names already in use below it,
    ``numbers`` the last number of each name that was used several times, ``ignored`` the rules that do not apply to
    layers here.
    """

    prefix: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    trail: tuple[BlockExpansion, ...] = ()
    taken: dict[str, Span | None] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    numbers: dict[str, int] = field(default_factory=dict)

    def path(self, name: str) -> str:
        """The whole path of a name in this scope."""
        return f"{self.prefix}.{name}" if self.prefix else name

    def next_name(self, word: str) -> str:
        """``conv1``, ``conv2``: the next name of its kind that is free; ``relu6_1`` of a word that ends in a digit."""
        stem = f"{word}_" if word[-1:].isdigit() else word
        while True:
            number = self.counts[word] = self.counts.get(word, 0) + 1
            name = f"{stem}{number}"
            if name not in self.taken:
                self.taken[name] = None
                return name

    def free(self, name: str) -> str:
        """``name``, or ``name_2``, ``name_3`` when it is taken."""
        found, number = name, self.numbers.get(name, 1)
        while found in self.taken:
            number += 1
            found = f"{name}_{number}"
        self.taken[found] = None
        self.numbers[name] = number
        return found

    def having(self, values: dict[str, Any]) -> Scope:
        """The same place with more values: a round of a loop."""
        work_budget().spend(len(self.values) / 16, "values of parameters in rounds of a loop")
        values = {**self.values, **values}
        return Scope(self.prefix, values, self.trail, self.taken, self.counts, self.ignored, self.numbers)

    def inside(self, name: str) -> Scope:
        """A scope of its own below a name."""
        return Scope(self.path(name), self.values, self.trail, ignored=self.ignored)

    def ignoring(self, rules: tuple[str, ...]) -> Scope:
        """The same place, where some rules do not apply."""
        if not rules:
            return self
        return Scope(self.prefix, self.values, self.trail, self.taken, self.counts, self.ignored | set(rules))
