"""Fixes applied until nothing changes: all that go together at once, kept only if checking again bears them out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from archspec.diagnostics import Severity
from archspec.files.zoo import PREFIX
from archspec.fixing.changes import Changes
from archspec.fixing.trial import Trial, hides_others

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archspec.diagnostics import Diagnostic, Fix
    from archspec.fixing.trial import Examine

_MOST_ROUNDS = 100
"""No spec needs as many; but two fixes that undo each other would go on for ever."""


class Wanted(NamedTuple):
    """Which fixes to make: safe ones, or ``unsafe`` ones too; those of ``infos`` too."""

    unsafe: bool = False
    infos: bool = False

    def fixes(self, found: Diagnostic) -> Iterator[Fix]:
        """The fixes of a finding that are wanted, the best first."""
        fix = None if found.severity is Severity.INFO and not self.infos else found.fix
        while fix is not None:
            if fix.safe or self.unsafe:
                yield fix
            fix = fix.otherwise


class Changed(NamedTuple):
    """A file's name, its bytes as they were read, and with the fixes made."""

    name: str
    before: bytes
    after: bytes


class Repair(NamedTuple):
    """What fixing comes to.

    ``data`` is what files hold then, and ``changed`` those that differ from what was read, by real path. ``fixed``
    tells how many findings are gone, ``left`` what is found. A finding that is left although its fix was wanted has
    lost it: it did not hold.
    """

    data: dict[str, bytes]
    changed: dict[str, Changed]
    fixed: int
    left: list[Diagnostic]


def repair(specs: Sequence[str], examine: Examine, wanted: Wanted) -> Repair:
    """Make the fixes of ``specs`` that hold, in memory; the zoo's own specs stay as they are."""
    trial = Trial(specs, examine)
    fixed = sum(_repair(trial, spec, wanted) for spec in specs if not spec.startswith(PREFIX))
    copies = trial.copies
    changed = {
        file: Changed(copies.names[file], before, copies.data[file])
        for file, before in copies.original.items()
        if before != copies.data[file]
    }
    left = [_without_broken_promise(each, wanted) for spec in specs for each in trial.found[spec]]
    return Repair(copies.data, changed, fixed, left)


def _without_broken_promise(found: Diagnostic, wanted: Wanted) -> Diagnostic:
    return found._replace(fix=None) if any(wanted.fixes(found)) else found


def _repair(trial: Trial, spec: str, wanted: Wanted) -> int:
    """Fix one spec; how many findings are gone."""
    fixed = 0
    for _ in range(_MOST_ROUNDS):
        fixable = [_Fixable(found, fixes) for found in trial.found[spec] if (fixes := tuple(wanted.fixes(found)))]
        hiding = [each for each in fixable if hides_others(each.found)]
        others = [each for each in fixable if not hides_others(each.found)]
        done = _round(trial, spec, hiding) or _round(trial, spec, others)
        if not done:
            break
        fixed += done
    return fixed


class _Fixable(NamedTuple):
    """A finding and its fixes, the best first."""

    found: Diagnostic
    fixes: tuple[Fix, ...]


def _round(trial: Trial, spec: str, fixable: Sequence[_Fixable]) -> int:
    """Make the best fixes that go together; where they don't hold, half of them, and so on. How many findings go."""
    changes = Changes()
    chosen = [each for each in fixable if changes.add(each.fixes[0])]
    return _attempt(trial, spec, chosen) if chosen else 0


def _attempt(trial: Trial, spec: str, chosen: Sequence[_Fixable]) -> int:
    if trial.holds(spec, [each.found for each in chosen], Changes(each.fixes[0] for each in chosen)):
        return len(chosen)
    if len(chosen) > 1:
        half = len(chosen) // 2
        return _attempt(trial, spec, chosen[:half]) or _attempt(trial, spec, chosen[half:])
    found, fixes = chosen[0]
    return int(any(trial.holds(spec, [found], Changes([fix])) for fix in fixes[1:]))
