"""One file examined under its configuration; never raises."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from archspec.diagnostics import Diagnostic, Severity
from archspec.examination import examine_family
from archspec.examination.examined import Examined
from archspec.spec.selection import ChoiceError
from archspec.syntax.copies import Copies, copies_in_use, reading_from, shown_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archspec.commands.checking.options import CheckOptions
    from archspec.config.configurations import Configurations
    from archspec.examination import Examination


class ExaminedFile(NamedTuple):
    """Findings of a file, and its networks that are not fully known, each in words."""

    findings: list[Diagnostic]
    unknown: tuple[str, ...] = ()

    @property
    def errors(self) -> list[Diagnostic]:
        """The findings that are errors."""
        return [each for each in self.findings if each.severity is Severity.ERROR]


def examine_file(path: str, options: CheckOptions, configurations: Configurations) -> ExaminedFile:
    """One file examined, with those of its fixes that hold."""
    copies = copies_in_use() or Copies()
    with reading_from(copies):
        examined = examine_networks(path, options, configurations)
    unknown = tuple(_unknown_networks(examined.networks))
    if all(each.fix is None for each in examined.findings):
        return ExaminedFile(examined.findings, unknown)
    from archspec.fixing.tried import with_tried_fixes  # noqa: PLC0415 - most specs have nothing to fix

    examine = partial(examine_networks, options=options, configurations=configurations)
    return ExaminedFile(with_tried_fixes(path, examined, examine, copies), unknown)


def examine_networks(path: str, options: CheckOptions, configurations: Configurations) -> Examined:
    """One file examined; a fault of archspec itself becomes a finding, so that the other files are still checked.

    A file whose configuration is faulty has no findings: the fault is reported once for all of its files. Fixes have to
    suit all variants, whichever a configuration chooses.
    """
    configuration = configurations.of_file(path)
    if configuration is None:
        return Examined([])
    rules, variants = configuration.rules_of(shown_name(path)), () if options.fixes else configuration.variants
    try:
        networks = examine_family(path, options.selection, options.max_nodes, rules, variants)
        return Examined(configuration.with_severities(configuration.heard(networks[0].diagnostics)), networks)
    except ChoiceError as error:
        return Examined([Diagnostic(rule="unknown-choice", message=str(error), path=shown_name(path), unusable=True)])
    except Exception as error:
        if "ARCHSPEC_DEBUG" in os.environ:
            raise
        return Examined([_internal_error(path, error)])


def _unknown_networks(networks: Sequence[Examination]) -> Iterator[str]:
    """``lenet (conv1)``: the networks that are not fully known, and the first layer that is not."""
    for each in networks:
        if each.graph is not None and not each.graph.is_known:
            layer = each.graph.unknown_layer
            yield f"{each.graph.header.name or 'a network'}{f' ({layer.name})' if layer else ''}"


def _internal_error(path: str, error: Exception) -> Diagnostic:
    return Diagnostic(
        rule="internal-error",
        message=f"archspec itself failed: {type(error).__name__}: {error}",
        path=path,
        help=("please report this with the file; ARCHSPEC_DEBUG=1 shows the traceback",),
        unusable=True,
    )
