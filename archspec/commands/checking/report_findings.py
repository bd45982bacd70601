"""What check and fix share: comparison with a baseline, output of findings, and the exit status."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from archspec.commands import Status, exit_status, refuse
from archspec.commands.checking.outputs import usual_outputs, write_outputs
from archspec.commands.terminal import has_colour, terminal_width
from archspec.diagnostics import Diagnostic, Severity
from archspec.syntax.copies import shown_name
from archspec.text.printable import printable
from archspec.text.summary import number_of
from archspec.text.views import FindingsView

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from archspec.commands.checking.examine_file import ExaminedFile
    from archspec.commands.checking.options import CheckOptions

_NAMED = 3
"""Networks that a summary names."""


class CheckedSpecs(NamedTuple):
    """What was checked: specs as they are named, and with a baseline the places of all files that were read.

    ``fixed`` is how many findings are gone, ``unknown`` are the files with networks that are not fully known.
    """

    specs: Sequence[str]
    read: Collection[str] = ()
    fixed: int = 0
    unknown: Sequence[ExaminedFile] = ()


def report_findings(found: list[Diagnostic], checked: CheckedSpecs, options: CheckOptions) -> Status:
    """Write findings to their outputs; returns the exit status."""
    remark = ""
    if options.baseline is not None:
        from archspec.commands.checking.baseline import new_findings, write_baseline  # noqa: PLC0415 - few runs have one

        if options.baseline.is_written:
            return write_baseline(found, options.baseline, show_info=options.show_info)
        new = new_findings(found, options.baseline, checked.read)
        if isinstance(new, Status):
            return new
        found, remark = new
    if len(checked.specs) > 1:
        found = deduplicate(found)
    found.sort(key=lambda each: each.sort_key)
    remarks = (remark, _unknown_in_words(checked.unknown, found))
    view = _view(found, checked, options)._replace(remark="; ".join(filter(None, remarks)))
    failures = write_outputs(found, options.outputs or usual_outputs(), view)
    return refuse(*failures) if failures else exit_status(found)


def _unknown_in_words(unknown: Iterable[ExaminedFile], found: Collection[Diagnostic]) -> str:
    """Which networks are not fully known although no error is reported, as it is suppressed, or in a baseline."""
    reported = {(each.rule, each.span, each.message) for each in found if each.severity is Severity.ERROR}
    names = [
        name
        for each in unknown
        if not any((error.rule, error.span, error.message) in reported for error in each.errors)
        for name in each.unknown
    ]
    if not names:
        return ""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    verb = "is" if len(names) == 1 else "are"
    return f"{number_of(len(names), 'network')} {verb} not fully known: {printable(', '.join(names[:_NAMED]))}{more}"


def _view(found: Sequence[Diagnostic], checked: CheckedSpecs, options: CheckOptions) -> FindingsView:
    names = tuple(map(shown_name, checked.specs))
    return FindingsView(
        len(names),
        show_info=options.show_info or has_failing_info(found),
        colour=bool(found) and has_colour(),
        names=names,
        fixed=checked.fixed,
        quiet=options.quiet,
        hints=sys.stdout.isatty(),
        width=terminal_width() if found else None,
    )


def deduplicate(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Findings without repetitions that come from a file that several specs use."""
    kept: dict[object, Diagnostic] = {}
    for each in found:
        place = each.span and (each.span.start, each.span.end)
        kept.setdefault((each.rule, each.file, place, each.message), each)
    return list(kept.values())


def has_failing_info(found: Iterable[Diagnostic]) -> bool:
    """Whether the check fails because of an info (``fail-on``); then infos are listed."""
    return any(each.severity is Severity.INFO and each.is_failing for each in found)
