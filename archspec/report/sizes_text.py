"""Sizes that fit, as text: classes, the list, why the current size does not fit, and the nearest that do."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from archspec.analysis.congruences import joined_classes
from archspec.text.printable import printable
from archspec.volume import sizes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archspec.analysis.fitting_sizes import FittingSizes
    from archspec.text.views import SizesView

_WIDTH = 100
"""Columns where there is no terminal."""
_MOST = 12
"""Classes that are written out."""
_LONG = 60
"""Sizes, and runs of sizes, that are all listed."""


def as_text(found: Sequence[FittingSizes], view: SizesView) -> str:
    """The format ``text``."""
    volumes = ", ".join(map(str, view.inputs.values()))
    first = found[0].fitting if found else ""
    title = f"{printable(view.name)}  input {volumes}, sizes that fit ({first})"
    lines = wrap(title, view.width, subsequent_indent="  ", break_on_hyphens=False) if view.width else [title]
    for place, (each, reason) in enumerate(zip(found, view.reasons, strict=True)):
        rows = list(_rows(each, reason))
        if view.lossless and all_sizes(view.lossless[place]) != all_sizes(each):
            rows += _lossless_rows(view.lossless[place])
        lines += ["", _title(each), *_table(rows, view.width)]
    return "\n".join(lines) + "\n"


def _title(found: FittingSizes) -> str:
    axes = " and ".join([", ".join(found.axes[:-1]), found.axes[-1]] if len(found.axes) > 1 else found.axes)
    if len(found.axes) > 1:
        return f"{axes}, {'each by itself' if found.is_apart else 'alike'}"
    return axes


def _rows(found: FittingSizes, reason: str | None) -> Iterator[tuple[str, str]]:
    yield "all", all_sizes(found)
    yield f"{found.low}..{found.high}", _size_list(found.sizes)
    present = sizes(found.present) if found.is_apart else str(found.present[0])
    yield "now", f"{present} fits" if reason is None else f"{present} does not fit: {reason}"
    yield "nearest", _nearest(found)


def _lossless_rows(found: FittingSizes) -> Iterator[tuple[str, str]]:
    """The sizes at which only padding is left over."""
    yield "padding", f"{all_sizes(found)}: only padding is left over"
    yield f"{found.low}..{found.high}", _size_list(found.sizes)


def all_sizes(found: FittingSizes) -> str:
    """``12, 67 + 32k``: all sizes that fit; a note if they are not known."""
    if found.classes is None:
        return "not known: only those of the range were tried"
    parts = [*map(str, found.others), *joined_classes(found.classes)]
    if not parts:
        return "no size fits"
    hidden = len(parts) - _MOST
    text = ", ".join(parts[:_MOST]) + (f" and {hidden} more" if hidden > 0 else "")
    return text + ("  (k = 0, 1, 2 ...)" if found.classes else "")


def _size_list(values: Sequence[int]) -> str:
    """Sizes in order; of a long list the first and last ones, and the number of all."""
    parts = runs(values).split()
    if len(parts) > _LONG:
        parts = [*parts[: _LONG // 2], "...", *parts[-2:], f"({len(values)} sizes)"]
    return " ".join(parts) or "none"


def runs(values: Sequence[int]) -> str:
    """``1 4 7..12``: numbers in order, three or more in a row by their ends."""
    rows: list[list[int]] = []
    for value in values:
        if rows and value == rows[-1][-1] + 1:
            rows[-1].append(value)
        else:
            rows.append([value])
    return " ".join(f"{row[0]}..{row[-1]}" if len(row) > 2 else " ".join(map(str, row)) for row in rows)


def _nearest(found: FittingSizes) -> str:
    texts = [" and ".join(str(size) for size in pair if size is not None) or "none" for pair in found.nearest]
    if not found.is_apart:
        return texts[0]
    return ", ".join(f"{axis} {text}" for axis, text in zip(found.axes, texts, strict=True))


def _table(rows: list[tuple[str, str]], width: int | None) -> Iterator[str]:
    """Rows with their titles in a column; on a terminal all are wrapped, and lists of sizes everywhere."""
    column = max(len(head) for head, _ in rows) + 2
    for head, text in rows:
        is_wrapped = width is not None or ".." in head
        room = max((width or _WIDTH) - column - 2, 20)
        lines = (is_wrapped and wrap(text, room, break_on_hyphens=False, break_long_words=False)) or [text]
        yield f"  {head:{column}}{lines[0]}"
        yield from (f"  {'':{column}}{line}" for line in lines[1:])
