"""An operator applied to the volumes that arrive: what layers with equal arguments and equal inputs share."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from archspec.ops._base import Operator, Weight
    from archspec.ops._footprint import Footprint
    from archspec.ops._window import Window
    from archspec.volume import Volume


class Counts(NamedTuple):
    """What one layer costs for one sample, in numbers and operations (docs/counting.md)."""

    params: int
    weights: int
    biases: int
    trainable_params: int
    unshared_params: int
    buffers: int
    macs: int
    flops: int


class Applied:
    """An operator, the volumes it receives, and the one that leaves; every other fact is found once, when asked for.

    ``operator`` is None when its arguments are faulty, an entry of ``received`` when that volume is unknown, and
    ``output`` when no volume can leave.
    """

    def __init__(self, operator: Operator | None, received: tuple[Volume | None, ...], output: Volume | None) -> None:
        self.operator = operator
        self.received = received
        self.output = output
        self.arrives = operator is not None and None not in received
        self.is_known = self.arrives and output is not None
        self.size = output.size if output is not None else 0

    @classmethod
    def of(cls, operator: Operator | None, received: tuple[Volume | None, ...]) -> Applied:
        """With the output that the operator gives."""
        known = [volume for volume in received if volume is not None]
        fits = len(known) == len(received) and operator is not None
        if operator is None or not fits or any(len(volume.spatial) not in operator.ranks for volume in known):
            return cls(operator, received, None)
        return cls(operator, received, operator.receive(known))

    @cached_property
    def weights(self) -> tuple[Weight, ...]:
        """Arrays the layer keeps; empty when unknown."""
        volume = self.received[0]
        if not self.is_known or self.operator is None or volume is None:
            return ()
        return self.operator.weights(volume)

    @cached_property
    def windows(self) -> tuple[Window, ...] | None:
        """How an output position sees the input, per axis; None when unknown."""
        volume = self.received[0]
        if self.operator is None or volume is None or len(volume.spatial) not in self.operator.ranks:
            return None
        return self.operator.windows(volume)

    @cached_property
    def footprints(self) -> tuple[tuple[Footprint, ...] | None, ...]:
        """How an output position sees each input, per axis; None for an input of which it is unknown."""
        if self.operator is None:
            return (None,) * len(self.received)
        return self.operator.footprints([volume for volume in self.received if volume is not None])

    @cached_property
    def counts(self) -> Counts | None:
        """What a layer with weights of its own costs; None when unknown."""
        return self._counted(self.weights)

    @cached_property
    def tied_counts(self) -> Counts | None:
        """What a layer costs whose weights are another one's."""
        return self._counted(())

    def _counted(self, own: tuple[Weight, ...]) -> Counts | None:
        volume, output = self.received[0], self.output
        if self.operator is None or volume is None or output is None or not self.is_known:
            return None
        size = {"weight": 0, "bias": 0, "buffer": 0}
        for weight in own:
            size[weight.role] += weight.size
        return Counts(
            params=size["weight"] + size["bias"],
            weights=size["weight"],
            biases=size["bias"],
            trainable_params=sum(weight.size for weight in own if weight.trainable),
            unshared_params=self.operator.unshared_params(volume, output),
            buffers=size["buffer"],
            macs=self.operator.macs(volume, output),
            flops=self.operator.cost([each for each in self.received if each is not None], output),
        )
