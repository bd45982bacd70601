"""Operators that only move elements: each is a few strided copies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from archspec.engine.kernels._base import Kernel
from archspec.engine.kernels._border import border, move, moves
from archspec.engine.kernels._operations import CHUNK
from archspec.engine.kernels._work_split import distribute
from archspec.ops._base import Operator, volume_of
from archspec.ops.border import Crop, Pad
from archspec.ops.channels import ChannelShuffle, Slice
from archspec.ops.pixels import PixelShuffle, PixelUnshuffle
from archspec.ops.sequence import ClassToken, Select

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from archspec.engine.fused_group import FusedGroup
    from archspec.engine.kernels._buffers import Arrays, Buffers
    from archspec.engine.scratch import Scratch
    from archspec.engine.stages import Call, Stage
    from archspec.ops._numpy import Array

    Move = tuple[Array, Array | None]
    """A part of the output, and what is copied there; None where a constant is."""


def _copy_moves(_: Operator, x: Array, y: Array, __: Mapping[str, Array]) -> Iterator[Move]:
    yield y.reshape(x.shape), x


def _slice_moves(operator: Slice, x: Array, y: Array, _: Mapping[str, Array]) -> Iterator[Move]:
    yield y, x[..., operator.start : operator.stop]


def _channel_shuffle_moves(operator: ChannelShuffle, x: Array, y: Array, _: Mapping[str, Array]) -> Iterator[Move]:
    """Channel by channel of a group or group by group, whichever makes the longer runs."""
    groups, channels = operator.groups, x.shape[-1]
    each = channels // groups
    for number in range(min(groups, each)):
        if groups <= each:
            yield y[..., number::groups], x[..., number * each : (number + 1) * each]
        else:
            yield y[..., number * groups : (number + 1) * groups], x[..., number::each]


def _pixel_shuffle_moves(operator: PixelShuffle, x: Array, y: Array, _: Mapping[str, Array]) -> Iterator[Move]:
    """For each place in a square of the output, its channels of the input."""
    yield from ((places, channels) for places, channels in _places(operator.factor, y, x))


def _pixel_unshuffle_moves(operator: PixelUnshuffle, x: Array, y: Array, _: Mapping[str, Array]) -> Iterator[Move]:
    yield from ((channels, places) for places, channels in _places(operator.factor, x, y))


def _places(factor: int, fine: Array, coarse: Array) -> Iterator[tuple[Array, Array]]:
    """For each place in a square: that place in all squares of the fine array, and its channels of the coarse one."""
    axes = fine.ndim - 2
    for number, place in enumerate(np.ndindex(*(factor,) * axes)):
        squares = tuple(slice(start, None, factor) for start in place)
        yield fine[(slice(None), *squares)], coarse[..., number :: factor**axes]


def _pad_moves(operator: Pad, x: Array, y: Array, _: Mapping[str, Array]) -> Iterator[Move]:
    windows = operator.windows([volume_of(x)]) or ()
    yield from moves(y, x, border(windows, operator.padding_mode))


def _crop_moves(operator: Crop, x: Array, y: Array, _: Mapping[str, Array]) -> Iterator[Move]:
    cuts = operator.cuts(volume_of(x)) or ()
    starts = (slice(near, near + size) for (near, _), size in zip(cuts, y.shape[1:-1], strict=True))
    yield y, x[(slice(None), *starts)]


def _select_moves(operator: Select, x: Array, y: Array, _: Mapping[str, Array]) -> Iterator[Move]:
    yield y, x[:, operator.index : operator.index + 1]


def _class_token_moves(_: ClassToken, x: Array, y: Array, weights: Mapping[str, Array]) -> Iterator[Move]:
    yield y[:, 0], weights["token"]
    yield y[:, 1:], x


_MOVES: dict[type[Operator], Callable[..., Iterator[Move]]] = {
    ChannelShuffle: _channel_shuffle_moves,
    ClassToken: _class_token_moves,
    Crop: _crop_moves,
    Pad: _pad_moves,
    PixelShuffle: _pixel_shuffle_moves,
    PixelUnshuffle: _pixel_unshuffle_moves,
    Select: _select_moves,
    Slice: _slice_moves,
}
"""Operators that put elements elsewhere; those that give another shape alone are copied as they are."""


class RearrangeKernel(Kernel):
    """Copies, split into pieces for the threads; then the epilogue, if there is one."""

    operators = (Operator,)
    why = "copied, nothing is computed"

    @classmethod
    def applies(cls, group: FusedGroup) -> bool:
        """Operators whose moves are known here, and those that only give another shape."""
        operator = group.operator
        is_known = type(operator) in _MOVES or (operator.in_place and not operator.elementwise)
        return super().applies(group) and is_known

    def pack_weights(self, arrays: Arrays) -> Any:
        """The weights as they are, the epilogue."""
        return arrays[self.group.first.name], self.epilogue.operations(arrays)

    def bind(self, buffers: Buffers) -> Iterator[Stage]:
        """All copies, the epilogue."""
        weights, operations = buffers.packed
        operator = self.group.operator
        value = operator.value if isinstance(operator, Pad) else 0

        def calls(piece: Move, _: Scratch) -> Iterator[Call]:
            yield move(*piece, value)

        found = _MOVES.get(type(operator), _copy_moves)(operator, buffers.x, buffers.output, weights)
        least = buffers.output.size // len(buffers.scratches)
        most = max(1, min(CHUNK, least))
        yield distribute([piece for each in found for piece in _pieces(each, most)], buffers.scratches, calls)
        yield self.epilogue_stage(operations, buffers)


def _pieces(whole: Move, most: int) -> Iterator[Move]:
    """A move in parts of at most ``most`` elements, each a run of one axis with the axes after it whole."""
    target, source = whole
    if target.size <= most:
        if target.size:
            yield whole
        return
    each = max(1, most * len(target) // target.size)
    spread = None if source is None else np.broadcast_to(source, target.shape)
    for begin in range(0, len(target), each):
        part = slice(begin, begin + each)
        piece = target[part], None if spread is None else spread[part]
        if each > 1 or target.ndim == 1:
            yield piece
        else:
            yield from _pieces((piece[0][0], None if piece[1] is None else piece[1][0]), most)
