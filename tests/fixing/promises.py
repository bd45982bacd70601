"""What a fix promises, checked without the code that tries fixes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from archspec.diagnostics import Severity
from archspec.examination import examine_family
from archspec.examination.examined import Examined
from archspec.fixing.changes import Changes
from archspec.fixing.tried import with_tried_fixes
from archspec.syntax.copies import Copies, place, reading_from

if TYPE_CHECKING:
    from archspec.diagnostics import Diagnostic, Fix


def examine(path: str) -> Examined:
    """A file examined."""
    networks = examine_family(path)
    return Examined(networks[0].diagnostics, networks)


def offered(path: str) -> list[Diagnostic]:
    """The findings of a file, with the fixes that check offers."""
    copies = Copies()
    with reading_from(copies):
        examined = examine(path)
    return with_tried_fixes(path, examined, examine, copies)


def broken_promises(data: bytes) -> list[str]:
    """What does not hold of the fixes that are offered for a text, each applied alone."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "net.yaml")
        path.write_bytes(data)
        found = offered(str(path))
        broken = []
        for each in found:
            for fix in each.fixes:
                path.write_bytes(Changes([fix]).apply({place(str(path)): data})[place(str(path))])
                broken += [f"{fix.title}: {what}" for what in _broken(each, fix, found, offered(str(path)))]
        return broken


def _broken(fixed: Diagnostic, fix: Fix, before: list[Diagnostic], after: list[Diagnostic]) -> list[str]:
    changes = Changes([fix])

    def key(each: Diagnostic, *, moved: bool) -> tuple[str, int]:
        start = each.span.start if each.span else -1
        return each.rule, changes.offset_after(place(each.file), start) if moved else start

    had, has = Counter(key(each, moved=True) for each in before), Counter(key(each, moved=False) for each in after)
    where = key(fixed, moved=True)
    broken = ["the finding is still there"] if has[where] >= had[where] else []
    lines = _lines(fix, after)
    new = Counter(key(each, moved=False) for each in after if each.severity is Severity.ERROR) - had
    errors = [each for each in after if key(each, moved=False) in new and each.span and each.span.line in lines]
    return broken + [f"new error in its lines: {each.message}" for each in errors]


def _lines(fix: Fix, after: list[Diagnostic]) -> set[int]:
    """The lines that a fix wrote: in these specs every item has one of its own."""
    source = next((each.span.source for each in after if each.span), None)
    if source is None:
        return set()
    changes = Changes([fix])
    return {
        line
        for written in changes.written_ranges(place(source.name))
        for line in range(
            source.position(written.start)[0], source.position(max(written.start, written.stop - 1))[0] + 1
        )
    }
