"""Files and folders checked: each spec examined, all findings reported."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING

from archspec.commands import Status, refuse
from archspec.commands.checking.examine_file import examine_file
from archspec.commands.checking.options import DEFAULTS
from archspec.commands.checking.outputs import refusals
from archspec.commands.checking.report_findings import CheckedSpecs, report_findings
from archspec.config.configurations import Configurations
from archspec.files.discovery import spec_files
from archspec.syntax.copies import noting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from archspec.commands.checking.examine_file import ExaminedFile
    from archspec.commands.checking.options import CheckOptions
    from archspec.diagnostics import Diagnostic


def check_files(paths: Sequence[str], options: CheckOptions = DEFAULTS) -> Status:
    """Check files and folders (``-`` is standard input), all variants of each, and print the findings."""
    if refused := refusals(options.outputs, paths):
        return refuse(*refused)
    found: list[Diagnostic] = []
    configurations = Configurations(found.append, options.configuration)
    examine = partial(examine_file, options=options, configurations=configurations)
    files = spec_files(paths, found.append, configurations.passed_over)
    if options.fixes is not None:
        from archspec.commands.checking.fix_files import fix_files  # noqa: PLC0415 - most runs change nothing

        return fix_files(list(files), lambda path: examine(path).findings, found, options)
    specs: list[str] = []
    unknown: list[ExaminedFile] = []
    read: set[str] = set()
    with _progress(options) as shown:
        for path in shown(files):
            specs.append(path)
            with noting(read) if options.baseline else nullcontext():
                examined = examine(path)
            found.extend(examined.findings)
            if examined.unknown:
                unknown.append(examined)
    return report_findings(found, CheckedSpecs(specs, read, unknown=unknown), options)


def _progress(options: CheckOptions) -> AbstractContextManager[Callable[[Iterable[str]], Iterator[str]]]:
    """A function that iterates over files, with progress on a terminal."""
    if options.quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return nullcontext(iter)
    from archspec.commands.checking.progress import progress  # noqa: PLC0415 - for terminals alone

    return progress()
