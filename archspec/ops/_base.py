"""What an operator is: the one place for its arguments, shapes, weights, costs and reference forward."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, NamedTuple

from archspec.model import BeforeValidator, Field, Model, WithJsonSchema
from archspec.ops._footprint import Footprint
from archspec.ops._numpy import np
from archspec.ops._window import Window

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from archspec.ops._numpy import Array
    from archspec.volume import Volume

Count = Annotated[int, Field(ge=1)]
"""An argument that is a whole number from 1."""
EACH_AXIS = "one whole number from 1 for every axis, or a list of one per spatial axis"
Sizes = Annotated[
    Count | Annotated[tuple[Count, ...], Field(min_length=1, max_length=3)],
    Field(description=EACH_AXIS),
]
"""One whole number from 1 for every axis, or one per spatial axis."""


def _named(value: Any) -> Any:
    if value is not None and not isinstance(value, tuple):
        raise ValueError("it names a volume, such as `like: stem`")
    return value


Like = Annotated[
    tuple[Count, ...] | None,
    BeforeValidator(_named),
    WithJsonSchema({"type": ["string", "null"]}),
    Field(description="the name of a volume"),
]
"""The name of a volume in a spec; here already its spatial sizes (:attr:`Operator.size_arguments`)."""

Role = Literal["weight", "bias", "buffer"]
Initial = Literal["fan", "zeros", "ones"] | float


class Weight(NamedTuple):
    """One array an operator keeps.

    ``role`` tells learned weights, learned biases (whatever is added or has one number a channel and
    starts at zero) and buffers (kept, not learned). ``initial`` says how it starts: ``fan`` draws by
    He's or Glorot's rule from ``fan_in`` and ``fan_out``, a number fills the array. ``values`` are fixed
    numbers from the spec as nested tuples, which are not trained; ``fixed`` makes the array of them.
    """

    name: str
    shape: tuple[int, ...]
    role: Role = "weight"
    initial: Initial = "fan"
    fan_in: int = 0
    fan_out: int = 0
    values: tuple[Any, ...] | None = None

    @property
    def size(self) -> int:
        """How many numbers it holds."""
        return math.prod(self.shape)

    @property
    def trainable(self) -> bool:
        """Whether training changes it."""
        return self.role != "buffer" and self.values is None

    def fixed(self, dtype: str = "float32") -> Array:
        """``values`` as an array of ``shape``.

        Values of as many axes as ``shape`` stand as they are. Values without the last two axes are one filter
        (kernel ...), which is repeated for every channel and every filter.
        """
        array: Array = np.array(self.values, dtype)
        if array.ndim == len(self.shape) - 2:
            array = array[..., np.newaxis, np.newaxis]
        return np.broadcast_to(array, self.shape).copy()


class Division(NamedTuple):
    """``number`` (called ``what``) must be divisible by the operator's ``argument``, which is ``by``."""

    argument: str
    by: int
    what: str
    number: int


class Claim(NamedTuple):
    """The spec states ``stated`` for ``argument``; ``actual`` is what arrives."""

    argument: str
    stated: int
    actual: int


class ShapeClaim(NamedTuple):
    """The spec writes out an array of shape ``stated`` for ``argument``; any of ``allowed`` suits what arrives."""

    argument: str
    stated: tuple[int, ...]
    allowed: tuple[tuple[int, ...], ...]


class Limit(NamedTuple):
    """``number`` (called ``what``) may be at most ``most``; the operator's ``argument`` made it what it is."""

    argument: str
    what: str
    number: int
    most: int


class Operator(Model):
    """Base of all operators: the fields of a subclass are the arguments a spec may give.

    A subclass states facts: shapes, weights, costs, windows. Whether a fact is a fault, the rules judge.
    ``output`` gives None where there is no output; a shape rule then says why.
    Arrays are ``(N, spatial axes ..., C)``.
    """

    main: ClassVar[str | None] = None
    """The argument that a bare scalar gives (``fc: 10``)."""
    ranks: ClassVar[range] = range(4)
    """How many spatial axes the input may have."""
    axis_arguments: ClassVar[tuple[str, ...]] = ()
    """Arguments that take one number or one per spatial axis."""
    size_arguments: ClassVar[frozenset[str]] = frozenset()
    """Arguments that name a volume in the spec, and hold its spatial sizes by the time they are validated."""
    in_place: ClassVar[bool] = False
    """Whether the output takes the input's place in memory: activations, dropout and views."""
    elementwise: ClassVar[bool] = False
    """Whether a number of the output depends on those at its own place alone, so that inference can write it there."""
    activation: ClassVar[Literal["relu-like", "saturating"] | None] = None
    """Kind of non-linearity; chooses He's or Glorot's initialisation before it."""

    @classmethod
    def model_before(cls, values: Any) -> Any:
        """Take lists as tuples: an operator never changes and can be a key."""
        return frozen(values)

    def output(self, volume: Volume) -> Volume | None:
        """Volume that leaves when ``volume`` arrives; None when none can."""
        return volume

    def weights(self, volume: Volume) -> tuple[Weight, ...]:  # noqa: ARG002 - most operators keep none
        """Arrays kept for an input volume; the one truth for parameter counts, memory and export."""
        return ()

    def windows(self, volume: Volume) -> tuple[Window, ...] | None:
        """What slides over the input, per spatial axis.

        None when the arguments don't suit the axes, or when the operator is no sliding window.
        """
        return tuple(Window(size) for size in volume.spatial)

    def footprint(self, volume: Volume) -> tuple[Footprint, ...] | None:
        """How an output position sees the input, per spatial axis; None when the arguments don't suit the axes."""
        windows = self.windows(volume)
        return None if windows is None else tuple(map(Footprint.of, windows))

    def macs(self, volume: Volume, output: Volume) -> int:  # noqa: ARG002 - most operators multiply nothing
        """Multiply-accumulates for one sample; bias, norms and activations are none (docs/counting.md)."""
        return 0

    def flops(self, volume: Volume, output: Volume) -> int:
        """Floating point operations for one sample (docs/counting.md)."""
        return 2 * self.macs(volume, output)

    def unshared_params(self, volume: Volume, output: Volume) -> int:
        """Parameters needed if every output position had its own (CS231n, "Parameter sharing")."""
        return output.positions * sum(weight.size for weight in self.weights(volume) if weight.role != "buffer")

    def divisions(self, volume: Volume) -> tuple[Division, ...]:  # noqa: ARG002 - see above
        """Numbers that must divide."""
        return ()

    def limits(self, volume: Volume) -> tuple[Limit, ...]:  # noqa: ARG002 - see above
        """Numbers that must not be larger than the input allows."""
        return ()

    def claims(self, volume: Volume) -> tuple[Claim, ...]:  # noqa: ARG002 - see above
        """Statements of the spec about the input that can be checked."""
        return ()

    def shape_claims(self, volume: Volume) -> tuple[ShapeClaim, ...]:  # noqa: ARG002 - see above
        """Shapes of the arrays that the spec writes out."""
        return ()

    def forward(self, x: Array, weights: Mapping[str, Array]) -> Array:
        """The readable reference: ``(N, ..., C)`` in, ``(N, ..., C)`` out, same dtype."""
        raise NotImplementedError

    # The graph and the engine speak of several inputs; only merging operators have more than one.

    def receive(self, volumes: Sequence[Volume]) -> Volume | None:
        """Like ``output``, for all inputs."""
        return self.output(volumes[0])

    def footprints(self, volumes: Sequence[Volume]) -> tuple[tuple[Footprint, ...] | None, ...]:
        """Like ``footprint``, for each input."""
        return tuple(map(self.footprint, volumes))

    def cost(self, volumes: Sequence[Volume], output: Volume) -> int:
        """Like ``flops``, for all inputs."""
        return self.flops(volumes[0], output)

    def run(self, arrays: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Like ``forward``, for all inputs."""
        return self.forward(arrays[0], weights)


def frozen(value: Any) -> Any:
    """``value`` with tuples for lists, all the way down."""
    if isinstance(value, dict):
        return {key: frozen(item) for key, item in value.items()}
    return tuple(map(frozen, value)) if isinstance(value, list | tuple) else value


def per_axis(value: int | tuple[int, ...], axes: int) -> tuple[int, ...] | None:
    """One value for each axis; None when the numbers of values and axes differ."""
    if not isinstance(value, tuple):
        return (value,) * axes
    return value if len(value) == axes else None
