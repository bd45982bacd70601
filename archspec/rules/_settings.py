"""Which rules look at a network, and where their thresholds lie."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Threshold(NamedTuple):
    """A number that a rule judges by and that has no source; ``meaning`` says what it bounds, and its unit."""

    value: float
    meaning: str


class Settings(NamedTuple):
    """``selected`` are names of rules (None: those that are on by default), ``thresholds`` numbers by name."""

    selected: frozenset[str] | None = None
    thresholds: Mapping[str, float] = MappingProxyType({})


DEFAULT = Settings()
