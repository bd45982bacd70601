"""Findings compared with a baseline: which are new, and which are gone."""

from __future__ import annotations

from collections import Counter, deque
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from archspec.baseline.keys import FindingKey, FindingKeys
    from archspec.diagnostics import Diagnostic


class BaselineComparison(NamedTuple):
    """``new`` findings, and counts by key of those that are ``known`` and of those that are ``gone``."""

    new: list[Diagnostic]
    known: Counter[FindingKey]
    gone: Counter[FindingKey]


def count_findings(found: Iterable[Diagnostic], keys: FindingKeys) -> Counter[FindingKey]:
    """How often each finding is there, results of others included, which are reported where their cause is not.

    Several specs that use a file have the same findings in it.
    """
    everything = chain.from_iterable((each, *each.results) for each in found)
    return Counter(keys.of(each) for each in _deduplicate(everything) if not each.unusable)


def compare(
    found: Iterable[Diagnostic],
    baseline: Mapping[FindingKey, int],
    keys: FindingKeys,
    read: Collection[str],
    folder: Path,
) -> BaselineComparison:
    """What is new: of findings with one key, those after the first ones, which the baseline knows.

    What follows from a finding that the baseline knows is compared too: nothing else reports it.
    Only findings of these files can be gone: those that were ``read``, and those that no longer exist.
    """
    new: list[Diagnostic] = []
    known: Counter[FindingKey] = Counter()

    def knows(each: Diagnostic) -> bool:
        key = keys.of(each)
        is_known = not each.unusable and known[key] < baseline.get(key, 0)
        known[key] += is_known
        return is_known

    waiting = deque(_deduplicate(found))
    while waiting:
        each = waiting.popleft()
        if knows(each):
            waiting.extend(each.results)
        else:
            new.append(each)
            for result in each.results:  # not gone: its cause is reported for it
                knows(result)
    judged = {file for file in {key.file for key in baseline} if file in read or not (folder / file).exists()}
    gone = Counter({key: count - known[key] for key, count in baseline.items() if key.file in judged})
    return BaselineComparison(_deduplicate(new), +known, +gone)


def _deduplicate(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Each finding once, in order of place."""
    places = {(each.file, each.span and each.span.start, each.rule, each.message, each.layer): each for each in found}
    return sorted(places.values(), key=lambda each: each.sort_key)
