"""Figures that a spec states, the counted ones, and the layers that contribute most."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from archspec.analysis.report import LayerFigures
from archspec.spec.models import ITEM_BYTES, TrainingMemory
from archspec.syntax.nodes import Mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.analysis.report import Report, Totals
    from archspec.source import Span
    from archspec.spec.models import Counts
    from archspec.syntax.nodes import Node

_COUNTED = {
    "param_memory": ("param_bytes", "params", "bytes of parameters"),
    "forward_memory": ("forward_bytes", "bytes", "bytes of forward memory"),
    "training_memory": ("training_bytes", "bytes", "bytes of training memory"),
    "peak_memory": ("peak_bytes", "bytes", "bytes at the inference peak"),
    "params": ("params", "params", "params"),
    "trainable_params": ("trainable_params", "trainable_params", "trainable params"),
    "weights": ("weights", "weights", "weights"),
    "biases": ("biases", "biases", "biases"),
    "unshared_params": ("unshared_params", "unshared_params", "unshared params"),
    "buffers": ("buffers", "buffers", "buffer elements"),
    "macs": ("macs", "macs", "MACs"),
    "flops": ("flops", "flops", "FLOPs"),
    "activations": ("activations", "activations", "activations"),
}
"""Key in a spec -> field of the totals, field of a layer, words. A layer's ``forward_memory`` is its own output."""


_SHOWN_AS_MB = 100_000
"""Bytes from which megabytes with one decimal are meaningful."""


class Figure(NamedTuple):
    """One stated figure and what was counted for it."""

    name: str
    stated: int
    got: int
    span: Span | None


def stated_figures(stated: Counts, counted: Totals | LayerFigures, tree: Node | None) -> Iterator[Figure]:
    """The figures a spec states that were counted too, in the models' order."""
    for name, (total, own, _) in _COUNTED.items():
        value = getattr(stated, name, None)
        if value is None:
            continue
        got = getattr(counted, own if isinstance(counted, LayerFigures) else total, None)
        node = tree.get(name) if isinstance(tree, Mapping) else None
        if got is None:
            continue
        if isinstance(value, TrainingMemory):
            yield from _training(value, got, node)
        else:
            yield Figure(name, value, got, node.span if node else None)


def _training(stated: TrainingMemory, got: dict[str, int], tree: Node | None) -> Iterator[Figure]:
    for optimizer, counted in got.items():
        value = getattr(stated, optimizer)
        node = tree.get(optimizer) if isinstance(tree, Mapping) else None
        if value is not None:
            yield Figure("training_memory", value, counted, node.span if node else None)


def unit_text(name: str, value: int, *, bare: bool = False) -> str:
    """``34,944 params``; bytes with MB too."""
    words = "" if bare else f" {_COUNTED[name][2]}"
    megabytes = f" ({value / 10**6:,.1f} MB)" if name.endswith("memory") and value >= _SHOWN_AS_MB else ""
    return f"{value:,}{words}{megabytes}"


def largest(report: Report, figure: Figure) -> tuple[str, ...]:
    """A note of the three layers that contribute most to a total."""
    own = _COUNTED[figure.name][1]
    scale = ITEM_BYTES[report.graph.header.dtype] if figure.name == "param_memory" else 1
    counted = [
        ((getattr(layer, own) or 0) * scale, layer.name)
        for layer in report.layers
        if not (layer.merged and own == "activations")  # it stores none of its own
    ]
    top = [(value, name) for value, name in sorted(counted, key=lambda pair: -pair[0])[:3] if value]
    shown = ", ".join(f"{name} {value:,}" for value, name in top)
    return (f"the largest: {shown}",) if shown else ()
