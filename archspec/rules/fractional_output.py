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

    from archspec.diagnostics import Diagnostic, Label
    from archspec.graph.model import Graph, Node
    from archspec.ops._window import Window
    from archspec.rules.repair.stride_settings import FittingSetting
    from archspec.volume import Volume


_MOST = 4
"""Later layers that are pointed at."""


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
        if any(map(is_fault, windows)):
            yield self._misfit(node, graph, windows, node.volume)

    def _misfit(self, node: Node, graph: Graph, windows: tuple[Window, ...], volume: Volume) -> Diagnostic:
        """The finding: with all that fits for the first misfit of a network, and those after it that it explains."""
        from archspec.rules.repair.edits import offered_fix  # noqa: PLC0415 - only a misfit needs a repair
        from archspec.rules.repair.input_order import channels_first_hint  # noqa: PLC0415
        from archspec.rules.repair.misfits import first_misfit, fixed_with_the_first  # noqa: PLC0415
        from archspec.rules.repair.stride_settings import accepted_loss, settings_that_fit  # noqa: PLC0415

        first = first_misfit(graph)
        is_first = first is not None and node is first.node
        with_first = fixed_with_the_first(node, graph)
        settings: Sequence[FittingSetting] = ()
        if first is not None and (is_first or node in first.same_line):
            settings = first.settings
        elif not with_first:
            settings = settings_that_fit(node, graph, self._work, is_first=False)
        accepted = accepted_loss(node, graph)
        texts = (*with_first, *(each.phrase for each in settings))
        loss = "loss" if any(window.lost for window in windows) else "fraction"
        accept = f"{'or ' if texts else ''}accept the {loss} with `fit: crop`"
        return self.finding(
            misfit_message(node, windows, [is_fault(window) for window in windows], "does not fit"),
            node.place,
            label=f"{node.name} gets {volume}",
            labels=_labels(first.explained if first is not None and is_first else ()),
            notes=(_note(volume.axes, windows),),
            help=(
                *channels_first_hint(node, graph, "stride"),
                "; ".join((*texts, *(accept for _ in accepted))),
            ),
            layer=node.name,
            fix=offered_fix(graph, [*(offer for each in settings for offer in each.offers[:1]), *accepted]),
        )


def _labels(explained: Sequence[Node]) -> Iterator[Label | str]:
    """The later layers whose strides do not fit either, and do with the first fix."""
    by_place = {step.place or step.name: step for step in reversed(explained)}  # a block's line once
    shown = [*by_place.values()][::-1]
    for step in shown[:_MOST]:
        given = sizes(tuple(window.size for window in step.windows or ()))
        yield step.label(f"{step.name} does not fit {given} either")
    if len(shown) > _MOST:
        yield f"nor do strides at {len(shown) - _MOST} more places after these"


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
