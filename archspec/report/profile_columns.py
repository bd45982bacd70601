"""The columns of the tables of plans and profiles. A new column is one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from archspec.report.cells import Cell, word
from archspec.text.numbers import exact, short, short_bytes
from archspec.text.summary import number_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from archspec.engine.profile import Profile, StepProfile
    from archspec.engine.work import Work
    from archspec.report.layout import Form


class Turn(NamedTuple):
    """A row: the number of a step from 1, the step, and its profile."""

    number: int
    line: StepProfile
    profile: Profile

    @property
    def seconds(self) -> float | None:
        """Measured seconds of the step; None if nothing was measured."""
        return self.line.measure.seconds if self.line.measure else None


class ProfileColumn(NamedTuple):
    """A column: title, cell in a row and in the totals, line in the legend, and whether it needs a measured run."""

    title: str
    cell: Callable[[Turn], Cell]
    total: Callable[[Profile], Cell] = lambda _: Cell()
    legend: str = ""
    right: bool = False
    is_measured: bool = False


def _name(turn: Turn) -> Cell:
    name = turn.line.step.group.first.name
    parts = name.split(".")
    return word(name, "name", name if len(parts) < 3 else f"..{'.'.join(parts[-2:])}")


def _operators(turn: Turn) -> Cell:
    group = turn.line.step.group
    more = f" +{len(group.rest)}" if group.rest else ""
    return word(group.kind, "operator", f"{group.first.kind}{more}")


def _macs(number: int) -> Cell:
    return Cell(exact(number), short(number), number, "" if number else "zero")


def _bytes(number: int) -> Cell:
    return Cell(short_bytes(number), short_bytes(number), number, "" if number else "zero")


def _intensity(work: Work) -> Cell:
    text = f"{work.intensity:.1f}" if work.macs else ""
    return Cell(text, text)


def milliseconds(seconds: float | None) -> Cell:
    """``0.012``, ``1,234.567``."""
    if seconds is None:
        return Cell()
    text = f"{seconds * 1000:,.3f}"
    return Cell(text, text, seconds)


def _rate(flops: int, seconds: float | None) -> Cell:
    """GFLOP/s; empty for a step without multiplications."""
    if not flops or not seconds:
        return Cell()
    text = f"{flops / seconds / 1e9:,.1f}"
    return Cell(text, text, flops / seconds)


def _share(part: float | None, whole: float) -> Cell:
    text = f"{part / whole:.1%}" if part is not None and whole else ""
    return Cell(text, text, None, "share")


def _of_peak(flops: int, seconds: float | None, peak: float) -> Cell:
    text = f"{flops / seconds / peak:.0%}" if flops and seconds else ""
    return Cell(text, text)


def _limit(turn: Turn) -> Cell:
    measure = turn.line.measure
    is_view = not turn.line.work.bytes_moved
    return Cell() if measure is None or is_view else word(measure.bound)


COLUMNS: dict[str, ProfileColumn] = {
    "step": ProfileColumn("step", lambda turn: word(str(turn.number)), right=True),
    "name": ProfileColumn("name", _name, lambda _: word("total"), "the first layer of the step"),
    "operators": ProfileColumn(
        "operators", _operators, lambda profile: word(number_of(len(profile.plan.graph.nodes), "layer"))
    ),
    "kernel": ProfileColumn("kernel", lambda turn: word(turn.line.step.kernel.name)),
    "output": ProfileColumn("output", lambda turn: word(str(turn.line.step.group.output), "volume")),
    "macs": ProfileColumn(
        "MACs",
        lambda turn: _macs(turn.line.work.macs),
        lambda profile: _macs(profile.work.macs),
        "multiply-accumulates of a direct computation, the whole batch",
        right=True,
    ),
    "bytes": ProfileColumn(
        "bytes",
        lambda turn: _bytes(turn.line.work.bytes_moved),
        lambda profile: _bytes(profile.work.bytes_moved),
        "bytes of the inputs, the weights and the outputs, whole batch",
        right=True,
    ),
    "intensity": ProfileColumn(
        "FLOP/byte",
        lambda turn: _intensity(turn.line.work),
        lambda profile: _intensity(profile.work),
        "2 x MACs / bytes",
        right=True,
        is_measured=True,
    ),
    "expected": ProfileColumn(
        "expected",
        lambda turn: _rate(turn.line.work.flops, turn.line.least_seconds),
        lambda profile: _rate(profile.work.flops, profile.least_seconds),
        "GFLOP/s that this machine's measured matrix product and copy would allow for these MACs and bytes",
        right=True,
    ),
    "rate": ProfileColumn(
        "GFLOP/s",
        lambda turn: _rate(turn.line.work.flops, turn.seconds),
        lambda profile: _rate(profile.work.flops, profile.seconds),
        "2 x MACs / time",
        right=True,
        is_measured=True,
    ),
    "peak": ProfileColumn(
        "peak",
        lambda turn: _of_peak(turn.line.work.flops, turn.seconds, turn.profile.limits.flops),
        lambda profile: _of_peak(profile.work.flops, profile.seconds, profile.limits.flops),
        "share of this machine's measured matrix product speed; kernels that save multiplications may exceed 100 %",
        right=True,
        is_measured=True,
    ),
    "ms": ProfileColumn(
        "ms",
        lambda turn: milliseconds(turn.seconds),
        lambda profile: milliseconds(profile.seconds),
        "milliseconds, the median of all runs",
        right=True,
        is_measured=True,
    ),
    "share": ProfileColumn(
        "share", lambda turn: _share(turn.seconds, turn.profile.seconds), right=True, is_measured=True
    ),
    "bound": ProfileColumn(
        "bound by",
        _limit,
        legend="what limits the step: products, bytes or calls; kernel if none of them explains the time",
        is_measured=True,
    ),
    "why": ProfileColumn("why this kernel", lambda turn: word(turn.line.step.reason)),
}
"""Name of a column -> what it shows."""

GIVEN_UP: tuple[tuple[str, Form], ...] = (
    ("operators", "short"),
    ("macs", "short"),
    ("why", "gone"),
    ("intensity", "gone"),
    ("operators", "gone"),
    ("name", "short"),
    ("macs", "gone"),
    ("output", "gone"),
    ("expected", "gone"),
    ("bytes", "gone"),
    ("bound", "gone"),
    ("share", "gone"),
    ("rate", "gone"),
    ("kernel", "gone"),
)
"""Columns that are left out on a narrow terminal, in this order."""
