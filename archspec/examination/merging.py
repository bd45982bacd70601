"""Findings of a whole file: those of several variants merged, and all of them in the order of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from archspec.diagnostics import Diagnostic, Severity, worst
from archspec.syntax import DEFAULT_LIMITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.examination.networks import Examination

_MOST = DEFAULT_LIMITS.findings
_MISREAD = ("yaml-ambiguity", "number-range")
"""Findings about a value that was read as another than it seems."""


class _Occurrence(NamedTuple):
    """A finding, and the variant that has it."""

    finding: Diagnostic
    variant: str


def merged_variants(networks: Sequence[Examination]) -> list[Diagnostic]:
    """Findings of several variants; one that several have is reported once, with the variants it is in."""
    if len(networks) == 1:
        return networks[0].diagnostics
    groups: dict[object, list[_Occurrence]] = {}
    for network in networks:
        variant = network.spec.title if network.spec else ""
        for found in network.diagnostics:
            groups.setdefault(_same_fault(found), []).append(_Occurrence(found, variant))
    return [finding for group in groups.values() for finding in _merge(group)]


def _same_fault(found: Diagnostic) -> object:
    """A key that is equal for findings of several variants with one cause."""
    return found.rule, found.span and (found.span.source, found.span.start, found.span.end), found.layer


def _merge(group: list[_Occurrence]) -> list[Diagnostic]:
    """The findings of the first variant that has the gravest; a fix only where all variants offer the same."""
    group = sorted(group, key=lambda each: each.finding.weight)
    variants = list(dict.fromkeys(each.variant for each in group))
    more = f" (and {len(variants) - 1} more)" if len(variants) > 1 else ""
    merged = []
    for finding in [each.finding for each in group if each.variant == variants[0]]:
        agree = {each.variant for each in group if each.finding.fix == finding.fix} == set(variants)
        notes = (*finding.notes, f"in variant {variants[0]}{more}")
        merged.append(finding._replace(notes=notes, fix=finding.fix if agree else None))
    return merged


def in_order(found: list[Diagnostic]) -> list[Diagnostic]:
    """Findings by place, each once: an alias repeats those of its anchor.

    A value that was misread by YAML's rules is not also reported to be wrong.
    """
    found = list({(each.rule, each.span, each.message): each for each in found}.values())
    misread = {(each.span.start, each.span.end) for each in found if each.span and each.rule in _MISREAD}
    kept = [
        each
        for each in found
        if each.rule != "invalid-value" or not each.span or (each.span.start, each.span.end) not in misread
    ]
    kept.sort(key=lambda each: each.sort_key)
    return kept if len(kept) <= _MOST else _first_findings(kept)


def _first_findings(found: list[Diagnostic]) -> list[Diagnostic]:
    """As many findings as are reported, and one that counts the others and is as grave as the gravest of them."""
    others = found[_MOST:]
    limit = Diagnostic(
        rule="finding-limit",
        message=f"the file has more than {_MOST:,} findings: only the first are reported",
        severity=worst(others) or Severity.ERROR,
        span=others[0].span,
        path=others[0].path,
        help=("fix those above, and check again",),
    )
    return [*found[:_MOST], limit]
