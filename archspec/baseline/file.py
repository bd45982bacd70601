"""The baseline's file: sorted JSON without line numbers, so that it changes only with its findings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from archspec.baseline.keys import FindingKey
from archspec.files.output_file import is_ordinary, output_file
from archspec.syntax.guarded_file import UnreadableFileError, read_guarded_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MARK = "archspec-baseline"
"""The key by which a baseline is recognised; its value is the version."""
VERSION = 1
_MOST_BYTES = 4 * 2**20
"""About 40,000 findings."""


class BaselineError(Exception):
    """A baseline cannot be read or written; the message has its path and the reason."""


def read(path: Path) -> dict[FindingKey, int]:
    """The count of each finding in a baseline.

    Raises:
        BaselineError: the file does not exist, or it is not a baseline of a known version.

    """
    try:
        data = _read_json(path)
    except UnreadableFileError as error:
        if isinstance(error.__cause__, FileNotFoundError) and not path.is_symlink():
            raise BaselineError(f"the baseline {path} does not exist: `--write-baseline {path}` creates it") from None
        raise BaselineError(f"the baseline {path} cannot be read: {error}") from error
    except (ValueError, RecursionError) as error:
        raise BaselineError(f"{path} is not a baseline: it is not JSON: {str(error)[:80]}") from error
    if not isinstance(data, dict) or MARK not in data:
        raise BaselineError(f"{path} is not a baseline: it has no key {MARK!r} at its top")
    if data[MARK] != VERSION:
        raise BaselineError(
            f"{path} is a baseline of version {json.dumps(data[MARK])[:20]}, but this archspec reads {VERSION}: "
            "write it again with --write-baseline"
        )
    return _counts(data.get("files"), path)


def _read_json(path: Path) -> Any:
    return json.loads(read_guarded_file(str(path), _MOST_BYTES, "write a baseline for each folder"))


def _counts(files: Any, path: Path) -> dict[FindingKey, int]:
    found: dict[FindingKey, int] = {}
    for file, rules in _entries(files, "files", path):
        for rule, places in _entries(rules, file, path):
            for place, count in _entries(places, f"{file}: {rule}", path):
                if type(count) is not int or count < 1:
                    raise BaselineError(
                        f"{path} is damaged: {file}: {rule}: {place!r} has the count {json.dumps(count)[:20]}"
                    )
                found[FindingKey(file, rule, place)] = count
    return found


def _entries(data: Any, what: str, path: Path) -> list[tuple[str, Any]]:
    if not isinstance(data, dict):
        raise BaselineError(f"{path} is damaged: {what!r} is not a mapping")
    return list(data.items())


def write(path: Path, counts: Mapping[FindingKey, int]) -> None:
    """Write a baseline; of ordinary files, nothing but a baseline is overwritten.

    Raises:
        BaselineError: it can't be written, or the file there is something else.

    """
    if path.exists() and is_ordinary(str(path)):
        _check_baseline(path)
    files: dict[str, dict[str, dict[str, int]]] = {}
    for key, count in sorted(counts.items()):
        files.setdefault(key.file, {}).setdefault(key.rule, {})[key.path] = count
    text = json.dumps({MARK: VERSION, "files": files}, indent=2, ensure_ascii=False) + "\n"
    try:
        with output_file(path) as file:
            file.write(text.encode(errors="backslashreplace"))
    except OSError as error:
        cause = error.__cause__ if isinstance(error.__cause__, OSError) else error
        raise BaselineError(f"the baseline {path} cannot be written: {cause.strerror or cause}") from error


def _check_baseline(path: Path) -> None:
    try:
        data = _read_json(path)
    except (UnreadableFileError, ValueError, RecursionError):
        data = None
    if not isinstance(data, dict) or MARK not in data:
        raise BaselineError(f"{path} exists and is not a baseline: choose another file, or delete it")
