"""Fingerprints: identities of findings that do not change when lines above them are added or removed."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from archspec.baseline.keys import FindingKeys
from archspec.report.places import path_shown
from archspec.text.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archspec.diagnostics import Diagnostic


class Identity(NamedTuple):
    """A finding without its place and its figures; ``number`` counts identical ones, from 1."""

    rule: str
    path: str
    part: str
    number: int

    @property
    def fingerprint(self) -> str:
        """32 hexadecimal digits."""
        text = "\0".join((self.rule, self.path, self.part, str(self.number)))
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def identities(diagnostics: Iterable[Diagnostic]) -> Iterator[Identity]:
    """Of each finding: its rule, its file, and the layer or the keys of the file that it is about, as in a baseline."""
    keys = FindingKeys(Path())
    seen: Counter[tuple[str, str, str]] = Counter()
    for each in diagnostics:
        key = (each.rule, printable(path_shown(each.file)) if each.file else "", printable(keys.path(each)))
        seen[key] += 1
        yield Identity(*key, number=seen[key])
