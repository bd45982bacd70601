"""An opened spec: read from a file, the zoo or a text, before one of its networks is chosen."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from archspec.source import Source
from archspec.spec.items import all_items
from archspec.spec.models import Spec
from archspec.spec.reader import read_spec
from archspec.syntax import DEFAULT_LIMITS, parse, read
from archspec.syntax.limited_sink import LimitedSink
from archspec.syntax.limits import Halt
from archspec.work_budget import work_budget

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from archspec.diagnostics import Diagnostic, Sink
    from archspec.suppression.suppressions import Suppressions

_ZOO = "zoo:"
_IS_NAME = re.compile(r"[\w-]{3,40}", re.ASCII)
_SUPPRESSING = "archspec:"
"""What comments begin with that suppress findings."""


class OpenedSpec(NamedTuple):
    """A spec, the findings of its file, the variant that its name chooses, and the suppressions in comments."""

    spec: Spec
    findings: list[Diagnostic]
    variant: str | None
    suppressions: Suppressions | None


def open_spec(spec: Spec | str | Path, found: list[Diagnostic]) -> OpenedSpec | None:
    """A spec, or a file or text of one, opened; None when it can't be read. What is wrong is added to ``found``."""
    loaded, variant = (spec, None) if isinstance(spec, Spec) else read_file(spec, found)
    if loaded is None:
        return None
    return OpenedSpec(loaded, [*loaded.findings, *found], variant, _suppressions(loaded))


def read_file(path_or_text: str | Path, found: list[Diagnostic]) -> tuple[Spec | None, str | None]:
    """The spec in a file, and the variant that its name chooses (``zoo:resnet50``).

    A string of several lines is the text itself. What is wrong is added to ``found``.
    """
    if isinstance(path_or_text, str) and _is_text(path_or_text):
        return _read(Source("<text>", path_or_text), found), None
    path, variant = str(path_or_text), None
    if path.startswith(_ZOO):
        from archspec.files.zoo import find  # noqa: PLC0415 - few specs are named so

        entry = find(path, found.append)
        if entry is None:
            return None, None
        path, variant = str(entry.file), entry.variant
    source = read(path, _with_zoo_name(path, found.append))
    return (_read(source, found) if source else None), variant


def _with_zoo_name(path: str, sink: Sink) -> Sink:
    """Where findings about a file go, with the network of the zoo that was meant by a name without a file."""

    def report(finding: Diagnostic) -> None:
        if finding.rule == "unreadable-file" and _IS_NAME.fullmatch(path):
            from archspec.files.zoo import similar  # noqa: PLC0415 - few specs are named so

            if near := similar(path):
                finding = finding._replace(help=(f"the published network is `{_ZOO}{near}`",))
        sink(finding)

    return report


def usual_variants(spec: Spec, wanted: Sequence[str]) -> tuple[str, ...]:
    """The configured variants of a family; all if it has none of them."""
    return tuple(name for name in spec.variants if name in wanted) or tuple(spec.variants)


def _is_text(path_or_text: str) -> bool:
    """Whether a string is a spec: one of several lines of which one gives a key its value, as no file is named."""
    return "\n" in path_or_text and ":" in path_or_text


def _read(source: Source, found: list[Diagnostic]) -> Spec | None:
    work_budget().allow_for(len(source.text))
    tree = parse(source, found.append)
    if tree is None:
        return None
    sink = LimitedSink(found.append, DEFAULT_LIMITS.findings)
    try:
        spec = read_spec(tree, sink)
        for each in _unknown_ignored_rules(spec) if spec else ():
            sink(each)
    except Halt:
        return None
    return spec


def _unknown_ignored_rules(spec: Spec) -> Iterable[Diagnostic]:
    """Findings about names of rules that layers ignore."""
    items = chain(spec.layers, *(block.items for block in spec.blocks.values()))
    ignoring = [item for item in all_items(items) if item.ignore]
    if not ignoring:
        return ()
    from archspec.suppression.ignored_names import unknown_ignored_rules  # noqa: PLC0415 - most layers ignore nothing

    return unknown_ignored_rules(ignoring)


def _suppressions(spec: Spec) -> Suppressions | None:
    """What the comments of a spec's files suppress; None when none of them suppresses anything."""
    sources = dict.fromkeys((spec.tree.span.source, *(block.node.span.source for block in spec.blocks.values())))
    if not any(_SUPPRESSING in source.text for source in sources):
        return None
    from archspec.suppression.suppressions import Suppressions  # noqa: PLC0415 - most specs suppress nothing

    return Suppressions(sources)
