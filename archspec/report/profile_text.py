"""A plan or a profile as a table, with figures of the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from archspec.analysis.memory import peak
from archspec.engine.parameters import stored_weights
from archspec.report.grid import definitions, fit_columns
from archspec.report.layout import fit
from archspec.report.profile_columns import COLUMNS, GIVEN_UP, Turn, milliseconds
from archspec.text.numbers import both_units
from archspec.text.pages import render_page
from archspec.text.printable import printable
from archspec.text.styled import Segment
from archspec.text.summary import number_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.engine.profile import Profile
    from archspec.report.cells import Cell
    from archspec.report.layout import Layout
    from archspec.report.profile_columns import ProfileColumn
    from archspec.text.pages import PagePart
    from archspec.text.styled import Line
    from archspec.text.views import ReportView


class ProfileTable(NamedTuple):
    """Columns by name, rows with a cell for each column, and the row of totals."""

    columns: dict[str, ProfileColumn]
    rows: list[list[Cell]]
    totals: list[Cell]


def as_text(profile: Profile, view: ReportView) -> str:
    """The format ``text``: a table; for a plan, only the columns that need no run."""
    return render_page(_page(profile, view), view)


def _page(profile: Profile, view: ReportView) -> Iterator[PagePart]:
    table = _table(profile)
    layout = fit(table, view.width, keep=False, steps=GIVEN_UP)
    yield _title(profile)
    yield ()
    yield from definitions(_facts(profile), view.width, "label", "")
    yield ()
    yield fit_columns(table, layout)
    yield ()
    yield from definitions(_legend(profile, layout), view.width, "legend", "legend")


def _table(profile: Profile) -> ProfileTable:
    columns = {name: column for name, column in COLUMNS.items() if profile.run or not column.is_measured}
    turns = [Turn(number, line, profile) for number, line in enumerate(profile.steps, 1)]
    rows = [[column.cell(turn) for column in columns.values()] for turn in turns]
    return ProfileTable(columns, rows, [column.total(profile) for column in columns.values()])


def _title(profile: Profile) -> Line:
    title = printable(profile.plan.graph.header.name or "unnamed")
    return Segment(title, "title"), Segment(f"  {caption(profile)}", "caption")


def caption(profile: Profile) -> str:
    """``input 224x224x3, float32, batch 1``."""
    graph = profile.plan.graph
    inputs = ", ".join(f"{name} {volume}" for name, volume in graph.inputs.items())
    dtype = graph.header.dtype if graph.header.dtype == profile.plan.dtype.name else f"{graph.header.dtype} as float32"
    return printable(f"{inputs}, {dtype}, batch {profile.batch}")


def _facts(profile: Profile) -> Iterator[tuple[str, str]]:
    """Figures of the whole plan, by name."""
    plan, machine = profile.plan, profile.limits
    size = plan.dtype.itemsize
    weights = sum(weight.size for weight in stored_weights(plan.graph).values()) * size
    yield "grade", f"{plan.grade}, {number_of(plan.threads, 'thread')}"
    yield "arena", f"{both_units(plan.arena_bytes * profile.batch)}, for all volumes of a run"
    yield "inference peak", f"{both_units(peak(plan.graph) * size * profile.batch)}, as the analysis counts it"
    yield "weights", both_units(weights)
    yield "matrix tiles", "used: on this machine they are faster than large ones" if plan.is_tiled else "not used"
    yield (
        "this machine",
        f"{machine.flops / 1e9:,.1f} GFLOP/s in matrix products, {machine.copied / 1e9:,.1f} GB/s copied",
    )
    if profile.run:
        whole, steps = milliseconds(profile.run.seconds).full, milliseconds(profile.seconds).full
        runs = number_of(profile.run.runs, "run")
        yield "a run", f"{whole} ms, the median of {runs}; the steps' medians add up to {steps} ms"
        yield "scratch", f"{both_units(profile.run.scratch_bytes)}, working memory of kernels"


def _legend(profile: Profile, layout: Layout) -> Iterator[tuple[str, str]]:
    """The meanings of the columns, and the reasons for kernels if they are not in the table."""
    shown = layout.visible_columns()
    yield from ((COLUMNS[name].title, COLUMNS[name].legend) for name in shown if COLUMNS[name].legend)
    if "why" not in shown:
        reasons: dict[str, dict[str, None]] = {}
        for line in profile.steps:
            reasons.setdefault(line.step.kernel.name, {})[line.step.reason] = None
        yield from ((name, "; ".join(texts)) for name, texts in reasons.items())
