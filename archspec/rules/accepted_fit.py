"""accepted-fit: what ``fit: crop`` drops and ``fit: pad`` adds."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.ops._window import CROP, FILL
from archspec.rules._base import CallRule
from archspec.rules._wording import join, pieces
from archspec.rules.fractional_output import misfit_message
from archspec.volume import sizes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node
    from archspec.ops._window import Window


class AcceptedFit(CallRule):
    """A stride does not fit, and ``fit`` says that this is meant.

    Why: a loss that was accepted once should stay visible to whoever reads the network next.

    Source: docs/language.md, "Fit" (the table).

    Bad:
        input: 10x10x3
        layers:
          - max_pool: {kernel: 3, stride: 2, fit: crop}

    Good:
        input: 11x11x3
        layers:
          - max_pool: {kernel: 3, stride: 2, fit: crop}
    """

    name: ClassVar[str] = "accepted-fit"
    severity: ClassVar[Severity] = Severity.INFO

    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:  # noqa: ARG002 - one node tells it all
        """One finding for all axes."""
        windows = node.windows
        if windows is None or node.output is None or node.volume is None:
            return
        note = _dropped_text(node.volume.axes, windows) or _added_text(node.volume.axes, windows)
        if note:
            chosen = [not window.is_whole for window in windows]
            yield self.finding(
                misfit_message(node, windows, chosen, "does not fit"),
                node.place,
                label=f"{node.name} gets {node.volume}",
                notes=(note,),
                layer=node.name,
            )


def _dropped_text(axes: tuple[str, ...], windows: tuple[Window, ...]) -> str:
    lost = [pieces(w.lost, axis) for axis, w in zip(axes, windows, strict=True) if w.fit == CROP and w.lost]
    return f"`fit: crop` drops {join(lost)} of the input" if lost else ""


def _added_text(axes: tuple[str, ...], windows: tuple[Window, ...]) -> str:
    added = [pieces(w.overhang, axis) for axis, w in zip(axes, windows, strict=True) if w.fit == FILL and w.overhang]
    if not added:
        return ""
    up, down = (sizes(each) for each in (tuple(w.output or 0 for w in windows), tuple(w.floor for w in windows)))
    return f"ceil gives {up}, floor would give {down}: `fit: pad` adds {join(added)} on the far side"
