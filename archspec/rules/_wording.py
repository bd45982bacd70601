"""How findings write windows, formulas, fractions and lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.volume import sizes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from archspec.graph.model import Node
    from archspec.ops._window import Window
    from archspec.rules.repair.candidates import Offer

_PIECES = {"height": "row", "width": "column", "depth": "slice", "length": "position"}
_DECIMALS = 4


def number(value: Fraction) -> str:
    """A fraction exactly: ``4.5`` when that is short, else ``74 2/3``."""
    scaled = value * 10**_DECIMALS
    if scaled.denominator == 1:
        whole, rest = divmod(abs(scaled.numerator), 10**_DECIMALS)
        digits = f"{rest:0{_DECIMALS}d}".rstrip("0")
        return f"{'-' if value < 0 else ''}{whole}{'.' if digits else ''}{digits}"
    whole, rest = divmod(value.numerator, value.denominator)
    return f"{whole} {rest}/{value.denominator}"


def formula(window: Window) -> str:
    """The window formula with its numbers: ``(10 - 3 + 2*0)/2 + 1``."""
    padding = f"2*{window.near}" if window.near == window.far else f"{window.near} + {window.far}"
    return f"({window.size} - {window.extent} + {padding})/{window.stride} + 1"


def shape(windows: Sequence[Window]) -> str:
    """``3x3 window with stride 2``; the dilated size in brackets."""
    kernels = sizes(tuple(window.kernel for window in windows))
    text = f"{kernels} window" if len(windows) > 1 else f"window of {kernels}"
    if any(window.dilation > 1 for window in windows):
        text += f" (dilated to {sizes(tuple(window.extent for window in windows))})"
    return f"{text} with stride {even(tuple(window.stride for window in windows))}"


def even(values: tuple[int, ...]) -> str:
    """One number when all are the same, else ``2x1``."""
    return str(values[0]) if len(set(values)) == 1 else sizes(values)


def pieces(count: int, axis: str) -> str:
    """``1 row``, ``2 columns``: what is lost along an axis."""
    return f"{count} {_PIECES[axis]}{'s' if count != 1 else ''}"


def located(node: Node) -> str:
    """``conv1 (line 7)``; the name alone for a layer that is in no file."""
    return f"{node.name} (line {node.line})" if node.line else node.name


def join(words: Sequence[str], conjunction: str = "and") -> str:
    """``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {conjunction} {words[-1]}"


def alternatives(offers: Sequence[Offer], predicate: str) -> tuple[str, ...]:
    """``a, b or c fits`` of offers; nothing when there are none."""
    return (f"{join([offer.text for offer in offers], 'or')} {predicate}",) if offers else ()


def by_axis(axes: Sequence[str], windows: Sequence[Window], texts: Sequence[str], chosen: Sequence[bool]) -> str:
    """``texts`` of the chosen axes: once when all axes are alike, else each with its axis's name."""
    if all(chosen) and len(set(windows)) == 1:
        return texts[0]
    return " and ".join(
        f"{axis} {text}" for axis, text, is_chosen in zip(axes, texts, chosen, strict=True) if is_chosen
    )
