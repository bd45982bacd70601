"""``archspec check --watch``: the latest result, again whenever a file changes."""

# ruff: noqa: PTH100, PTH112, PTH116, PTH118, PTH120, PTH208 - places are compared as text here, as notices have them

from __future__ import annotations

import gc
import os
import sys
import time
from typing import TYPE_CHECKING, Any

from archspec.commands import Status
from archspec.commands.checking.check_files import check_files
from archspec.interruption import ending_well
from archspec.syntax.copies import noting
from archspec.text.summary import number_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from archspec.commands.checking.options import CheckOptions

    Changes = Callable[..., Iterator[Any]]
    State = tuple[int, int, int]
    States = dict[str, State | None]

_CLEAR = "\x1b[2J\x1b[3J\x1b[H"
_CONFIGURATION = ("pyproject.toml", "archspec.toml", ".gitignore")
_SUFFIXES = (".yaml", ".yml")
_GLANCE = 1_000
"""Milliseconds between polls: watchfiles does not report changes made while files are checked."""
_PATIENCE, _STEP = 0.5, 0.02
"""Seconds that a file may be missing while an editor replaces it, and between polls for it."""


def watch(paths: Sequence[str], options: CheckOptions) -> Status:
    """Check, and again whenever a spec, a file it uses or its configuration changes. Ctrl-C ends it with status 0."""
    with ending_well():
        try:
            from watchfiles import watch as changes  # noqa: PLC0415 - an extra
        except ImportError:
            sys.stderr.write('error: --watch needs watchfiles: pip install "archspec-nn[watch]"\n')
            return Status.UNUSABLE
        gc.enable()  # a command runs once and is done; this one stays
        while True:
            _settle(_look(paths, options, changes))


def _look(paths: Sequence[str], options: CheckOptions, changes: Changes) -> list[str]:
    """Check once and wait until a file changes; returns the files that were checked."""
    read: set[str] = set()
    if sys.stdout.isatty():
        sys.stdout.write(_CLEAR)
    before = time.time_ns()
    with noting(read):
        check_files(paths, options._replace(jobs=1))  # what looks for changes runs threads
    states = _states(paths, read)
    is_stale = any(state is not None and before < state[0] <= time.time_ns() for state in states.values())
    at = time.strftime("%H:%M:%S")
    sys.stdout.write(f"checked at {at}, watching {number_of(len(read), 'file')}; Ctrl-C to stop\n")
    sys.stdout.flush()
    if not is_stale:
        _wait(paths, read, states, changes)
    return [file for file, state in states.items() if state is not None]


def _wait(paths: Sequence[str], read: set[str], states: States, changes: Changes) -> None:
    """Wait until a file differs from its state in ``states``, or a spec or configuration of a folder changes."""
    folders = {os.path.realpath(path) for path in paths if os.path.isdir(path)}
    watched = folders | {folder for file in states if os.path.isdir(folder := os.path.dirname(file))}

    def concerns(_: object, path: str) -> bool:
        return path in states or path.endswith(_CONFIGURATION) or (bool(folders) and path.endswith(_SUFFIXES))

    notices = changes(
        *sorted(watched), watch_filter=concerns, recursive=bool(folders), rust_timeout=_GLANCE, yield_on_timeout=True
    )
    for notice in notices if watched else _glances():
        if notice or _states(paths, read) != states:
            return


def _states(paths: Sequence[str], read: set[str]) -> States:
    """The states of the files that were read or named, and of all YAML files beside them: a new one may be a spec."""
    folders = {os.path.realpath(path) for path in paths if os.path.isdir(path)}
    beside = {file for folder in folders | set(map(os.path.dirname, read)) for file in _yaml_files(folder)}
    named = {os.path.abspath(path) for path in paths if not os.path.isdir(path)}
    return {file: _state(file) for file in sorted(read | named | (beside if folders else set()))}


def _yaml_files(folder: str) -> list[str]:
    """The YAML files of a folder; none when it is gone."""
    try:
        return [os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(_SUFFIXES)]
    except OSError:
        return []


def _glances() -> Iterator[set[Any]]:
    """Polling, for when there is no folder to watch."""
    while True:
        time.sleep(_GLANCE / 1_000)
        yield set()


def _state(file: str) -> State | None:
    """The state of a file, which differs after each change; None if the file does not exist."""
    try:
        found = os.stat(file)
    except (OSError, ValueError):
        return None
    return max(found.st_mtime_ns, found.st_ctime_ns), found.st_size, found.st_ino


def _settle(files: Sequence[str]) -> None:
    """Wait while an editor replaces a file."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and not all(map(os.path.exists, files)):
        time.sleep(_STEP)
