"""Files and folders checked: each spec examined, all findings reported."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING

from archspec.commands import Status, refuse
from archspec.commands.checking.examine_file import examine_file, examine_networks
from archspec.commands.checking.options import DEFAULTS
from archspec.commands.checking.outputs import refusals
from archspec.commands.checking.processes import Examiner, Files, ProcessError, examine_files
from archspec.commands.checking.report_findings import CheckedSpecs, report_findings
from archspec.config.configurations import Configurations
from archspec.files.discovery import spec_files
from archspec.syntax.copies import naming_stdin, noting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from archspec.commands.checking.examine_file import ExaminedFile
    from archspec.commands.checking.options import CheckOptions
    from archspec.diagnostics import Diagnostic


def check_files(paths: Sequence[str], options: CheckOptions = DEFAULTS) -> Status:
    """Check files and folders (``-`` is standard input), all variants of each, and print the findings."""
    with naming_stdin(options.stdin_name):
        return _check_files(paths, options)


def _check_files(paths: Sequence[str], options: CheckOptions) -> Status:
    if refused := refusals(options.outputs, paths):
        return refuse(*refused)
    found: list[Diagnostic] = []
    configurations = Configurations(found.append, options.configuration)
    examine = partial(examine_file, options=options, configurations=configurations)
    files = spec_files(paths, found.append, configurations.passed_over)
    if options.fixes is not None:
        from archspec.commands.checking.fix_files import fix_files  # noqa: PLC0415 - most runs change nothing

        return fix_files(
            list(files), partial(examine_networks, options=options, configurations=configurations), found, options
        )
    specs: list[str] = []
    read: set[str] = set()

    def noted() -> Iterator[str]:
        for path in files:
            specs.append(path)
            yield path

    def examine_and_note(path: str) -> ExaminedFile:
        with noting(read) if options.baseline else nullcontext():
            return examine(path)

    def configure() -> None:
        """Read all configurations, so that a faulty one is reported once."""
        for path in specs:
            configurations.of_file(path)

    with _progress(options) as shown:
        examiner = Examiner(examine_and_note, read, configure)
        try:
            examined = examine_files(Files(shown(noted()), specs), examiner, 1 if "-" in paths else options.jobs)
        except ProcessError as error:
            return refuse(error)
    found += [finding for each in examined for finding in each.findings]
    unknown = [each for each in examined if each.unknown]
    return report_findings(found, CheckedSpecs(specs, read, unknown=unknown), options)


def _progress(options: CheckOptions) -> AbstractContextManager[Callable[[Iterable[str]], Iterator[str]]]:
    """A function that goes through files, all found first, and on a terminal shows how far it is."""
    if options.quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return nullcontext(_one_by_one)
    from archspec.commands.checking.progress import progress  # noqa: PLC0415 - for terminals alone

    return progress()


def _one_by_one(files: Iterable[str]) -> Iterator[str]:
    return iter([*files])
