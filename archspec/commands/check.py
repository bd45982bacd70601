"""``archspec check``: every spec examined, every finding told."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from archspec.commands import Status
from archspec.commands.outputs import Output, refusals, tell, usual_outputs, write_outputs
from archspec.diagnostics import Diagnostic, Severity
from archspec.discovery import spec_files
from archspec.examination import examine_family
from archspec.graph.build import MAX_NODES
from archspec.report import FindingsView
from archspec.spec.selection import Choice, ChoiceError

if TYPE_CHECKING:
    from collections.abc import Sequence


class CheckOptions(NamedTuple):
    """What ``archspec check`` is asked for beside its paths."""

    outputs: tuple[Output, ...] = ()
    show_info: bool = False
    choice: Choice = Choice()
    max_nodes: int = MAX_NODES


USUAL = CheckOptions()


def check(paths: Sequence[str], options: CheckOptions = USUAL) -> Status:
    """Check files and folders (``-`` is standard input), all variants of each, and print what is found."""
    outputs = options.outputs or usual_outputs()
    if refused := refusals(outputs):
        tell(refused)
        return Status.UNUSABLE
    found: list[Diagnostic] = []
    files = 0
    for path in spec_files(paths, found.append):
        files += 1
        found.extend(_examined(path, options))
    found.sort(key=lambda each: each.sort_key)
    colour = bool(found) and wants_colour()
    view = FindingsView(files=files, show_info=options.show_info, colour=colour)
    failed = write_outputs(found, outputs, view)
    tell(failed)
    return Status.UNUSABLE if failed else status(found)


def wants_colour() -> bool:
    """Whether standard output is a terminal that takes colour (https://no-color.org)."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def status(found: Sequence[Diagnostic]) -> Status:
    """The exit status that findings call for."""
    if any(each.unusable for each in found):
        return Status.UNUSABLE
    return Status.FINDINGS if any(each.severity is Severity.ERROR for each in found) else Status.OK


def _examined(path: str, options: CheckOptions) -> list[Diagnostic]:
    """Findings of one file; a fault of archspec itself becomes one too, so that the other files are still checked."""
    try:
        return examine_family(path, options.choice, options.max_nodes)[0].diagnostics
    except ChoiceError as error:
        return [Diagnostic(rule="unknown-choice", message=str(error), path=path, unusable=True)]
    except Exception as error:
        if "ARCHSPEC_DEBUG" in os.environ:
            raise
        return [_internal_error(path, error)]


def _internal_error(path: str, error: Exception) -> Diagnostic:
    return Diagnostic(
        rule="internal-error",
        message=f"archspec itself failed: {type(error).__name__}: {error}",
        path=path,
        help=("please report this with the file; with ARCHSPEC_DEBUG=1 it shows where it happened",),
        unusable=True,
    )
