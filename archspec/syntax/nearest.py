"""The name that a misspelled word most likely is."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from archspec.work_budget import work_budget

if TYPE_CHECKING:
    from collections.abc import Iterable

_Rank = tuple[int, int, int]

LONGEST = 64
"""Longer words get no suggestion: the comparison costs the product of both lengths."""

MOST_NAMES = 2_000
"""Names that are looked at; a hostile file may define any number."""

_NAME = 16
"""Pairs of letters for whose comparison a name counts that is only looked at."""

SHORTEST_START = 3
"""A word that is the beginning of another counts as near from this length on."""


_CLEAR = 1
"""Mistakes by which the next name must be farther than the nearest, for that to be the only candidate."""


def nearest(word: str, names: Iterable[str]) -> str | None:
    """The name most like ``word``, None when none is near.

    Case, ``_``, ``-`` and spaces are ignored, so ``MaxPool`` is ``max_pool``. A typing mistake for
    every three letters is forgiven (a letter too many, missing, wrong, or swapped with the next).
    When no name is that near, the beginning of a name will do: ``kernel_size`` gives ``kernel``.
    Among equals the first name wins.
    """
    ranked = _by_rank(word, names)
    return ranked[0][1] if ranked else None


def only_candidate(word: str, names: Iterable[str]) -> str | None:
    """The :func:`nearest` name if no other is nearly as near, so that it can be written without asking."""
    ranked = _by_rank(word, dict.fromkeys(names))
    if not ranked:
        return None
    (tier, mistakes, _), name = ranked[0]
    near = [rank for rank, _ in ranked[1:] if rank[0] == tier and (tier or rank[1] <= mistakes + _CLEAR)]
    return None if near else name


def _by_rank(word: str, names: Iterable[str]) -> list[tuple[_Rank, str]]:
    """The names that are near, the nearest first."""
    folded = _fold(word)
    if not folded or len(folded) > LONGEST:
        return []
    looked_at = list(islice(names, MOST_NAMES))
    if not work_budget().may_compare(_NAME * len(looked_at)):
        return []
    ranked = [(rank, name) for name in looked_at if (rank := _rank(folded, _fold(name))) is not None]
    return sorted(ranked, key=lambda pair: pair[0])


def _fold(word: str) -> str:
    return word.casefold().replace("_", "").replace("-", "").replace(" ", "")


def _rank(word: str, name: str) -> _Rank | None:
    """Sort key of a name, smaller is nearer: first by mistakes, then by common beginning; None when far."""
    apart = abs(len(word) - len(name))
    allowed = max(len(word), len(name)) // 3
    is_similar = apart <= allowed and len(name) <= LONGEST and work_budget().may_compare(len(word) * len(name))
    if is_similar and (mistakes := _distance(word, name)) <= allowed:
        return 0, mistakes, apart
    short, long = sorted((word, name), key=len)
    return (1, apart, 0) if len(short) >= SHORTEST_START and long.startswith(short) else None


def _distance(one: str, other: str) -> int:
    """Fewest single-letter mistakes (insert, delete, replace, swap two neighbours) between two words."""
    before: list[int] = []
    above = list(range(len(other) + 1))
    for i, letter in enumerate(one):
        row = [i + 1]
        for j, other_letter in enumerate(other):
            cost = min(above[j + 1] + 1, row[j] + 1, above[j] + (letter != other_letter))
            if i and j and letter == other[j - 1] and one[i - 1] == other_letter:
                cost = min(cost, before[j - 1] + 1)
            row.append(cost)
        before, above = above, row
    return above[-1]
