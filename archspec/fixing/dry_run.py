"""Specs examined from copies of their files, to see the effect of a change before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from archspec.fixing.changes import Changes
from archspec.fixing.judgement import Trial, is_kept
from archspec.syntax.copies import Copies, reading_from

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from archspec.diagnostics import Diagnostic, Fix
    from archspec.examination.examined import Examined

    Examine = Callable[[str], Examined]

_START = 1_000
"""The work of examining an empty spec, in characters."""
_COMPLETED = 4
"""How often a fix is completed by those of the errors that it brings to light in its item."""


class Attempt(NamedTuple):
    """A finding, and the fix to try for it."""

    found: Diagnostic
    fix: Fix


class _Checked(NamedTuple):
    """A spec as it was examined, and the files that it was read from."""

    examined: Examined
    read: frozenset[str]


class _Made(NamedTuple):
    """Changes that were made, and the specs that they touch as these were checked afterwards."""

    trial: Trial
    checked: dict[str, _Checked]


class DryRun:
    """The specs of one command, and ``copies`` of the files they are read from.

    It is the one place where a fix is made and judged. Files are only written when all is done (:mod:`.writing`).
    """

    def __init__(self, specs: Iterable[str], examine: Examine, copies: Copies | None = None) -> None:
        self._examine = examine
        self.copies = copies or Copies()
        self._kept: set[int] = set()
        self._checked = {spec: self._check(spec) for spec in specs}

    def add(self, spec: str, examined: Examined) -> None:
        """A spec that was examined from the copies before."""
        self._checked[spec] = _Checked(examined, frozenset(self.copies.paths))

    def examined(self, spec: str) -> Examined:
        """A spec as it is at present, with the changes that were kept."""
        return self._checked[spec].examined

    def cost(self, spec: str) -> int:
        """The work of examining a spec once: its characters and its layers."""
        checked = self._checked[spec]
        return _START + sum(len(self.copies.data.get(file, b"")) for file in checked.read) + checked.examined.layers

    def try_out(self, spec: str, attempts: Sequence[Attempt], *, keeps: bool = False) -> list[Attempt] | None:
        """Make the fixes on the copies, and judge them together; those that hold, else None.

        A fix whose item has a new error that has a safe fix itself is completed by it. The changes are undone unless it
        ``keeps`` them. A state of the files that was kept before is not kept again: such fixes undo each other.
        """
        completed: Sequence[Attempt] | None = attempts
        for _ in range(_COMPLETED):
            if completed is None:
                return None
            made = self._make(spec, completed)
            if is_kept(made.trial) and not (keeps and self._leads_back(made.trial)):
                if keeps:
                    self._keep(made)
                return list(completed)
            completed = made.trial.completed(completed)
        return None

    def _make(self, spec: str, attempts: Sequence[Attempt]) -> _Made:
        """The state after some fixes; the copies are as they were."""
        changes = Changes(each.fix for each in attempts)
        before = {file: self.copies.data[file] for file in changes.files}
        after = changes.apply(before)
        touched = [each for each, (_, read) in self._checked.items() if each == spec or read & changes.files]
        self.copies.data |= after
        checked = {each: self._check(each) for each in touched}
        self.copies.data |= before
        was = {each: self._checked[each].examined for each in touched}
        now = {each: result.examined for each, result in checked.items()}
        return _Made(Trial(spec, changes, [each.found for each in attempts], after, was, now), checked)

    def _leads_back(self, trial: Trial) -> bool:
        return self._state(trial.data) in self._kept or trial.leads_back(self.copies.data)

    def _keep(self, made: _Made) -> None:
        self._kept.add(self._state({}))
        self.copies.data |= made.trial.data
        self._checked |= made.checked

    def _state(self, changed: Mapping[str, bytes]) -> int:
        return hash(frozenset({**self.copies.data, **changed}.items()))

    def _check(self, spec: str) -> _Checked:
        self.copies.paths = set()
        with reading_from(self.copies):
            return _Checked(self._examine(spec), frozenset(self.copies.paths))
