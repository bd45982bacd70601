"""Fixes applied until nothing changes: all compatible ones at once, kept only if checking again confirms them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from archspec.diagnostics import Severity
from archspec.files.zoo import PREFIX
from archspec.fixing.changes import Changes
from archspec.fixing.dry_run import DryRun, hides_others

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archspec.diagnostics import Diagnostic, Fix
    from archspec.fixing.dry_run import Examine

_MOST_ROUNDS = 100
"""No spec needs as many; but two fixes that undo each other would go on for ever."""


class FixSelection(NamedTuple):
    """The fixes to make: safe ones, also ``unsafe`` ones, also those of ``infos``."""

    unsafe: bool = False
    infos: bool = False

    def fixes(self, found: Diagnostic) -> Iterator[Fix]:
        """The selected fixes of a finding, the best first."""
        fix = None if found.severity is Severity.INFO and not self.infos else found.fix
        while fix is not None:
            if fix.safe or self.unsafe:
                yield fix
            fix = fix.otherwise


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


def repair(specs: Sequence[str], examine: Examine, selection: FixSelection) -> FixOutcome:
    """Make the fixes of ``specs`` that work, in memory; specs of the zoo are never changed."""
    dry_run = DryRun(specs, examine)
    fixed = sum(_repair(dry_run, spec, selection) for spec in specs if not spec.startswith(PREFIX))
    copies = dry_run.copies
    changed = {
        file: Changed(copies.names[file], before, copies.data[file])
        for file, before in copies.original.items()
        if before != copies.data[file]
    }
    left = [_without_failed_fix(each, selection) for spec in specs for each in dry_run.found[spec]]
    return FixOutcome(copies.data, changed, fixed, left)


def _without_failed_fix(found: Diagnostic, selection: FixSelection) -> Diagnostic:
    return found._replace(fix=None) if any(selection.fixes(found)) else found


def _repair(dry_run: DryRun, spec: str, selection: FixSelection) -> int:
    """Fix one spec; how many findings are gone."""
    fixed = 0
    for _ in range(_MOST_ROUNDS):
        fixable = [_Fixable(found, fixes) for found in dry_run.found[spec] if (fixes := tuple(selection.fixes(found)))]
        hiding = [each for each in fixable if hides_others(each.found)]
        others = [each for each in fixable if not hides_others(each.found)]
        done = _round(dry_run, spec, hiding) or _round(dry_run, spec, others)
        if not done:
            break
        fixed += done
    return fixed


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
    if dry_run.keep_if_fixed(spec, [each.found for each in chosen], Changes(each.fixes[0] for each in chosen)):
        return len(chosen)
    if len(chosen) > 1:
        half = len(chosen) // 2
        return _attempt(dry_run, spec, chosen[:half]) or _attempt(dry_run, spec, chosen[half:])
    found, fixes = chosen[0]
    return int(any(dry_run.keep_if_fixed(spec, [found], Changes([fix])) for fix in fixes[1:]))
