"""channels-first: an input whose channels seem not to be its last axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.rules._base import NetworkRule
from archspec.spec.volumes import AxisOrder, other_order
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from archspec.analysis.report import Report
    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node
    from archspec.graph.operator_call import OperatorCall

_LEAST_SIDE = 8
"""Side of the smallest image that is not taken for a small map."""
_SEQUENCE, _CHANNELS_TO_LENGTH = (1, 3, 4), 16


class ChannelsFirst(NetworkRule):
    """The input has 1, 3 or 4 rows and as many channels as columns, as if its channels came first, or in the middle.

    So has a sequence with many more channels than positions. It is reported where a convolution or pool slides over
    that axis and no layer fails; where one fails, its error says it.

    Why: PyTorch has channels x height x width, archspec height x width x channels. A network with padding takes the one
    for the other without an error, but all its sizes and figures are those of another network.

    Source: PyTorch, torch.nn.Conv2d ("Input: (N, C_in, H_in, W_in)"); docs/language.md, "Volumes". That sides of
    less than 8 are small maps, and that sequences of 1, 3 or 4 positions have at most 16 times as many channels, is
    archspec's own.

    Bad:
        input: 1x28x28
        layers:
          - conv: {filters: 8, kernel: 3, padding: 1}
          - relu
          - fc: 10

    Good:
        input: 28x28x1
        layers:
          - conv: {filters: 8, kernel: 3, padding: 1}
          - relu
          - fc: 10
    """

    name: ClassVar[str] = "channels-first"
    severity: ClassVar[Severity] = Severity.WARNING

    def check(self, report: Report) -> Iterator[Diagnostic]:
        """A finding for each input that its axes in another order suit as well, with all that the file states."""
        graph = report.graph
        for name, volume in graph.inputs.items():
            order = _other_order(volume) if volume is not None else None
            first = _first_sliding(name, graph) if order is not None else None
            if volume is None or order is None or first is None or not _slides_over(first, order.axis):
                continue
            from archspec.rules.repair.candidates import Candidate  # noqa: PLC0415 - for a finding only

            last = Volume(order.shape[:-1], order.shape[-1])
            text = f"{_text(last)} has the channels last"
            for offer in self.offers(first, graph, _with_input_of(first), [Candidate(text, inputs={name: last})]):
                yield self.finding(
                    f"{volume} looks like {order.words}, but means {' x '.join((*volume.axes, 'channels'))}",
                    graph.place("input"),
                    label=f"{first.name} slides along the axis of {volume.spatial[order.axis]}",
                    help=(offer.text,),
                )


def _other_order(volume: Volume) -> AxisOrder | None:
    """The order that the axes of an image or a long sequence seem to have, if its channels seem not to be last."""
    if len(volume.spatial) == 1:
        (length,) = volume.spatial
        is_short = length in _SEQUENCE and volume.channels > _CHANNELS_TO_LENGTH * length
        return AxisOrder("channels x length", 0, (volume.channels, length)) if is_short else None
    order = other_order(volume.shape)
    if order is None or order.shape[-2] != order.shape[-3] or min(order.shape[:-1]) < _LEAST_SIDE:
        return None
    return order


def _first_sliding(name: str, graph: Graph) -> Node | None:
    """The convolution or pool that an input reaches first, through layers that keep its positions or add a border."""
    readers = graph.consumers[name]
    while len(readers) == 1 and not readers[0].traits.is_sliding:
        (node,) = readers
        is_kept = node.output is not None and node.volume is not None and node.output.spatial == node.volume.spatial
        if len(node.inputs) > 1 or not (node.traits.is_view or (is_kept and not node.traits.is_linear_map)):
            return None
        readers = graph.consumers[node.name]
    return readers[0] if readers and all(node.traits.is_sliding for node in readers) else None


def _slides_over(node: Node, axis: int) -> bool:
    windows = node.windows or ()
    return len(windows) > axis and windows[axis].extent > 1


def _with_input_of(node: Node) -> Callable[[OperatorCall], bool]:
    """Whether a call gets what this layer gets."""
    return lambda call: call.input_volumes == node.input_volumes


def _text(volume: Volume) -> str:
    """A volume as specs have it."""
    if len(volume.spatial) == 1:
        return f"`{{length: {volume.spatial[0]}, channels: {volume.channels}}}`"
    return f"`{volume}`"
