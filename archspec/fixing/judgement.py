"""Whether changes hold: their findings are gone, and what they write has no new error."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from archspec.diagnostics import Fix, Severity
from archspec.fixing.changes import Changes
from archspec.fixing.items import written_items
from archspec.rules._names import RULE_NAMES
from archspec.syntax.copies import place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from archspec.diagnostics import Diagnostic
    from archspec.examination.examined import Examined
    from archspec.fixing.dry_run import Attempt


class _Place(NamedTuple):
    """The key by which findings before and after a change are compared."""

    rule: str
    file: str
    start: int


class Trial:
    """Changes that were tried for the findings of a spec.

    ``data`` are the files after them, ``before`` and ``after`` how each spec that reads these was examined.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - the two states and what leads from one to the other
        self,
        spec: str,
        changes: Changes,
        fixable: Sequence[Diagnostic],
        data: Mapping[str, bytes],
        before: Mapping[str, Examined],
        after: Mapping[str, Examined],
    ) -> None:
        self.changes, self.data = changes, data
        self._spec, self._fixable = spec, fixable
        self._before, self._after = before, after

    def is_gone(self) -> bool:
        """Whether the number of findings at each place fell by as many as should be fixed there."""
        if self._spec not in self._after:
            return False
        had = Counter(_place_after(each, self.changes) for each in self._before[self._spec].findings)
        claimed = Counter(_place_after(each, self.changes) for each in self._fixable)
        has = Counter(map(_place, self._after[self._spec].findings))
        return all(has[where] <= had[where] - count for where, count in claimed.items())

    @cached_property
    def errors_in_items(self) -> list[Diagnostic]:
        """New errors in the items that were written."""
        return [each for spec in self._after for each in self._new_errors(spec) if self._is_in_item(each)]

    def errors_elsewhere(self) -> Iterator[Diagnostic]:
        """New errors outside of them, but for those of what could not be checked before: they only come to light."""
        for spec in self._after:
            for each in self._new_errors(spec):
                if not self._is_in_item(each) and not self._comes_to_light(each, self._before[spec]):
                    yield each

    def completed(self, attempts: Sequence[Attempt]) -> list[Attempt] | None:
        """The attempts with the fixes of the errors in their items; None if one of these has no safe one."""
        errors = self.errors_in_items
        if not errors or any(each.fix is None or not each.fix.safe for each in errors):
            return None
        results = list(attempts)
        for error in errors:
            at = next((at for at, each in enumerate(results) if self._shares_item(each.fix, error)), None)
            fix = at is not None and error.fix and self.changes.followed_by(results[at].fix, error.fix)
            if at is None or not fix:
                return None
            results[at] = results[at]._replace(fix=fix)
        return results

    def leads_back(self, data: Mapping[str, bytes]) -> bool:
        """Whether a fix of what is new would write the text again that was there before."""
        for error in self._after[self._spec].findings:
            if error.fix is not None and self._is_in_item(error):
                again = Changes([error.fix])
                if again.files == self.changes.files and again.apply(self.data) == {
                    file: data[file] for file in again.files
                }:
                    return True
        return False

    def _shares_item(self, fix: Fix, error: Diagnostic) -> bool:
        alone = {
            (place(edit.span.source.name), self.changes.offset_after(place(edit.span.source.name), edit.span.start))
            for edit in fix.edits
        }
        where = _place(error)
        return any(
            where.start in item and any(file == where.file and start in item for file, start in alone)
            for item in self._items.get(where.file, ())
        )

    def _new_errors(self, spec: str) -> list[Diagnostic]:
        known = Counter(_place_after(each, self.changes) for each in _errors(self._before[spec].findings))
        new = []
        for each in _errors(self._after[spec].findings):
            where = _place(each)
            if known[where]:
                known[where] -= 1
            else:
                new.append(each)
        return new

    def _is_in_item(self, found: Diagnostic) -> bool:
        where = _place(found)
        return any(where.start in item for item in self._items.get(where.file, ()))

    @cached_property
    def _items(self) -> dict[str, list[range]]:
        return {file: written_items(data, self.changes.written_ranges(file)) for file, data in self.data.items()}

    def _comes_to_light(self, error: Diagnostic, before: Examined) -> bool:
        """Whether an error was hidden: by one of the file's form, or because its layer could not be checked."""
        if all(map(hides_others, self._fixable)):
            return True
        return error.layer not in before.checked_layers if error.layer else not before.is_known


def is_kept(trial: Trial) -> bool:
    """Whether changes fix what they should, and bring no error."""
    return trial.is_gone() and not trial.errors_in_items and next(trial.errors_elsewhere(), None) is None


def hides_others(found: Diagnostic) -> bool:
    """Whether an error stops further checks, so that there may be more findings without it."""
    return found.severity is Severity.ERROR and found.rule not in RULE_NAMES


def _errors(found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    return (each for each in found if each.severity is Severity.ERROR)


def _place(found: Diagnostic) -> _Place:
    return _Place(found.rule, place(found.file), found.span.start if found.span else -1)


def _place_after(found: Diagnostic, changes: Changes) -> _Place:
    where = _place(found)
    return where._replace(start=changes.offset_after(where.file, where.start))
