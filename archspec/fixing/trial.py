"""Specs examined from copies of their files: what a change makes of them is seen before anything is written."""

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
    """What findings are told apart by, before and after a change."""

    rule: str
    file: str
    start: int


class Trial:
    """The specs of one command: ``found`` in each, and ``copies`` of the files they are read from."""

    def __init__(self, specs: Sequence[str], examine: Examine) -> None:
        self._examine = examine
        self.copies = Copies()
        self.found: dict[str, list[Diagnostic]] = {}
        self._read: dict[str, frozenset[str]] = {}
        for spec in specs:
            self.found[spec], self._read[spec] = self._look(spec)

    def holds(self, spec: str, told: Sequence[Diagnostic], changes: Changes) -> bool:
        """Make changes that remove what was ``told`` of a spec and bring no new error to any spec; no others."""
        before = {file: self.copies.data[file] for file in changes.files}
        self.copies.data |= changes.apply(before)
        touched = [each for each, read in self._read.items() if each == spec or read & changes.files]
        looks = {each: self._look(each) for each in touched}
        hides = all(map(hides_others, told))
        if _is_gone(told, self.found[spec], looks[spec][0], changes) and not any(
            _has_new_error(self.found[each], found, changes, hides=hides) for each, (found, _) in looks.items()
        ):
            for each, (found, read) in looks.items():
                self.found[each], self._read[each] = found, read
            return True
        self.copies.data |= before
        return False

    def _look(self, spec: str) -> tuple[list[Diagnostic], frozenset[str]]:
        """What is found in a spec, and the places of the files that it was read from."""
        self.copies.paths = set()
        with reading_from(self.copies):
            return self._examine(spec), frozenset(self.copies.paths)


def hides_others(found: Diagnostic) -> bool:
    """Whether an error kept what comes behind it from being looked at, so that without it more may come to light."""
    return found.severity is Severity.ERROR and found.rule not in RULE_NAMES


def _is_gone(
    told: Iterable[Diagnostic], before: Iterable[Diagnostic], after: Iterable[Diagnostic], changes: Changes
) -> bool:
    """Whether each place has as many findings less as were told of it."""
    had = Counter(_moved(each, changes) for each in before)
    claimed = Counter(_moved(each, changes) for each in told)
    has = Counter(map(_place, after))
    return all(has[where] <= had[where] - count for where, count in claimed.items())


def _has_new_error(before: Iterable[Diagnostic], after: Iterable[Diagnostic], changes: Changes, *, hides: bool) -> bool:
    """Whether there is an error that was not there.

    Of changes to what ``hides`` others, only one in what was written counts: the rest was there all along.
    """
    known = Counter(_moved(each, changes) for each in before if each.severity is Severity.ERROR)
    new = Counter(_place(each) for each in after if each.severity is Severity.ERROR) - known
    if not hides:
        return bool(new)
    return any(where.start in written for where in new for written in changes.written(where.file))


def _place(found: Diagnostic) -> _Place:
    return _Place(found.rule, place(found.file), found.span.start if found.span else -1)


def _moved(found: Diagnostic, changes: Changes) -> _Place:
    where = _place(found)
    return where._replace(start=changes.moved(where.file, where.start))
