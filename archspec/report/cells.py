"""Cells of a table: how each kind of value is formatted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archspec.text import numbers
from archspec.text.printable import printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from archspec.analysis.receptive_field import AxisField, ReceptiveField
    from archspec.ops._window import Window
    from archspec.report.rows import Row
    from archspec.volume import Volume

_BAR = 8  # characters of the longest bar
UNKNOWN = "?"
ROUNDED = "~"
"""Marks a rounded size where there is no room for the fraction."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its full text, its short text for narrow terminals, and its value for programs."""

    full: str = ""
    short: str = ""
    raw: float | str | None = None
    style: str = ""


@dataclass(frozen=True, slots=True)
class BarScale:
    """The scale of the bars: the parameters of all layers and of the largest row."""

    params: int | None
    largest: int


def word(text: str, style: str = "", short: str | None = None) -> Cell:
    """Text of the spec."""
    return Cell(printable(text), printable(text if short is None else short), text, style)


def name(row: Row) -> Cell:
    """A layer's path; its last parts when narrow."""
    parts = row.name.split(".")
    short = row.name if len(parts) < 3 else f"..{'.'.join(parts[-2:])}"
    return word(row.name, "failed" if row.state == "failed" else "name", short)


def arguments(row: Row) -> Cell:
    """Hyperparameters; as many whole words as 16 characters hold when narrow."""
    text = row.arguments
    if len(text) > 16:
        text = f"{text[:15].rsplit(' ', 1)[0].rstrip(',')}.."
    return word(row.arguments, "arguments", text)


def volume(row: Row, value: Volume | None) -> Cell:
    """A volume, or the reason why it is unknown."""
    if value is None:
        state = "failed" if row.state == "failed" else "unknown"
        return Cell(state, state, None, state)
    return Cell(str(value), str(value), str(value), "volume")


def output(row: Row) -> Cell:
    """The output volume; a size that was rounded shows what the formula gave: ``112 (112.5)``."""
    value, windows = row.output, row.windows
    if value is None or len(windows) != len(value.spatial) or all(window.is_whole for window in windows):
        return volume(row, value)
    axes = list(zip(value.spatial, windows, strict=True))
    full = " x ".join([*(_size_text(size, window) for size, window in axes), str(value.channels)])
    short = "x".join([*(f"{ROUNDED * (not window.is_whole)}{size}" for size, window in axes), str(value.channels)])
    return Cell(full, short, str(value), "volume")


def _size_text(size: int, window: Window) -> str:
    return str(size) if window.is_whole else f"{size} ({numbers.decimal(window.quotient)})"


def count(number: int | None, state: str = "unknown") -> Cell:
    """A count."""
    if number is None:
        return Cell(UNKNOWN, UNKNOWN, None, state)
    return Cell(numbers.exact(number), numbers.short(number), number, "" if number else "zero")


def memory(row: Row) -> Cell:
    """Bytes of the output."""
    if row.merged and row.state == "known":
        return Cell("in place", "in place", 0, "zero")
    return in_bytes(row.figures["bytes"], row.state)


def in_bytes(number: int | None, state: str = "unknown") -> Cell:
    """A number of bytes."""
    if number is None:
        return Cell(UNKNOWN, UNKNOWN, None, state)
    return Cell(numbers.exact(number), numbers.short_bytes(number), number, "" if number else "zero")


def share(row: Row, scale: BarScale) -> Cell:
    """A row's share of all parameters; the row with the most parameters has the longest bar."""
    part = row.figures["params"]
    if part is None or scale.params is None:
        return Cell(UNKNOWN, UNKNOWN, None, row.state if part is None else "unknown")
    if not part:
        return Cell(raw=0)
    raw = part / scale.params
    bar = numbers.bar(part, scale.largest, _BAR)
    return Cell(f"{numbers.percent(part, scale.params):>6} {bar}", bar, raw, "share")


def receptive_field(row: Row) -> Cell:
    """Size and stride of the receptive field; once when all axes are alike."""
    return _field(row.receptive_field, row)


def window_field(row: Row) -> Cell:
    """The same of the windows alone."""
    return _field(row.window_field, row)


def _field(axes: ReceptiveField | None, row: Row) -> Cell:
    if axes is None:
        return Cell(UNKNOWN, UNKNOWN, None, row.state)
    text = "/".join((_even(_on_axes(axes, "size")), _even(_on_axes(axes, "stride")))) if axes else ""
    raw = f"{_apart(_on_axes(axes, 'size'))} stride {_apart(_on_axes(axes, 'stride'))}" if axes else ""
    return Cell(text, text, raw)


def line(row: Row) -> Cell:
    """Line of the file."""
    return Cell(str(row.line), str(row.line), row.line) if row.line else Cell()


def field_part(part: str) -> Callable[[Row], Cell]:
    """``size``, ``stride`` or ``offset`` of the receptive field, an entry per axis."""

    def cell(row: Row) -> Cell:
        if row.receptive_field is None:
            return Cell(UNKNOWN, UNKNOWN, None, row.state)
        values = _on_axes(row.receptive_field, part)
        return Cell(_even(values), _even(values), _apart(values))

    return cell


def _on_axes(axes: tuple[AxisField, ...], part: str) -> tuple[str, ...]:
    return tuple(numbers.rational(getattr(axis, part)) for axis in axes)


def _even(values: tuple[str, ...]) -> str:
    return values[0] if len(set(values)) == 1 else _apart(values)


def _apart(values: tuple[str, ...]) -> str:
    return "x".join(values)
