"""``archspec check`` with a baseline: writing it, comparing with it, and removing findings that are gone."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from archspec.baseline.comparison import compare, count_findings
from archspec.baseline.file import BaselineError, read, write
from archspec.baseline.keys import FindingKeys
from archspec.commands import Status, refuse
from archspec.diagnostics import Severity
from archspec.text.findings_text import plain_text
from archspec.text.printable import printable
from archspec.text.summary import number_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from archspec.baseline.options import BaselineOptions
    from archspec.diagnostics import Diagnostic


class NewFindings(NamedTuple):
    """Findings that are not in a baseline, and a remark about those that are."""

    found: list[Diagnostic]
    remark: str


def write_baseline(found: Sequence[Diagnostic], baseline: BaselineOptions, *, show_info: bool) -> Status:
    """Write a baseline of all findings that fail or are listed, and say so."""
    path = Path(baseline.path)
    wanted = [each for each in found if show_info or each.is_failing or each.severity is not Severity.INFO]
    counts = count_findings(wanted, FindingKeys(path.parent))
    try:
        write(path, counts)
    except BaselineError as error:
        return refuse(error)
    where = f"{number_of(counts.total(), 'finding')} in {number_of(len({key.file for key in counts}), 'file')}"
    sys.stdout.write(printable(f"{path} written: {where} will not be reported again") + "\n")
    unusable = [each for each in found if each.unusable]
    if unusable:
        sys.stderr.write(f"{plain_text(unusable)}\n")
    return Status.UNUSABLE if unusable else Status.OK


def new_findings(
    found: Sequence[Diagnostic], baseline: BaselineOptions, files: Collection[str]
) -> NewFindings | Status:
    """The findings that are new; ``files`` are those that were read. A status if the baseline cannot be read."""
    path = Path(baseline.path)
    keys = FindingKeys(path.parent)
    try:
        counts = read(path)
        result = compare(found, counts, keys, {keys.file(file) for file in files}, path.parent)
        if baseline.prunes and result.gone:
            write(path, {key: left for key, count in counts.items() if (left := count - result.gone[key])})
    except BaselineError as error:
        return refuse(error)
    remarks = [f"{result.known.total():,} in the baseline"] if result.known else []
    if result.gone:
        verb = "is" if result.gone.total() == 1 else "are"
        how = "and forgotten" if baseline.prunes else "; --prune-baseline removes them"
        remarks.append(f"{result.gone.total():,} of the baseline {verb} gone{'' if how[0] == ';' else ' '}{how}")
    return NewFindings(result.new, ", ".join(remarks))
