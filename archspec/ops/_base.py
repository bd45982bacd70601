"""What an operator is: the one place for its arguments, shapes, weights, costs and reference forward.

Annotations are not strings here: pydantic would evaluate those of a base again for each operator.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, NamedTuple

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from archspec.ops._dependence import InputDependence
from archspec.ops._numpy import np
from archspec.ops._traits import Traits
from archspec.ops._window import Window
from archspec.volume import Volume

if TYPE_CHECKING:
    from archspec.ops._dependence import Dependence
    from archspec.ops._numpy import Array, Arrays, Generator, Weights

Count = Annotated[int, Field(ge=1)]
"""An argument that is a whole number from 1."""
EACH_AXIS = "one whole number from 1 for every axis, or a list of one per spatial axis"
Sizes = Annotated[
    Count | Annotated[tuple[Count, ...], Field(min_length=1, max_length=3)],
    Field(description=EACH_AXIS),
]
"""One whole number from 1 for every axis, or one per spatial axis."""


def _volume_name(value: Any) -> Any:
    if value is not None and not isinstance(value, tuple):
        raise ValueError("it names a volume, such as `like: stem`")
    return value


Like = Annotated[
    tuple[Count, ...] | None,
    BeforeValidator(_volume_name),
    WithJsonSchema({"type": ["string", "null"]}),
    Field(description="the name of a volume"),
]
"""The name of a volume in a spec; here already its spatial sizes (:attr:`Operator.size_arguments`)."""

Role = Literal["weight", "bias", "buffer"]
Initial = Literal["fan", "zeros", "ones"] | float


class Weight(NamedTuple):
    """One array an operator keeps.

    ``axes`` are the roles of its axes, from which any other layout follows: ``kernel_height`` and the like, ``in`` and
    ``out`` for the channels or features that a linear map takes and gives, ``channel`` for what acts on each by itself,
    ``height``, ``output_height`` and the like for positions of the input and of the output. ``role`` tells learned
    weights, learned biases (whatever is added or has one number a channel and starts at zero) and buffers (kept, not
    learned) apart. ``initial`` says how it starts: ``fan`` draws by He's or Glorot's rule from ``fan_in`` and
    ``fan_out``, a number fills the array. ``values`` are fixed numbers from the spec as nested tuples, which are not
    trained; ``fixed`` makes the array of them.
    """

    name: str
    shape: tuple[int, ...]
    axes: tuple[str, ...]
    role: Role = "weight"
    initial: Initial = "fan"
    fan_in: int = 0
    fan_out: int = 0
    values: tuple[Any, ...] | None = None

    @property
    def size(self) -> int:
        """How many elements it has."""
        return math.prod(self.shape)

    @property
    def trainable(self) -> bool:
        """Whether training changes it."""
        return self.role != "buffer" and self.values is None

    def fixed_array(self, dtype: str = "float32") -> "Array":
        """``values`` as an array of ``shape``.

        Values of as many axes as ``shape`` are used as they are. Values without the last two axes are one filter
        (kernel ...), which is repeated for every channel and every filter. What is too large for ``dtype`` is infinite.
        """
        with np.errstate(over="ignore"):
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
    """The spec states ``stated`` for ``argument``; ``actual`` is the value of the input."""

    argument: str
    stated: int
    actual: int


class ShapeClaim(NamedTuple):
    """The spec writes out an array of shape ``stated`` for ``argument``; any of ``allowed`` suits the input."""

    argument: str
    stated: tuple[int, ...]
    allowed: tuple[tuple[int, ...], ...]


class Limit(NamedTuple):
    """``number`` (called ``what``) may be at most ``most``; the operator's ``argument`` made it what it is."""

    argument: str
    what: str
    number: int
    most: int


class Operator(Traits):
    """Base of all operators: the fields of a subclass are the arguments a spec may give.

    A subclass states facts: shapes, weights, costs, windows. Whether a fact is a fault, the rules judge.
    ``infer`` returns None where there is no output; a shape rule then says why.
    Arrays are ``(N, spatial axes ..., C)``.
    """

    main: ClassVar[str | None] = None
    """The argument that a bare scalar sets (``fc: 10``)."""
    ranks: ClassVar[range] = range(4)
    """How many spatial axes the input may have."""
    axis_arguments: ClassVar[tuple[str, ...]] = ()
    """Arguments that take one number or one per spatial axis."""
    held: ClassVar[float] = 1
    """How many arrays of the output's size a forward pass holds at most at one time, the output included."""
    size_arguments: ClassVar[frozenset[str]] = frozenset()
    """Arguments that name a volume in the spec, and hold its spatial sizes by the time they are validated."""

    @model_validator(mode="before")
    @classmethod
    def _frozen(cls, values: Any) -> Any:
        """Take lists as tuples: an operator never changes and can be a key."""
        return frozen(values)

    def removes_channel_offset(self, inputs: Sequence[Volume]) -> bool:
        """Whether a constant that is added to all of a channel makes no difference, as where its mean is subtracted."""
        return False

    def values_per_mean(self, inputs: Sequence[Volume]) -> int | None:
        """How many values of a sample share the mean that is subtracted from them; None where there is no such mean."""
        return None

    # One family of methods, over the volumes or arrays of all inputs. Most operators have one: ``(volume,) = inputs``.

    def infer(self, inputs: Sequence[Volume]) -> Volume | None:
        """The output for these inputs; None when there cannot be one."""
        return inputs[0]

    def weights(self, inputs: Sequence[Volume]) -> tuple[Weight, ...]:
        """Arrays kept for these inputs; the one truth for parameter counts, memory and export."""
        return ()

    def windows(self, inputs: Sequence[Volume]) -> tuple[Window, ...] | None:
        """What slides over the (first) input, per spatial axis.

        None when the arguments don't suit the axes, or when the operator is not a sliding window.
        """
        return tuple(Window(size) for size in inputs[0].spatial)

    def dependence(self, inputs: Sequence[Volume]) -> tuple["Dependence", ...]:
        """How an output position depends on each input: by the windows that slide over it, unless a subclass knows."""
        windows = (self.windows([volume]) for volume in inputs)
        return tuple(None if each is None else tuple(map(InputDependence.of, each)) for each in windows)

    def macs(self, inputs: Sequence[Volume], output: Volume) -> int:
        """Multiply-accumulates for one sample; bias, norms and activations have none (docs/counting.md)."""
        return 0

    def flops(self, inputs: Sequence[Volume], output: Volume) -> int:
        """Floating point operations for one sample (docs/counting.md)."""
        return 2 * self.macs(inputs, output)

    def unshared_params(self, inputs: Sequence[Volume], output: Volume) -> int:
        """Parameters needed if every output position had its own (CS231n, "Parameter sharing")."""
        return output.positions * sum(weight.size for weight in self.weights(inputs) if weight.role != "buffer")

    def divisions(self, inputs: Sequence[Volume]) -> tuple[Division, ...]:
        """Numbers that must be divisible."""
        return ()

    def limits(self, inputs: Sequence[Volume]) -> tuple[Limit, ...]:
        """Numbers that must not be larger than the input allows."""
        return ()

    def claims(self, inputs: Sequence[Volume]) -> tuple[Claim, ...]:
        """What the spec claims about the input, so that it can be checked."""
        return ()

    def shape_claims(self, inputs: Sequence[Volume]) -> tuple[ShapeClaim, ...]:
        """Shapes of the arrays that the spec writes out."""
        return ()

    def forward_size(self, inputs: Sequence[Volume], output: Volume) -> float:
        """Elements that :meth:`forward` holds at most at one time for a sample, its output included.

        Arrays of booleans count a quarter; what is small beside the output doesn't count.
        """
        return self.held * output.size

    def forward(
        self, inputs: "Arrays", weights: "Weights", training: bool = False, rng: "Generator | None" = None
    ) -> "Array":
        """The readable reference: arrays ``(N, ..., C)`` to one ``(N, ..., C)`` of the same dtype.

        At inference unless ``training``, where batch norm goes by the batch and dropout drops. What is drawn comes from
        ``rng`` alone, so that a generator of the same seed gives the same output.
        """
        raise NotImplementedError


Operator.__annotations__.clear()  # see archspec.ops._traits


def frozen(value: Any) -> Any:
    """``value`` with tuples for lists, all the way down."""
    if isinstance(value, dict):
        return {key: frozen(item) for key, item in value.items()}
    return tuple(map(frozen, value)) if isinstance(value, list | tuple) else value


def volume_of(array: "Array") -> Volume:
    """The volume of one sample of an array ``(N, spatial axes ..., C)``."""
    return Volume(array.shape[1:-1], array.shape[-1])


def kernel_axes(volume: Volume) -> tuple[str, ...]:
    """Roles of the axes of a kernel that slides over a volume."""
    return tuple(f"kernel_{axis}" for axis in volume.axes)


def per_axis(value: int | tuple[int, ...], axes: int) -> tuple[int, ...] | None:
    """One value for each axis; None when the numbers of values and axes differ."""
    if not isinstance(value, tuple):
        return (value,) * axes
    return value if len(value) == axes else None
