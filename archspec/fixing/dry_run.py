"""Specs examined from copies of their files, to see the effect of a change before anything is written."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from archspec.diagnostics import Severity
from archspec.rules._names import RULE_NAMES
from archspec.syntax.copies import Copies, place, reading_from

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from archspec.diagnostics import Diagnostic
    from archspec.fixing.changes import Changes

    Examine = Callable[[str], list[Diagnostic]]


class _Place(NamedTuple):
    """The key by which findings before and after a change are compared."""

    rule: str
    file: str
    start: int


class DryRun:
    """The specs of one command: ``found`` in each, and ``copies`` of the files they are read from.

    It is the one place where a fix is made and judged. Files are only written when all is done (:mod:`.writing`).
    """

    def __init__(self, specs: Sequence[str], examine: Examine) -> None:
        self._examine = examine
        self.copies = Copies()
        self.found: dict[str, list[Diagnostic]] = {}
        self._read: dict[str, frozenset[str]] = {}
        for spec in specs:
            self.found[spec], self._read[spec] = self._check(spec)

    def keep_if_fixed(self, spec: str, fixable: Sequence[Diagnostic], changes: Changes) -> bool:
        """Make changes to the copies, and undo them unless they remove the ``fixable`` findings of a spec.

        They are undone as well when they bring a new error to any spec. Whether they were kept.
        """
        before = {file: self.copies.data[file] for file in changes.files}
        self.copies.data |= changes.apply(before)
        touched = [each for each, read in self._read.items() if each == spec or read & changes.files]
        checked = {each: self._check(each) for each in touched}
        hides = all(map(hides_others, fixable))
        if _is_gone(fixable, self.found[spec], checked[spec][0], changes) and not any(
            _has_new_error(self.found[each], found, changes, hides=hides) for each, (found, _) in checked.items()
        ):
            for each, (found, read) in checked.items():
                self.found[each], self._read[each] = found, read
            return True
        self.copies.data |= before
        return False

    def _check(self, spec: str) -> tuple[list[Diagnostic], frozenset[str]]:
        """The findings of a spec, and the paths of the files that it was read from."""
        self.copies.paths = set()
        with reading_from(self.copies):
            return self._examine(spec), frozenset(self.copies.paths)


def hides_others(found: Diagnostic) -> bool:
    """Whether an error stops further checks, so that there may be more findings without it."""
    return found.severity is Severity.ERROR and found.rule not in RULE_NAMES


def _is_gone(
    fixable: Iterable[Diagnostic], before: Iterable[Diagnostic], after: Iterable[Diagnostic], changes: Changes
) -> bool:
    """Whether the number of findings at each place fell by as many as should be fixed there."""
    had = Counter(_place_after(each, changes) for each in before)
    claimed = Counter(_place_after(each, changes) for each in fixable)
    has = Counter(map(_place, after))
    return all(has[where] <= had[where] - count for where, count in claimed.items())


def _has_new_error(before: Iterable[Diagnostic], after: Iterable[Diagnostic], changes: Changes, *, hides: bool) -> bool:
    """Whether there is an error that was not there.

    Of changes to what ``hides`` others, only one in what was written counts: the rest was there all along.
    """
    known = Counter(_place_after(each, changes) for each in before if each.severity is Severity.ERROR)
    new = Counter(_place(each) for each in after if each.severity is Severity.ERROR) - known
    if not hides:
        return bool(new)
    return any(where.start in written for where in new for written in changes.written_ranges(where.file))


def _place(found: Diagnostic) -> _Place:
    return _Place(found.rule, place(found.file), found.span.start if found.span else -1)


def _place_after(found: Diagnostic, changes: Changes) -> _Place:
    where = _place(found)
    return where._replace(start=changes.offset_after(where.file, where.start))
