"""The zoo: published networks that come with archspec, named ``zoo:resnet50`` wherever a spec is expected."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

from archspec.diagnostics import Diagnostic, Sink
from archspec.syntax import nearest, parse, read
from archspec.syntax.nodes import Mapping

PREFIX = "zoo:"
_PLACES = tuple(folder / "specs" / "zoo" for folder in Path(__file__).parents[1:3])
"""Where the specs are after an install, and in a checkout."""


class ZooEntry(NamedTuple):
    """One network of the zoo: its file, and its variant there (None when the file is one network)."""

    name: str
    file: Path
    variant: str | None


def folder() -> Path:
    """The folder of the zoo's specs."""
    return next((place for place in _PLACES if place.is_dir()), _PLACES[0])


@cache
def entries() -> dict[str, ZooEntry]:
    """Every network of the zoo by name, in the order of the files."""
    return {entry.name: entry for file in _files() for entry in _entries_in(file)}


def families() -> list[str]:
    """The names of the files, each of which may have several networks."""
    return [file.stem for file in _files()]


def _files() -> list[Path]:
    return sorted(folder().glob("*.yaml"))


def _entries_in(file: Path) -> list[ZooEntry]:
    variants = _variants(file)
    return [ZooEntry(name, file, name if variants else None) for name in variants or (file.stem,)]


def _variants(file: Path) -> tuple[str, ...]:
    source = read(str(file), _ignore)
    tree = parse(source, _ignore) if source else None
    variants = tree.get("variants") if isinstance(tree, Mapping) else None
    return tuple(entry.name for entry in variants.entries) if isinstance(variants, Mapping) else ()


def find(path: str, sink: Sink) -> ZooEntry | None:
    """The entry of ``zoo:NAME``: a variant, or a file with all its variants. None, with a finding, if unknown."""
    name = path.removeprefix(PREFIX)
    likely = [file for file in _files() if name == file.stem or name.encode(errors="replace") in file.read_bytes()]
    likely.sort(key=lambda file: not name.startswith(file.stem))  # resnet.yaml first for resnet50, and seldom others
    for file in likely:
        for entry in _entries_in(file):
            if entry.name == name:
                return entry
    for file in likely:
        if file.stem == name:
            return ZooEntry(name, file, None)
    near = nearest(name, entries())
    sink(Diagnostic(
        rule="unreadable-file",
        message=f"the zoo has no `{name:.60}`" + (f"; did you mean `{near}`?" if near else ""),
        path=path,
        help=("`archspec zoo` lists all networks",),
        unusable=True,
    ))  # fmt: skip
    return None


def similar(name: str) -> str | None:
    """The network of the zoo that a name means; None for a name that is not like any."""
    return nearest(name, [*entries(), *families()])


def _ignore(_: Diagnostic) -> None:
    """A faulty file of the zoo is reported when it is used."""
