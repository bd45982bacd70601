"""fractional-output: a stride that does not fit, and drops input."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from archspec.analysis.misfit import is_fault
from archspec.ops._window import slide
from archspec.rules._base import CallRule
from archspec.rules._wording import by_axis, formula, join, number, pieces, shape
from archspec.volume import sizes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node
    from archspec.ops._window import Window
    from archspec.rules.repair.stride_settings import FittingSetting


class FractionalOutput(CallRule):
    """The output size is a fraction, and real rows or columns are never read.

    Why: frameworks silently round down; the last rows and columns of the input then have no influence, and every later
    size differs from the design. With ``fit: exact`` even a fraction that only leaves padding unused is an error.

    Source: CS231n, Convolutional Networks, "Spatial arrangement" (constraints on strides).

    Bad:
        input: 10x10x3
        layers:
          - conv: {filters: 8, kernel: 3, stride: 2}

    Good:
        input: 11x11x3
        layers:
          - conv: {filters: 8, kernel: 3, stride: 2}
    """

    name: ClassVar[str] = "fractional-output"

    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:
        """One finding for all axes of a window that do not fit."""
        windows = node.windows
        if windows is None or node.operator is None or node.volume is None or slide(windows) is None:
            return
        if any(is_fault(window) for window in windows):
            from archspec.rules.repair.edits import offered_fix  # noqa: PLC0415 - only a misfit needs a repair
            from archspec.rules.repair.input_order import channels_first_hint  # noqa: PLC0415
            from archspec.rules.repair.stride_settings import accepted_loss, settings_that_fit  # noqa: PLC0415

            hint = channels_first_hint(node, graph, "stride")
            settings = settings_that_fit(node, graph)
            whole = () if hint else _for_all(node, graph, settings)
            if whole:
                settings = tuple(each for each in settings if each.name != "input")
            loses = any(window.lost for window in windows)
            accepted = accepted_loss(node, graph)
            accept = f"{'or ' if settings else ''}accept the {'loss' if loses else 'fraction'} with `fit: crop`"
            changes = [each.offers[0] for each in settings if each.name != "input"]
            yield self.finding(
                misfit_message(node, windows, [is_fault(window) for window in windows], "does not fit"),
                node.place,
                label=f"{node.name} gets {node.volume}",
                notes=(_note(node.volume.axes, windows),),
                help=(*hint, "; ".join((*(each.phrase for each in settings), *(accept for _ in accepted))), *whole),
                layer=node.name,
                fix=offered_fix(graph, [*changes, *accepted]),
            )


def _for_all(node: Node, graph: Graph, settings: Sequence[FittingSetting]) -> tuple[str, ...]:
    """Inputs that fit the whole network, reported once: at its first stride that does not; unless ``settings`` do."""
    from archspec.rules.repair.network_inputs import do_for_all, inputs_for_all  # noqa: PLC0415 - see above

    inputs = [offer.text for setting in settings if setting.name == "input" for offer in setting.offers]
    first = next(each for each in graph.nodes if any(map(is_fault, each.windows or ())))
    if node is not first or (inputs and do_for_all(graph, inputs)):
        return ()
    found = inputs_for_all(graph, node, "stride")
    return () if found is None else (found.phrase,)


def misfit_message(node: Node, windows: tuple[Window, ...], chosen: list[bool], verb: str) -> str:
    """``3x3 window with stride 2 does not fit 10x10: (10 - 3 + 2*0)/2 + 1 = 4.5``; axes that differ are named."""
    return _misfit_text(node.volume.axes if node.volume else (), windows, tuple(chosen), verb)


@lru_cache(maxsize=64)
def _misfit_text(axes: tuple[str, ...], windows: tuple[Window, ...], chosen: tuple[bool, ...], verb: str) -> str:
    texts = [f"{formula(window)} = {number(window.quotient)}" for window in windows]
    volume = sizes(tuple(window.size for window in windows))
    return f"{shape(windows)} {verb} {volume}: {by_axis(axes, windows, texts, list(chosen))}"


def _note(axes: tuple[str, ...], windows: tuple[Window, ...]) -> str:
    floors = sizes(tuple(window.floor for window in windows))
    lost = [pieces(window.lost, axis) for axis, window in zip(axes, windows, strict=True) if window.lost]
    if not lost:
        return f"floor gives {floors} and only padding is left over"
    verb = "is" if len(lost) == 1 and lost[0].startswith("1 ") else "are"
    return f"floor gives {floors} and {join(lost)} of the input {verb} never read"
