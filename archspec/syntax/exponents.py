"""Numbers such as ``1e-3``, which YAML 1.1 takes for text: its floats have a point and a signed exponent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archspec.diagnostics import Diagnostic, Edit, Fix, Severity
from archspec.syntax.nodes import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archspec.syntax.nodes import Node

_EXPONENT = re.compile(r"(?P<digits>[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))(?P<e>[eE])(?P<sign>[-+]?)(?P<power>[0-9]+)")


def exponents(trees: Iterable[Node]) -> Iterator[Diagnostic]:
    """A finding, off by default, for each number with an exponent that YAML 1.1 takes for text; once for each place."""
    pending, places = [*trees], set[tuple[str, int]]()
    while pending:
        match pending.pop():
            case Sequence(items=items):
                pending += items
            case Mapping(entries=entries):
                pending += [entry.value for entry in entries]
            case Scalar(value=float(), plain=True, span=span) if text := _with_point(span.text):
                if (span.source.name, span.start) not in places:
                    places.add((span.source.name, span.start))
                    yield Diagnostic(
                        rule="yaml-exponent",
                        severity=Severity.INFO,
                        message=f"`{span.text}` is a number in YAML 1.2 and text in YAML 1.1",
                        span=span,
                        label=f"PyYAML reads the text {span.text!r}",
                        fix=Fix(f"write `{text}`", (Edit(span, text),), safe=True),
                    )


def _with_point(text: str) -> str | None:
    """The number as all readers take it; None where they already do."""
    match = _EXPONENT.fullmatch(text)
    if match is None or ("." in match["digits"] and match["sign"]):
        return None
    digits = match["digits"] if "." in match["digits"] else f"{match['digits']}.0"
    return f"{digits}{match['e']}{match['sign'] or '+'}{match['power']}"
