"""The text around a table: caption, totals or why they are unknown, legend."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from archspec.analysis.memory import OPTIMIZER_SLOTS
from archspec.report.cells import ROUNDED
from archspec.report.rows import state_of
from archspec.text.numbers import both_units, exact, units_in
from archspec.text.summary import number_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from archspec.analysis.report import Report, Totals
    from archspec.report.cells import Cell
    from archspec.report.table import ReportTable

_ROUNDED = re.compile(r"(\d+) \(([\d.]+)\)")
_OPTIMIZERS = {"sgd": "SGD", "momentum": "momentum", "adam": "Adam"}


def caption(report: Report) -> str:
    """``input 224x224x3, float32, batch 1``."""
    inputs = ", ".join(f"{name} {volume or 'unknown'}" for name, volume in report.graph.inputs.items())
    return f"{inputs}, {report.dtype}, batch {report.batch}"


def totals_in_words(report: Report) -> Iterator[tuple[str, str]]:
    """Label and text of each line of totals; one line with the reason if they are unknown."""
    totals = report.totals
    if totals.params is None:
        yield "totals", f"unknown: {_reason(report)}"
        return
    yield "params", _params(totals)
    yield "param memory", f"{both_units(totals.param_bytes or 0)} in {report.dtype}"
    yield "MACs", f"{exact(totals.macs or 0)} per sample"
    yield "FLOPs", f"{exact(totals.flops or 0)} per sample"
    yield "activations", f"{exact(totals.activations or 0)} stored per sample, inputs not counted"
    yield "forward memory", f"{both_units(totals.forward_bytes or 0)}, inputs and stored outputs, batch {report.batch}"
    yield from _training(report)
    yield (
        "inference peak",
        f"{both_units(totals.peak_bytes or 0)}, the most in use at once, batch {report.batch}",
    )


def _params(totals: Totals) -> str:
    params, trainable, buffers = totals.params or 0, totals.trainable_params or 0, totals.buffers or 0
    learned = "all trainable" if params == trainable else f"{exact(trainable)} trainable"
    kept = f", and {number_of(buffers, 'buffer')}" if buffers else ""
    return (
        f"{exact(params)}: {exact(totals.weights or 0)} weights + {exact(totals.biases or 0)} biases, {learned}{kept}"
    )


def _training(report: Report) -> Iterator[tuple[str, str]]:
    """``fixed + N x per sample`` for each optimizer."""
    totals = report.totals
    for name, slots in OPTIMIZER_SLOTS.items():
        fixed = (totals.param_bytes or 0) * (2 + slots)
        each = ((totals.training_bytes or {}).get(name, fixed) - fixed) // report.batch
        text = f"{both_units(fixed)} + N x {both_units(each)} for N samples"
        if report.batch > 1:
            text = f"{both_units(fixed + report.batch * each)} in all: {text}, N = {report.batch:,}"
        yield f"training, {_OPTIMIZERS[name]}", text


def _reason(report: Report) -> str:
    if not report.layers:
        return "there are no layers"
    entering = [f"input `{name}`" for name, volume in report.graph.inputs.items() if volume is None]
    failed = [f"`{layer.name}`" for layer in report.layers if state_of(layer.node) == "failed"]
    causes = entering + failed
    if not causes:
        return "some layers could not be read"
    more = f" and {len(causes) - 3} more" if len(causes) > 3 else ""
    return f"{', '.join(causes[:3])}{more} failed"


def legend(table: ReportTable, shown: Sequence[str], text: Callable[[str, Cell], str]) -> Iterator[tuple[str, str]]:
    """The conventions of the columns that are ``shown``, and of the marks in their cells, of which ``text`` is printed.

    What does not occur is not explained.
    """
    printed = {name: [text(name, cell) for cell in _column(table, name)] for name in shown}
    for name in shown:
        column = table.columns[name]
        if column.legend and any(printed[name]):
            mark = (
                f"; {column.marks[0]}: {column.marks[1]}"
                if column.marks[0] and column.marks[0] in printed[name]
                else ""
            )
            yield column.title, column.legend + mark
    if "receptive_field" in shown and any(each.window_field != each.receptive_field for each in table.report.layers):
        yield "0", "stride of a field that is everything, by attention or a norm of the sample; --columns window_field"
    yield from _rounded_size(table, printed.get("output", ()))
    everything = [*chain.from_iterable(printed.values()), *(words for _, words in totals_in_words(table.report))]
    if units := units_in(everything):
        yield "units", units


def _column(table: ReportTable, name: str) -> list[Cell]:
    index = [*table.columns].index(name)
    return [row[index] for row in (*table.rows, table.totals)]


def _rounded_size(table: ReportTable, printed: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The first size in the table that was rounded, with its fraction."""
    for cell, words in zip(_column(table, "output") if printed else (), printed, strict=True):
        if match := _ROUNDED.search(cell.full):
            size, fraction = match.groups()
            yield match[0] if match[0] in words else f"{ROUNDED}{size}", f"rounded: the window formula gives {fraction}"
            return
