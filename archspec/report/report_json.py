"""A report for programs: the contract of docs/json.md."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from archspec.analysis.memory import OPTIMIZER_SLOTS
from archspec.report.arguments import resolved_arguments
from archspec.report.contract_report import LayerOutput, ReceptiveFieldOutput, ReportOutput, TotalsOutput, TrainingBytes
from archspec.text import numbers

if TYPE_CHECKING:
    from archspec.analysis.receptive_field import ReceptiveField
    from archspec.analysis.report import LayerFigures, Report, Totals
    from archspec.text.views import ReportView
    from archspec.volume import Volume

VERSION: Final = 1

_NUMBERS = re.compile(r"\[\n([-+.e\d,\s]+?)\n *\]")  # a list of numbers; no string holds a line break as such
_FIGURES = ("params", "weights", "biases", "unshared_params", "buffers", "macs", "flops", "activations", "bytes")


def as_json(report: Report, _: ReportView) -> str:
    """The format ``json``: all figures, independent of the columns and depth of a table."""
    output = ReportOutput.model_construct(
        version=VERSION,
        name=report.graph.header.name,
        file=report.graph.file,
        input={name: _shape(volume) for name, volume in report.graph.inputs.items()},
        output={name: _shape(volume) for name, volume in report.outputs.items()},
        dtype=report.dtype,
        batch=report.batch,
        layers=[_layer(layer) for layer in report.layers],
        totals=_totals(report.totals),
    )
    return _NUMBERS.sub(_in_one_line, json.dumps(output.model_dump(), indent=2)) + "\n"


def _in_one_line(match: re.Match[str]) -> str:
    return f"[{' '.join(match[1].split())}]"


def _layer(layer: LayerFigures) -> LayerOutput:
    node = layer.node
    return LayerOutput.model_construct(
        name=layer.name,
        op=node.kind,
        line=node.line,
        inputs=list(node.inputs),
        output=_shape(node.output),
        receptive_field=_field(layer.receptive_field),
        window_field=_field(layer.window_field),
        arguments=resolved_arguments(node.operator) if node.operator else None,
        **{name: getattr(layer, name) for name in _FIGURES},
    )


def _totals(totals: Totals) -> TotalsOutput:
    training: dict[str, Any] = {name: (totals.training_bytes or {}).get(name) for name in OPTIMIZER_SLOTS}
    figures = {name: getattr(totals, name) for name in TotalsOutput.model_fields if name != "training_bytes"}
    return TotalsOutput.model_construct(training_bytes=TrainingBytes.model_construct(**training), **figures)


def _shape(volume: Volume | None) -> list[int] | None:
    return None if volume is None else list(volume.shape)


def _field(axes: ReceptiveField | None) -> ReceptiveFieldOutput | None:
    if axes is None:
        return None
    parts: dict[str, Any] = {
        part: [numbers.plain(getattr(axis, part)) for axis in axes] for part in ReceptiveFieldOutput.model_fields
    }
    return ReceptiveFieldOutput.model_construct(**parts)
