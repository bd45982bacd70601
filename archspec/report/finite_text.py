"""The report of values that are not finite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.text.printable import printable
from archspec.text.summary import number_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.engine.finite import Finiteness, NotFinite


def finite_text(found: Finiteness, layers: int) -> str:
    """A paragraph for each array that is not finite, with a final newline."""
    return "".join(f"{printable(line)}\n" for line in _lines(found, layers))


def _lines(found: Finiteness, layers: int) -> Iterator[str]:
    if found.is_finite:
        yield f"finite: inputs, weights and the outputs of {number_of(layers, 'layer')}"
        yield ""
    for each in found.inputs:
        yield f"not finite: input `{each.name}` has {_counts(each, 'sample')}"
    for each in found.weights:
        yield f"not finite: weights `{each.name}` have {_counts(each, '')}"
    if found.layer is not None and found.node is not None:
        place = found.node.place
        yield f"not finite: layer `{found.layer.name}` ({found.node.kind}) outputs {_counts(found.layer, 'sample')}"
        if place:
            yield f"  --> {place.source.name}:{place.line}:{place.column}"
        yield "  it is the first: its inputs and weights are finite"
    elif not found.is_finite:
        yield "every layer with finite inputs and weights has a finite output"


def _counts(found: NotFinite, first_axis: str) -> str:
    """``3 NaN and 1 infinity among 4,096 values, the first nan at sample 0, (0, 3, 1)``."""
    kinds = [f"{found.nans:,} NaN"] if found.nans else []
    if found.infinities:
        kinds.append(f"{found.infinities:,} {'infinity' if found.infinities == 1 else 'infinities'}")
    index = list(map(str, found.first))
    where = f"{first_axis} {index.pop(0)}, " if first_axis else ""
    among = f"{' and '.join(kinds)} among {number_of(found.size, 'value')}"
    return f"{among}, the first {found.value} at {where}({', '.join(index)})"
