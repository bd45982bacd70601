"""Which files ``archspec check`` looks at: those named, and the specs in folders that are named."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from archspec.diagnostics import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archspec.diagnostics import Sink

_SUFFIXES = (".yaml", ".yml")
_SKIPPED = frozenset({"node_modules", "__pycache__"})
"""Folders that hold other people's files; hidden ones are skipped too."""
_TOP_LEVEL_KEYS = (re.compile(rb"^input\s*:", re.MULTILINE), re.compile(rb"^layers\s*:", re.MULTILINE))


def spec_files(paths: Iterable[str], sink: Sink) -> Iterator[str]:
    """Every file to check, once, folders in the order of their names.

    In a folder a spec is ``*.arch.yaml``, or a YAML file with ``input`` and ``layers`` at its top level.
    A folder without any is told to ``sink``.
    """
    seen: set[str] = set()
    for path in paths:
        if path not in ("-", "") and Path(path).is_dir():
            files = list(_in_folder(path))
            if not files:
                sink(_empty(path))
        else:
            files = [path]
        for file in files:
            if (real := file if file == "-" else os.path.realpath(file)) not in seen:
                seen.add(real)
                yield file


def _in_folder(folder: str) -> Iterator[str]:
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED and not name.startswith("."))
        for name in sorted(files):
            path = os.path.join(root, name)  # noqa: PTH118 - keeps the spelling the user gave, `./` included
            if name.endswith(_SUFFIXES) and _is_spec(path):
                yield path


def _is_spec(path: str) -> bool:
    """Whether a YAML file in a folder is meant as a spec; one that can't be read is passed over."""
    if Path(path).name.removesuffix(".yml").removesuffix(".yaml").endswith(".arch"):
        return True
    try:
        text = Path(path).read_bytes() if Path(path).is_file() else b""
    except OSError:
        return False
    return all(key.search(text) for key in _TOP_LEVEL_KEYS)


def _empty(folder: str) -> Diagnostic:
    return Diagnostic(
        rule="unreadable-file",
        message="no spec in this folder",
        path=folder,
        help=("a spec is a file *.arch.yaml, or a YAML file with `input` and `layers` at its top level",),
        unusable=True,
    )
