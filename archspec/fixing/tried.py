"""Fixes as they are offered: only those that hold when they are tried, each for itself or with others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.fixing.changes import Changes
from archspec.fixing.dry_run import Attempt, DryRun
from archspec.fixing.judgement import hides_others

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archspec.diagnostics import Diagnostic, Fix
    from archspec.examination.examined import Examined
    from archspec.fixing.dry_run import Examine
    from archspec.syntax.copies import Copies

_TRIED = 200_000
"""Characters and layers that are examined to try the fixes of one spec, over all tries."""
_FEWEST, _MOST = 4, 64


def with_tried_fixes(spec: str, examined: Examined, examine: Examine, copies: Copies) -> list[Diagnostic]:
    """The findings of a spec that was read from ``copies``, each with those of its fixes that hold."""
    read = copies.paths
    dry_run = DryRun((), examine, copies)
    dry_run.add(spec, examined)
    try:
        return tried_fixes(dry_run, spec, examined.findings)
    finally:
        copies.paths = read


def tried_fixes(dry_run: DryRun, spec: str, findings: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Findings with those of their fixes that hold.

    Fixes that do not overlap are tried together, and by halves where that fails; what is left over when the work is
    done is not offered.
    """
    tries = _Tries(dry_run, spec)
    kept: dict[int, list[Fix]] = {}
    for hides in (True, False):
        chosen = [at for at, each in enumerate(findings) if each.fix and hides_others(each) is hides]
        for group in _groups(findings, chosen):
            for at, fix in tries.holding(group):
                kept.setdefault(at, []).append(fix)
    return [each._replace(fix=chained(kept.get(at, ()))) if each.fix else each for at, each in enumerate(findings)]


def _groups(findings: Sequence[Diagnostic], chosen: Sequence[int]) -> Iterator[dict[int, Attempt]]:
    """Attempts by the number of their finding: first fixes first, each group without overlapping edits."""
    chains = {at: list(findings[at].fixes) for at in chosen}
    for level in range(max(map(len, chains.values()), default=0)):
        waiting = {at: Attempt(findings[at], chain[level]) for at, chain in chains.items() if level < len(chain)}
        while waiting:
            changes = Changes()
            group = {at: each for at, each in waiting.items() if changes.add(each.fix)}
            yield group
            waiting = {at: each for at, each in waiting.items() if at not in group}


class _Tries:
    """The tries for one spec, as many as its size allows."""

    def __init__(self, dry_run: DryRun, spec: str) -> None:
        self._dry_run, self._spec = dry_run, spec
        self._left = min(_MOST, max(_FEWEST, _TRIED // dry_run.cost(spec)))

    def holding(self, group: dict[int, Attempt]) -> Iterator[tuple[int, Fix]]:
        """The fixes of a group that hold, by the number of their finding."""
        if not group or self._left <= 0:
            return
        self._left -= 1
        done = self._dry_run.try_out(self._spec, [*group.values()])
        if done is not None:
            yield from ((at, each.fix) for at, each in zip(group, done, strict=True))
        elif len(group) > 1:
            numbers = [*group]
            half = len(numbers) // 2
            for part in (numbers[:half], numbers[half:]):
                yield from self.holding({at: group[at] for at in part})


def chained(fixes: Sequence[Fix]) -> Fix | None:
    """The first of several fixes, with the others as its alternatives."""
    first = None
    for fix in reversed(fixes):
        first = fix._replace(otherwise=first)
    return first
