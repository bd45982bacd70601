"""Operator calls: the one place where shapes are inferred. Equal layers share a call."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from archspec.ops._dependence import InputDependence

if TYPE_CHECKING:
    from archspec.ops._base import Operator, Weight
    from archspec.ops._dependence import Dependence
    from archspec.ops._window import Window
    from archspec.volume import Volume

_POINTWISE = InputDependence()


class LayerCounts(NamedTuple):
    """The costs of one layer for one sample, in elements and operations (docs/counting.md)."""

    params: int
    weights: int
    biases: int
    trainable_params: int
    unshared_params: int
    buffers: int
    macs: int
    flops: int


class OperatorCall:
    """An operator, its input volumes and its output; every other fact is computed once, when it is needed.

    ``operator`` is None when its arguments are faulty, an entry of ``input_volumes`` when that volume is unknown, and
    ``output`` when the operator has none. ``is_checkable`` says whether rules can check the call: its operator and
    its inputs are known.
    """

    def __init__(
        self, operator: Operator | None, input_volumes: tuple[Volume | None, ...], output: Volume | None
    ) -> None:
        self.operator = operator
        self.input_volumes = input_volumes
        self.output = output
        self.is_checkable = operator is not None and (output is not None or None not in input_volumes)
        self.is_known = output is not None and self.is_checkable

    @classmethod
    def of(cls, operator: Operator | None, input_volumes: tuple[Volume | None, ...]) -> OperatorCall:
        """The call, with the inferred output."""
        return cls(operator, input_volumes, infer_output(operator, input_volumes))

    @cached_property
    def size(self) -> int:
        """Elements of the output for one sample; 0 when there is none."""
        return self.output.size if self.output is not None else 0

    @cached_property
    def has_valid_rank(self) -> bool:
        """Whether operator and inputs are known, and the operator takes as many spatial axes as each of them has."""
        return takes_axes(self.operator, self.input_volumes)

    @property
    def known_inputs(self) -> list[Volume]:
        """The input volumes that are known."""
        return [volume for volume in self.input_volumes if volume is not None]

    @cached_property
    def weights(self) -> tuple[Weight, ...]:
        """The stored arrays (weights and buffers); empty if unknown."""
        return self.operator.weights(self.known_inputs) if self.is_known and self.operator is not None else ()

    @cached_property
    def windows(self) -> tuple[Window, ...] | None:
        """The window of input positions of each output position, per axis; None if unknown."""
        volume = self.input_volumes[0]
        if self.operator is None or volume is None or not takes_axes(self.operator, (volume,)):
            return None
        return self.operator.windows([volume])

    @cached_property
    def dependence(self) -> tuple[Dependence, ...]:
        """How an output position depends on each input, per axis; None for an input of which it is unknown."""
        if self.operator is None:
            return (None,) * len(self.input_volumes)
        return self.operator.dependence(self.known_inputs)

    @cached_property
    def is_pointwise(self) -> bool:
        """Whether an output position depends on the same position of the one input, along every axis there is."""
        if self.output is None or len(self.input_volumes) > 1:
            return False
        (depends,) = self.dependence
        return depends is not None and depends.count(_POINTWISE) == len(depends) > 0

    @cached_property
    def removes_channel_offset(self) -> bool:
        """Whether a constant that is added to all of a channel makes no difference; False when unknown."""
        return self.is_known and self.operator is not None and self.operator.removes_channel_offset(self.known_inputs)

    @cached_property
    def has_channel_bias(self) -> bool:
        """Whether a learned constant is added to each output channel, the same at every position."""
        return any(weight.role == "bias" and weight.axes == ("out",) for weight in self.weights)

    @cached_property
    def counts(self) -> LayerCounts | None:
        """The costs of a layer with its own weights; None if unknown."""
        return self._counts(self.weights)

    @cached_property
    def tied_counts(self) -> LayerCounts | None:
        """The costs of a layer with the weights of another one."""
        return self._counts(())

    def _counts(self, own: tuple[Weight, ...]) -> LayerCounts | None:
        inputs, output = self.known_inputs, self.output
        if self.operator is None or output is None or not self.is_known:
            return None
        size = {"weight": 0, "bias": 0, "buffer": 0}
        for weight in own:
            size[weight.role] += weight.size
        return LayerCounts(
            params=size["weight"] + size["bias"],
            weights=size["weight"],
            biases=size["bias"],
            trainable_params=sum(weight.size for weight in own if weight.trainable),
            unshared_params=self.operator.unshared_params(inputs, output),
            buffers=size["buffer"],
            macs=self.operator.macs(inputs, output),
            flops=self.operator.flops(inputs, output),
        )


class OperatorCalls:
    """A cache of operator calls, by operator and inputs."""

    def __init__(self) -> None:
        self._calls: dict[tuple[int, tuple[Volume | None, ...]], OperatorCall] = {}

    def of(self, operator: Operator | None, input_volumes: tuple[Volume | None, ...]) -> OperatorCall:
        """The call of an operator on volumes."""
        key = (id(operator), input_volumes)  # an operator that is kept in a call keeps its identity
        call = self._calls.get(key)
        if call is None:
            call = self._calls[key] = OperatorCall.of(operator, input_volumes)
        return call


def infer_output(operator: Operator | None, input_volumes: tuple[Volume | None, ...]) -> Volume | None:
    """The output of an operator; None when it has none, or when the operator or an input is unknown."""
    if operator is None or not takes_axes(operator, input_volumes):
        return None
    return operator.infer([volume for volume in input_volumes if volume is not None])


def takes_axes(operator: Operator | None, input_volumes: tuple[Volume | None, ...]) -> bool:
    """Whether an operator takes volumes with as many spatial axes as all of these have."""
    if operator is None:
        return False
    ranks = operator.ranks
    for volume in input_volumes:  # noqa: SIM110 - no generator: this runs for every layer of every size that is tried
        if volume is None or len(volume.spatial) not in ranks:
            return False
    return True
