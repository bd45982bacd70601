"""Files that a spec uses: below its folder, in no circle, each read once, and not too many."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from archspec.diagnostics import Diagnostic
from archspec.syntax import parse, read
from archspec.syntax.beneath import OutsideError, find_beneath
from archspec.syntax.guarded_file import UnreadableFileError
from archspec.syntax.limits import DEFAULT_LIMITS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Sink
    from archspec.syntax.beneath import FoundFile
    from archspec.syntax.nodes import Mapping, Node, Scalar

_MOST_FILES = 200
"""Far more than any spec uses. Together they may be as large as one spec."""


class UsedFiles:
    """The files that a spec and its used files use; faults are reported to ``sink``."""

    def __init__(self, spec: Mapping, sink: Sink) -> None:
        name = spec.span.source.name
        self._sink = sink
        self._circle: list[Path] = [] if name.startswith("<") else [Path(name).resolve()]
        self._seen = set(self._circle)
        self._size = DEFAULT_LIMITS.size

    @contextmanager
    def opening(self, file: Scalar) -> Iterator[Node | None]:
        """The tree of a used file; None when it was used before, and after a finding.

        Until the block ends, that file is the one which uses others.
        """
        found = self._find(file)
        if found is None:
            yield None
            return
        place = Path(found.place)
        try:
            tree = self._read(file, found) if self._is_wanted(file, place) else None
        finally:
            found.close()
        self._circle.append(place)
        yield tree
        self._circle.pop()

    def _find(self, file: Scalar) -> FoundFile | None:
        name = str(file.value)
        if not self._circle:
            why = "a spec without a file can't use files"
            self._refuse(file, why, "save the spec in the folder of the file it uses")
            return None
        root, own = self._circle[0].parent, self._circle[-1].parent
        shown = str(Path(file.span.source.name).parent / name)
        try:
            return find_beneath(str(root), own.relative_to(root).as_posix(), name, shown)
        except OutsideError:
            why = f"`{name:.80}` is outside of this spec's folder"
            self._refuse(file, why, "a spec can only use files in its own folder or below; copy the file there")
        except UnreadableFileError as refusal:
            self._sink(
                Diagnostic(rule="unreadable-file", message=str(refusal), span=file.span, help=refusal.help, path=shown)
            )
        return None

    def _is_wanted(self, file: Scalar, place: Path) -> bool:
        """Whether a file is to be read; it is not where that would go round, again, or on for too long."""
        if place in self._circle:
            detour = "" if place == self._circle[-1] else " through other files"
            self._refuse(file, f"`{file.value!s:.80}` uses itself{detour}", "remove this")
            return False
        if place in self._seen:
            return False
        self._seen.add(place)
        if len(self._seen) == _MOST_FILES + 2:
            self._refuse(file, f"this spec uses more than {_MOST_FILES} files", "put blocks together in fewer files")
        return len(self._seen) <= _MOST_FILES + 1

    def _read(self, file: Scalar, found: FoundFile) -> Node | None:
        shown = str(Path(file.span.source.name).parent / str(file.value))
        faults: list[Diagnostic] = []
        source = read(shown, faults.append, DEFAULT_LIMITS._replace(size=self._size), found)
        for each in faults:
            self._sink(each._replace(span=each.span or file.span, unusable=False))
        if source is None:
            return None
        self._size = max(self._size - len(source.text), 0)
        return parse(source, self._sink)

    def _refuse(self, file: Scalar, message: str, help_: str) -> None:
        self._sink(Diagnostic(rule="unusable-file", message=message, span=file.span, help=(help_,)))
