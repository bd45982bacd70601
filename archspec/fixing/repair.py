"""Fixes applied until nothing changes: all compatible ones at once, kept only if checking again confirms them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from archspec.diagnostics import Diagnostic, Severity
from archspec.files.zoo import PREFIX
from archspec.fixing.changes import Changes
from archspec.fixing.dry_run import Attempt, DryRun
from archspec.fixing.judgement import hides_others
from archspec.fixing.tried import tried_fixes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archspec.diagnostics import Fix
    from archspec.fixing.dry_run import Examine

_WORK = 3_000_000
"""Characters and layers that are examined to fix one spec, over all rounds; only fixes without an end need more."""
_FEWEST_ROUNDS = 200


class FixSelection(NamedTuple):
    """The fixes to make: safe ones, also ``unsafe`` ones, also those of ``infos``."""

    unsafe: bool = False
    infos: bool = False

    def fixes(self, found: Diagnostic) -> Iterator[Fix]:
        """The selected fixes of a finding, the best first."""
        if found.severity is not Severity.INFO or self.infos:
            yield from (fix for fix in found.fixes if fix.safe or self.unsafe)


class Changed(NamedTuple):
    """A file's name, and its bytes before and after fixing."""

    name: str
    before: bytes
    after: bytes


class FixOutcome(NamedTuple):
    """The result of fixing.

    ``data`` are the contents of the files afterwards, ``changed`` those that differ from what was read, by real path.
    ``fixed`` is how many findings are gone, ``left`` are those that remain. One that remains although its fix was
    selected comes without it: the fix was tried and does not help.
    """

    data: dict[str, bytes]
    changed: dict[str, Changed]
    fixed: int
    left: list[Diagnostic]


class _Rounds(NamedTuple):
    """How many findings of a spec are gone, and whether nothing is left that could be fixed."""

    fixed: int
    is_done: bool = True


def repair(specs: Sequence[str], examine: Examine, selection: FixSelection) -> FixOutcome:
    """Make the fixes of ``specs`` that work, in memory; specs of the zoo are never changed."""
    dry_run = DryRun(specs, examine)
    rounds = {spec: _repair(dry_run, spec, selection) for spec in specs if not spec.startswith(PREFIX)}
    copies = dry_run.copies
    changed = {
        file: Changed(copies.names[file], before, copies.data[file])
        for file, before in copies.original.items()
        if before != copies.data[file]
    }
    left = [each for spec in specs for each in _left(dry_run, spec, selection)]
    unfinished = [_unfinished_finding(spec) for spec, each in rounds.items() if not each.is_done]
    return FixOutcome(copies.data, changed, sum(each.fixed for each in rounds.values()), [*unfinished, *left])


def _left(dry_run: DryRun, spec: str, selection: FixSelection) -> list[Diagnostic]:
    """The findings that are left, with fixes that were not selected but hold."""
    findings = [_without_failed_fix(each, selection) for each in dry_run.examined(spec).findings]
    return tried_fixes(dry_run, spec, findings)


def _without_failed_fix(found: Diagnostic, selection: FixSelection) -> Diagnostic:
    return found._replace(fix=None) if any(selection.fixes(found)) else found


def _unfinished_finding(spec: str) -> Diagnostic:
    """The finding that fixes go on without an end in sight."""
    return Diagnostic(
        rule="unfinished-fix",
        message="fixing was ended before nothing was left to fix: each fix brought a new finding with a fix",
        severity=Severity.WARNING,
        path=spec,
        help=("the fixes so far are kept; run this again to go on, or fix the rest by hand",),
    )


def _repair(dry_run: DryRun, spec: str, selection: FixSelection) -> _Rounds:
    """Fix one spec until nothing changes; no state of the files is kept twice, and the work is limited."""
    fixed, left = 0, max(_FEWEST_ROUNDS, _WORK // dry_run.cost(spec))
    while True:
        findings = dry_run.examined(spec).findings
        fixable = [_Fixable(found, fixes) for found in findings if (fixes := tuple(selection.fixes(found)))]
        hiding = [each for each in fixable if hides_others(each.found)]
        others = [each for each in fixable if not hides_others(each.found)]
        done = _round(dry_run, spec, hiding) or _round(dry_run, spec, others)
        if not done:
            return _Rounds(fixed)
        fixed, left = fixed + done, left - 1
        if left <= 0:
            return _Rounds(fixed, is_done=False)


class _Fixable(NamedTuple):
    """A finding and its fixes, the best first."""

    found: Diagnostic
    fixes: tuple[Fix, ...]


def _round(dry_run: DryRun, spec: str, fixable: Sequence[_Fixable]) -> int:
    """Make the best compatible fixes; if they fail, half of them, and so on. Returns how many findings are gone."""
    changes = Changes()
    chosen = [each for each in fixable if changes.add(each.fixes[0])]
    return _attempt(dry_run, spec, chosen) if chosen else 0


def _attempt(dry_run: DryRun, spec: str, chosen: Sequence[_Fixable]) -> int:
    if dry_run.try_out(spec, [Attempt(each.found, each.fixes[0]) for each in chosen], keeps=True):
        return len(chosen)
    if len(chosen) > 1:
        half = len(chosen) // 2
        return _attempt(dry_run, spec, chosen[:half]) or _attempt(dry_run, spec, chosen[half:])
    found, fixes = chosen[0]
    return int(any(dry_run.try_out(spec, [Attempt(found, fix)], keeps=True) for fix in fixes[1:]))
