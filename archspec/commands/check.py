"""``archspec check``: every spec examined, every finding told."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from archspec.commands import Status, refuse
from archspec.commands.outputs import Output, refusals, usual_outputs, write_outputs
from archspec.config.configurations import Configurations, Options
from archspec.diagnostics import Diagnostic, Severity
from archspec.examination import examine_family
from archspec.files.discovery import spec_files
from archspec.graph.build import MAX_NODES
from archspec.spec.selection import Choice, ChoiceError
from archspec.syntax.copies import STDIN, noting
from archspec.text.views import FindingsView

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from archspec.baseline.asked import Baseline


class Fixing(NamedTuple):
    """Fixes to make: only the safe ones, or ``unsafe`` ones too; ``is_diff`` shows what would change instead."""

    unsafe: bool = False
    is_diff: bool = False


class Checked(NamedTuple):
    """What was looked at: specs as they are named, and with a baseline the places of all files that were read.

    ``fixed`` tells how many findings are gone.
    """

    specs: Sequence[str]
    read: Collection[str] = ()
    fixed: int = 0


class CheckOptions(NamedTuple):
    """What ``archspec check`` is asked for beside its paths."""

    outputs: tuple[Output, ...] = ()
    show_info: bool = False
    choice: Choice = Choice()
    max_nodes: int = MAX_NODES
    fixing: Fixing | None = None
    configuration: Options = Options()
    quiet: bool = False
    baseline: Baseline | None = None


USUAL = CheckOptions()


def check(paths: Sequence[str], options: CheckOptions = USUAL) -> Status:
    """Check files and folders (``-`` is standard input), all variants of each, and print what is found."""
    if refused := refusals(options.outputs, paths):
        return refuse(*refused)
    found: list[Diagnostic] = []
    configurations = Configurations(found.append, options.configuration)
    examine = partial(examined, options=options, configurations=configurations)
    files = spec_files(paths, found.append, configurations.passed_over)
    if options.fixing is not None:
        from archspec.commands.fix import fix  # noqa: PLC0415 - most runs change nothing

        return fix(list(files), examine, found, options)
    specs: list[str] = []
    read: set[str] = set()
    with _watched(options) as watched:
        for path in watched(files):
            specs.append(path)
            with noting(read) if options.baseline else nullcontext():
                found.extend(examine(path))
    return tell_found(found, Checked(specs, read), options)


def _watched(options: CheckOptions) -> AbstractContextManager[Callable[[Iterable[str]], Iterator[str]]]:
    """What goes through files, and on a terminal tells how far it is."""
    if options.quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return nullcontext(iter)
    from archspec.commands.progress import progress  # noqa: PLC0415 - for terminals alone

    return progress()


def tell_found(found: list[Diagnostic], checked: Checked, options: CheckOptions) -> Status:
    """Write what was found where it is to go; the exit status that calls for."""
    remark = ""
    if options.baseline is not None:
        from archspec.commands.baseline import told, written  # noqa: PLC0415 - most runs have no baseline

        if options.baseline.is_written:
            return written(found, options.baseline, show_info=options.show_info)
        new = told(found, options.baseline, checked.read)
        if isinstance(new, Status):
            return new
        found, remark = new
    if len(checked.specs) > 1:
        found = once_in_each_file(found)
    found.sort(key=lambda each: each.sort_key)
    colour = bool(found) and wants_colour()
    names = tuple(STDIN if spec == "-" else spec for spec in checked.specs)
    shows_info = options.show_info or has_failing_info(found)
    view = FindingsView(len(names), shows_info, colour, names, checked.fixed, options.quiet, remark)
    view = view._replace(hints=sys.stdout.isatty())
    failed = write_outputs(found, options.outputs or usual_outputs(), view)
    return refuse(*failed) if failed else status(found)


def once_in_each_file(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The first of what several specs find alike in a file that all of them use."""
    kept: dict[object, Diagnostic] = {}
    for each in found:
        place = each.span and (each.span.start, each.span.end)
        kept.setdefault((each.rule, each.file, place, each.message), each)
    return list(kept.values())


def has_failing_info(found: Sequence[Diagnostic]) -> bool:
    """Whether an info is why a check fails, as can be configured; then infos are told without being asked for."""
    return any(each.severity is Severity.INFO and each.is_failing for each in found)


def wants_colour() -> bool:
    """Whether standard output is a terminal that takes colour (https://no-color.org)."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def status(found: Sequence[Diagnostic]) -> Status:
    """The exit status that findings call for."""
    if any(each.unusable for each in found):
        return Status.UNUSABLE
    return Status.FINDINGS if any(each.is_failing for each in found) else Status.OK


def examined(path: str, options: CheckOptions, configurations: Configurations) -> list[Diagnostic]:
    """Findings of one file; a fault of archspec itself becomes one too, so that the other files are still checked.

    Nothing is known of a file whose configuration is faulty, which is told once and for all of its files. Fixes have to
    suit all variants, whichever a configuration chooses.
    """
    configuration = configurations.of_file(path)
    if configuration is None:
        return []
    rules, variants = configuration.rules_of(path), () if options.fixing else configuration.variants
    try:
        seen = examine_family(path, options.choice, options.max_nodes, rules, variants)
        return configuration.weighed(configuration.heard(seen[0].diagnostics))
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
