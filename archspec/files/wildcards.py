"""Names matched against wildcards, in one pass over the name whatever the pattern is.

A regular expression would try every way to divide a name between stars. This is the automaton of the pattern instead,
with a bit for each of its states (R. Baeza-Yates and G. Gonnet, A new approach to text searching, 1992).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_MEMBER = re.compile(r"\\?(?P<first>.)(?:-(?!$)\\?(?P<last>.))?", re.DOTALL)


class CharacterClass(NamedTuple):
    """``[a-z]`` or ``[!a-z]``: the first and the last characters of ranges, in order and apart from each other."""

    first: tuple[str, ...]
    last: tuple[str, ...]
    negated: bool

    def admits(self, character: str) -> bool:
        """Whether it matches a character."""
        at = bisect_right(self.first, character) - 1
        return (at >= 0 and character <= self.last[at]) != self.negated


class Star:
    """``*``: any characters, or none."""


STAR = Star()
ANY = CharacterClass((), (), negated=True)
"""``?``: any character."""


def character_class(members: str, *, negated: bool) -> CharacterClass:
    """The class of what stands between brackets; a range from a later to an earlier character holds the first alone."""
    found = _MEMBER.finditer(members)
    first: list[str] = []
    last: list[str] = []
    for begin, end in sorted((member["first"], member["last"] or member["first"]) for member in found):
        if last and begin <= last[-1]:
            last[-1] = max(last[-1], end)
        else:
            first.append(begin)
            last.append(max(begin, end))
    return CharacterClass(tuple(first), tuple(last), negated)


class Wildcard:
    """A pattern of a whole name, which is a string of characters, or of a whole path, which is a list of names."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._masks: dict[str, int] = {}  # the states from which a character, or a name, leads on
        self._classes: list[tuple[int, CharacterClass | Wildcard]] = []
        self._loops = 0  # the states to which anything leads back
        self._least = 0  # characters or names that there are at least; the state of that number is the last one
        for token in tokens:
            bit = 1 << self._least
            if isinstance(token, Star):
                self._loops |= bit
                continue
            if isinstance(token, str):
                self._masks[token] = self._masks.get(token, 0) | bit
            else:
                self._classes.append((bit, token))
            self._least += 1

    def admits(self, text: Sequence[str]) -> bool:
        """Whether it matches a name or a path."""
        if len(text) < self._least:
            return False
        masks = dict(self._masks) if self._classes else self._masks
        known: set[str] = set()
        states = 1
        for each in text:
            if self._classes and each not in known:
                known.add(each)
                masks[each] = masks.get(each, 0) | sum(bit for bit, token in self._classes if token.admits(each))
            states = (states & masks.get(each, 0)) << 1 | states & self._loops
            if not states:
                return False
        return bool(states >> self._least)


Token = str | CharacterClass | Wildcard | Star
