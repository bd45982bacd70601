"""One file examined under its configuration; never raises."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from archspec.diagnostics import Diagnostic
from archspec.examination import examine_family
from archspec.spec.selection import ChoiceError

if TYPE_CHECKING:
    from archspec.commands.checking.options import CheckOptions
    from archspec.config.configurations import Configurations


def examine_file(path: str, options: CheckOptions, configurations: Configurations) -> list[Diagnostic]:
    """Findings of one file; a fault of archspec itself becomes one too, so that the other files are still checked.

    A file whose configuration is faulty has none: the fault is reported once for all of its files. Fixes have to suit
    all variants, whichever a configuration chooses.
    """
    configuration = configurations.of_file(path)
    if configuration is None:
        return []
    rules, variants = configuration.rules_of(path), () if options.fixes else configuration.variants
    try:
        first, *_ = examine_family(path, options.selection, options.max_nodes, rules, variants)
        return configuration.with_severities(configuration.heard(first.diagnostics))
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
        help=("please report this with the file; ARCHSPEC_DEBUG=1 shows the traceback",),
        unusable=True,
    )
