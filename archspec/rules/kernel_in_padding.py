"""kernel-in-padding: weights of a filter that are only ever multiplied by padding."""

from __future__ import annotations

from bisect import bisect_left
from math import prod
from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.rules._base import Group, NodeRule
from archspec.rules._layer_order import is_depthwise
from archspec.rules._neighbors import deciding_results
from archspec.rules._wording import alternatives, shape
from archspec.volume import sizes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node
    from archspec.graph.operator_call import OperatorCall
    from archspec.ops._window import Window
    from archspec.rules.repair.candidates import Offer


class KernelInPadding(NodeRule):
    """Some positions of a filter only ever see padding, because the map is too small for it.

    Undilated depthwise filters and those of results are not reported, nor those on a single position, which are
    `early-collapse`.

    Why: a 3x3 filter dilated to 37x37 on a map of 16x16 computes what a 1x1 filter does, with nine times the weights:
    the further it is dilated, the fewer of its weights see the image.

    Source: Chen et al. 2017, "Rethinking Atrous Convolution for Semantic Image Segmentation", section 3.3 (a 3x3 filter
    with a large rate degenerates to a 1x1 filter).

    Bad:
        input: 16x16x8
        layers:
          - conv: {filters: 8, kernel: 3, dilation: 18, padding: 18}

    Good:
        input: 16x16x8
        layers:
          - conv: {filters: 8, kernel: 3, dilation: 12, padding: 12}
    """

    name: ClassVar[str] = "kernel-in-padding"
    group: ClassVar[Group] = "design"
    severity: ClassVar[Severity] = Severity.WARNING

    def concerns(self, call: OperatorCall) -> bool:
        """Whether a filter has such positions."""
        return _has_unread_weights(call)

    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:
        """One finding."""
        windows, volume = node.windows, node.volume
        if windows is None or volume is None:
            return
        is_dilated = any(window.dilation > 1 for window in windows)
        if not is_dilated and (is_depthwise(node) or node.name in deciding_results(graph)):
            return
        total, read = (prod(len(each) for each in axes) for axes in zip(*map(_all_and_read, windows), strict=True))
        yield self.finding(
            f"{total - read} of {total} positions of the {shape(windows)} only ever see padding on "
            f"{sizes(volume.spatial)}",
            node.argument("dilation" if is_dilated else "kernel"),
            label=f"{node.name} gets {volume}",
            notes=_notes(volume.axes, windows) if is_dilated else (),
            help=alternatives(self._smaller(node, graph, windows), "leaves none in padding"),
            layer=node.name,
        )

    def _smaller(self, node: Node, graph: Graph, windows: tuple[Window, ...]) -> list[Offer]:
        """The largest dilation, and the largest kernel, of which all sees input."""
        keeps = getattr(node.operator, "padding", None) == "same"
        settings = []
        for name, resized in (("dilation", map(_less_dilated, windows)), ("kernel", map(_cut, windows))):
            each = tuple(resized)
            sides = {} if keeps else {"padding": tuple((window.near, window.far) for window in each)}
            if all(min(window.near, window.far) >= 0 for window in each):
                settings.append({name: tuple(getattr(window, name) for window in each), **sides})
        return self.settings_that_help(node, graph, _has_unread_weights, *settings)


def _has_unread_weights(call: OperatorCall) -> bool:
    """Whether a weight meets no input, in a filter on more than one position."""
    windows = call.windows or ()
    slides = call.output is not None and any(window.size > 1 for window in windows)
    if not slides or getattr(call.operator, "padding_mode", "zeros") != "zeros":
        return False
    return any(len(_read(window)) < window.kernel for window in windows)


def _read(window: Window) -> range:
    """The positions of a kernel that see input in at least one window."""
    last = ((window.output or 1) - 1) * window.stride
    first = max(0, -((last - window.near) // window.dilation))
    end = (window.size - 1 + window.near) // window.dilation + 1
    return range(first, max(first, min(window.kernel, end)))


def _all_and_read(window: Window) -> tuple[range, range]:
    return range(window.kernel), _read(window)


def _less_dilated(window: Window) -> Window:
    """With the largest dilation with which every position sees input, and as many outputs; as it is if it has one."""
    fewer = bisect_left(range(1, window.dilation), True, key=lambda each: not _sees(_dilated(window, each)))
    return window if _sees(window) else _dilated(window, max(1, fewer))


def _dilated(window: Window, dilation: int) -> Window:
    """With another dilation, and padding that keeps the number of outputs."""
    less = (window.kernel - 1) * (window.dilation - dilation)
    near = less if window.far == 0 else 0 if window.near == 0 else less // 2
    return window._replace(dilation=dilation, near=window.near - near, far=window.far - (less - near))


def _sees(window: Window) -> bool:
    return len(_read(window)) == window.kernel


def _cut(window: Window) -> Window:
    """With the positions of the kernel that see input alone."""
    read = _read(window)
    near, far = read.start * window.dilation, (window.kernel - read.stop) * window.dilation
    return window._replace(kernel=max(1, len(read)), near=window.near - near, far=window.far - far)


def _notes(axes: tuple[str, ...], windows: tuple[Window, ...]) -> tuple[str, ...]:
    """The largest dilation, for the axes where it is exceeded."""
    found = {
        axis: _less_dilated(window).dilation for axis, window in zip(axes, windows, strict=True) if not _sees(window)
    }
    if len(found) == len(axes) and len(set(found.values())) == 1:
        return (f"a dilation of up to {found[axes[0]]} leaves none in padding",)
    return tuple(f"along its {axis}, a dilation of up to {most} leaves none in padding" for axis, most in found.items())
