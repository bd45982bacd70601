"""checkerboard: a transposed convolution whose windows overlap unevenly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from archspec.diagnostics import Severity
from archspec.rules._base import CallRule, Group
from archspec.rules._wording import join
from archspec.volume import sizes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node
    from archspec.graph.operator_call import OperatorCall
    from archspec.ops._window import TransposedWindow
    from archspec.rules.repair.candidates import Offer


class Checkerboard(CallRule):
    """The stride of a transposed convolution does not divide its kernel.

    Why: the windows overlap unevenly, and some outputs are the sum of more products than their neighbors. Networks can
    learn to compensate for it, but mostly do not: the pattern is visible in the images that they generate.

    Source: Odena, Dumoulin and Olah, "Deconvolution and Checkerboard Artifacts", Distill 2016.

    Bad:
        input: 8x8x64
        layers:
          - conv_transpose: {filters: 32, kernel: 3, stride: 2}

    Good:
        input: 8x8x64
        layers:
          - conv_transpose: {filters: 32, kernel: 4, stride: 2}
    """

    name: ClassVar[str] = "checkerboard"
    group: ClassVar[Group] = "design"
    severity: ClassVar[Severity] = Severity.WARNING

    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:
        """One finding."""
        windows = getattr(node.operator, "transposed_windows", None)
        if windows is None or node.volume is None or not _makes_checkerboard(node.call):
            return
        ways = windows([node.volume])
        way = next(filter(_is_uneven, ways))
        kernels = self.settings_that_help(node, graph, _makes_checkerboard, *_even_kernels(ways))
        kernels = kernels or self.settings_that_help(node, graph, _makes_checkerboard, _of_equal_size(ways))
        from archspec.rules.repair.replacements import resized_before  # noqa: PLC0415 - for a finding only

        resized = resized_before(node, tuple(each.stride for each in ways))
        others = self.offers(node, graph, _makes_checkerboard, [resized])
        yield self.finding(
            f"windows of {sizes(tuple(each.kernel for each in ways))} at a distance of {way.stride} overlap unevenly",
            node.argument("kernel"),
            label=f"{way.stride} does not divide {way.kernel}",
            help=_help(kernels, others),
            layer=node.name,
        )


def _even_kernels(ways: Sequence[TransposedWindow]) -> list[dict[str, Any]]:
    """The nearest kernels that the strides divide."""
    above = tuple(each.kernel + _missing(each) for each in ways)
    below = tuple(larger - each.stride * _is_uneven(each) for larger, each in zip(above, ways, strict=True))
    return [{"kernel": kernels} for kernels in (below, above) if all(kernels)]


def _of_equal_size(ways: Sequence[TransposedWindow]) -> dict[str, Any]:
    """The next larger kernel, with less added to the output, or more cut off, so that it keeps its size."""
    extras = tuple(max(each.extra - _missing(each), 0) for each in ways)
    cuts = [each.near + each.far + max(_missing(each) - each.extra, 0) for each in ways]
    sides = tuple((cut // 2, cut - cut // 2) for cut in cuts)
    return {"kernel": tuple(each.kernel + _missing(each) for each in ways), "padding": sides, "output_padding": extras}


def _missing(way: TransposedWindow) -> int:
    """By how much a kernel is smaller than the next one that its stride divides."""
    return -way.kernel % way.stride if _is_uneven(way) else 0


def _help(kernels: list[Offer], others: list[Offer]) -> tuple[str, ...]:
    """``a or b overlaps evenly; so does c``."""
    ways = [join([offer.text for offer in offers], "or") for offers in (kernels, others) if offers]
    return ("; so does ".join((f"{way} overlaps evenly" if way == ways[0] else way) for way in ways),) if ways else ()


def _makes_checkerboard(call: OperatorCall) -> bool:
    """Whether neighboring outputs along an axis are sums of different numbers of products."""
    windows = getattr(call.operator, "transposed_windows", None)
    volume = call.input_volumes[0]
    return windows is not None and volume is not None and any(map(_is_uneven, windows([volume]) or ()))


def _is_uneven(window: TransposedWindow) -> bool:
    """Whether neighbours among the outputs are sums of different numbers of products."""
    return window.stride > 1 and window.size > 1 and window.dilation == 1 and window.kernel % window.stride > 0
