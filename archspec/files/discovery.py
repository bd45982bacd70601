"""The files that ``archspec check`` reads: files on the command line, and specs in folders."""

# ruff: noqa: PTH112, PTH113, PTH118 -- importing pathlib takes longer than reading a spec

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from archspec.diagnostics import Diagnostic
from archspec.syntax.guarded_file import open_at_once

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from archspec.diagnostics import Sink
    from archspec.files.gitignore import PassedOver

EXCLUDE = ("__pycache__/", "node_modules/")
"""Folders of other people's files. Hidden ones are always passed over."""
_SUFFIXES = (".yaml", ".yml")
_SPEC_SUFFIXES = (".arch.yaml", ".arch.yml")
_MOST = 32 * 2**20  # bytes in which the keys of a spec are looked for: more than a spec may have


def spec_files(
    paths: Iterable[str], sink: Sink, passed_over: Callable[[str], PassedOver] | None = None
) -> Iterator[str]:
    """Every file to check, once, folders in the order of their names.

    In a folder a spec is ``*.arch.yaml``, or a YAML file with ``layers`` and ``input`` at its top level (``input`` may
    be left to ``variants``). What ``passed_over`` excludes and .gitignore files leave out is passed over, and so are
    hidden folders and links to folders. A file or a folder that is named is never passed over. A folder that holds no
    spec, or that can't be read, is reported to ``sink``.
    """
    seen: set[str] = set()
    for path in paths:
        if path not in ("-", "") and os.path.isdir(path):
            files: Iterable[str] = _reported_if_empty(path, sink, passed_over or usually_passed_over)
        else:
            files = (path,)
        for file in files:
            if (real := file if file == "-" else os.path.realpath(file)) not in seen:
                seen.add(real)
                yield file


def usually_passed_over(_: str) -> PassedOver:
    """The default exclusions."""
    from archspec.files.gitignore import Level, PassedOver  # noqa: PLC0415 - a file that is named needs no patterns
    from archspec.files.patterns import parse_patterns  # noqa: PLC0415 - as above

    return PassedOver((Level(parse_patterns(EXCLUDE)),))


def _reported_if_empty(folder: str, sink: Sink, passed_over: Callable[[str], PassedOver]) -> Iterator[str]:
    count = 0
    found: list[Diagnostic] = []
    left_out: list[str] = []
    for file in _in_folder(folder, found.append, passed_over, left_out.append):
        count += 1
        yield file
    for each in found or ([] if count else [_empty(folder, left_out)]):
        sink(each)


def _in_folder(
    top: str, sink: Sink, passed_over: Callable[[str], PassedOver], leave_out: Callable[[str], None]
) -> Iterator[str]:
    """Specs below a folder: those in a folder come before those in the folders in it."""
    from archspec.files.gitignore import FILE, is_left_out, level_of, levels_above  # noqa: PLC0415 - as above

    ahead = [(top, levels_above(top, sink))]
    while ahead:
        folder, ignoring = ahead.pop()
        try:
            with os.scandir(folder) as listed:
                entries = sorted(listed, key=lambda entry: entry.name)
        except OSError as error:
            sink(_unreadable(folder, error))
            continue
        if any(entry.name == FILE for entry in entries):
            ignoring = (*ignoring, level_of(folder, sink))
        excluded, respects_gitignore = passed_over(folder)
        folders = []
        for entry in entries:
            path = os.path.join(folder, entry.name)  # keeps the spelling the user gave, `./` included
            is_folder = entry.is_dir(follow_symlinks=False)
            if not _is_candidate(entry.name, is_folder=is_folder):
                continue
            if is_left_out(entry.name, excluded, ignoring * respects_gitignore, is_folder=is_folder):
                leave_out(path)
                continue
            if is_folder:
                folders.append((path, tuple(level.below(entry.name) for level in ignoring)))
            elif is_spec(path):
                yield path
        ahead.extend(reversed(folders))


def _is_candidate(name: str, *, is_folder: bool) -> bool:
    """Whether an entry of a folder may be a spec, by its name."""
    return not name.startswith(".") if is_folder else name.endswith(_SUFFIXES)


def is_spec(path: str) -> bool:
    """Whether a YAML file in a folder is a spec; an unreadable one counts, so that it is reported."""
    if path.endswith(_SPEC_SUFFIXES):
        return True
    try:
        if not os.path.isfile(path):
            return False
        with open(path, "rb", opener=open_at_once) as file:
            text = file.read(_MOST) or b""
    except OSError:
        return True
    return _has_key(text, b"layers") and (_has_key(text, b"input") or _has_key(text, b"variants"))


def _has_key(text: bytes, key: bytes) -> bool:
    """Whether a line begins with a key, in quotes or without."""
    import re  # noqa: PLC0415 - keeps what it compiled

    return re.search(rb"""^(?:\xef\xbb\xbf)?(["']?)%b\1[ \t]*:""" % key, text, re.MULTILINE) is not None


def _unreadable(folder: str, error: OSError) -> Diagnostic:
    return Diagnostic(
        rule="unreadable-file",
        message=f"the folder cannot be read: {error.strerror or error}",
        path=folder,
        help=("grant read permission, or skip the folder with `exclude`",),
        unusable=True,
    )


def _empty(folder: str, left_out: list[str]) -> Diagnostic:
    more = f" and {len(left_out) - 1} more" if len(left_out) > 1 else ""
    notes = (f"files excluded by .gitignore or `exclude` were skipped: {left_out[0]}{more}",) if left_out else ()
    return Diagnostic(
        rule="unreadable-file",
        message="there is no spec in this folder",
        path=folder,
        notes=notes,
        help=("a spec is a file *.arch.yaml, or a YAML file with `input` and `layers` at its top level",),
        unusable=True,
    )
