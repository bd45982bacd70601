"""``archspec check --fix`` and ``--diff``: fixes made, or only shown."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from typing import TYPE_CHECKING

from archspec.commands import Status
from archspec.commands.checking.report_findings import CheckedSpecs, report_findings
from archspec.fixing.repair import FixOutcome, FixSelection, repair

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.commands.checking.options import CheckOptions
    from archspec.diagnostics import Diagnostic
    from archspec.fixing.dry_run import Examine

_STDIN = "-"


def fix_files(
    specs: Sequence[str],
    examine: Examine,
    found: list[Diagnostic],
    options: CheckOptions,
) -> Status:
    """Fix specs, or show what that would change, and report what is left besides what was ``found`` before.

    The fixed text of standard input goes to standard output, and what is left of it to standard error.
    """
    unsafe, is_diff = options.fixes or (False, False)
    done = repair(specs, examine, FixSelection(unsafe, options.show_info))
    if is_diff:
        return _show(done, [*found, *done.left])
    checked = CheckedSpecs(specs, done.data, done.fixed)
    if _STDIN in specs:
        _print(done.data.get(_STDIN, b""))
        with redirect_stdout(sys.stderr):
            return report_findings([*found, *done.left], checked, options)
    if refused := _write(done):  # what is found is neither what fixing came to nor what it was before
        again = [each for spec in specs for each in examine(spec).findings]
        return report_findings([*found, *refused, *again], checked._replace(fixed=0), options)
    return report_findings([*found, *done.left], checked, options)


def _write(done: FixOutcome) -> list[Diagnostic]:
    from archspec.fixing.writing import write  # noqa: PLC0415 - most fixing finds nothing to fix

    return [refused for file, changed in done.changed.items() if (refused := write(file, changed)) is not None]


def _show(done: FixOutcome, left: Sequence[Diagnostic]) -> Status:
    """Print a diff: status 1 if anything would change, as ``diff`` does."""
    from archspec.fixing.diff import diff  # noqa: PLC0415 - see above
    from archspec.text.findings_text import plain_text  # noqa: PLC0415 - see above

    _print(b"".join(diff(*each) for each in sorted(done.changed.values())))
    unusable = [each for each in left if each.unusable]
    if unusable:
        sys.stderr.write(f"{plain_text(unusable)}\n")
        return Status.UNUSABLE
    return Status.FINDINGS if done.changed else Status.OK


def _print(data: bytes) -> None:
    """Write bytes to standard output unchanged."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
