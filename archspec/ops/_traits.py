"""Traits: what kind of operator one is, for all that would otherwise list operators by name.

Annotations are not strings here, as in :mod:`archspec.ops._base`.
"""

from typing import ClassVar, Literal

from archspec.model import Model
from archspec.ops import OPERATORS

_NAMES = {target: name for name, target in OPERATORS.items()}


class Traits(Model):
    """Facts about all uses of an operator, whatever its arguments; a subclass sets those that it does not inherit."""

    name: ClassVar[str] = ""
    """Its name in a spec, as the table of operators has it; that of the class for one that is not in the table."""
    other_names: ClassVar[str] = ""
    """What other libraries and papers call it, in lower case and without ``_`` and ``-``, separated by spaces."""

    torch_arguments: ClassVar[str] = ""
    """What the positional arguments of PyTorch's class are here, in order: ``-`` is needless, ``?`` cannot be said."""

    is_linear_map: ClassVar[bool] = False
    """Whether its output is a weighted sum of the input, by weights it learns: convolutions and dense layers."""
    is_convolution: ClassVar[bool] = False
    """Whether it is a linear map that slides a window over the input."""
    is_transposed: ClassVar[bool] = False
    """Whether it is the linear map of a convolution the other way round."""
    is_dense: ClassVar[bool] = False
    """Whether it is a linear map without a window: of the whole input (``is_global``), or of each position."""
    shares_weights: ClassVar[bool] = True
    """Whether a linear map has the same weights at every position."""
    channels_argument: ClassVar[str | None] = None
    """The argument that chooses the number of output channels; None when that follows from the input."""

    activation: ClassVar[Literal["relu-like", "saturating"] | None] = None
    """Kind of non-linearity between layers; chooses He's or Glorot's initialisation before it."""
    clips_negative: ClassVar[bool] = False
    """Whether an activation sets everything below zero to zero."""
    is_softmax: ClassVar[bool] = False
    """Whether it normalizes exponentials over the channels."""
    gives_probabilities: ClassVar[bool] = False
    """Whether its outputs are probabilities, from 0 to 1."""

    is_norm: ClassVar[bool] = False
    """Whether it brings values to a common scale by their mean, variance or root mean square."""
    has_batch_statistics: ClassVar[bool] = False
    """Whether a norm takes its statistics over the batch in training, and keeps them for inference."""

    pool: ClassVar[Literal["max", "mean", "l2"] | None] = None
    """How a pool reduces several values to one; None for what is not a pool."""
    global_form: ClassVar[str | None] = None
    """The name of the operator that takes all positions together, where this one takes those of a window, or each."""
    is_sliding: ClassVar[bool] = False
    """Whether it slides a window with arguments for kernel, stride, padding and dilation."""
    is_adaptive: ClassVar[bool] = False
    """Whether it is a pool to a stated size."""
    is_global: ClassVar[bool] = False
    """Whether its purpose is to combine all positions."""
    sees_beyond_windows: ClassVar[bool] = False
    """Whether its outputs depend on all positions though it has no window: attention, and norms over a sample."""

    merge: ClassVar[Literal["sum", "product", "concatenation"] | None] = None
    """How it joins several inputs; None for an operator with a single input."""
    merges_only: ClassVar[str] = ""
    """What volumes a merge can join, in words."""
    drops: ClassVar[Literal["elements", "samples"] | None] = None
    """What it sets to zero at random in training."""
    is_upsampling: ClassVar[bool] = False
    """Whether its output may have more positions than its input."""
    is_view: ClassVar[bool] = False
    """Whether it passes values on as they are, in another shape, with a border or without one."""
    keeps_linear: ClassVar[bool] = False
    """Whether two linear maps with only this between them are equivalent to one."""

    in_place: ClassVar[bool] = False
    """Whether the output takes the input's place in memory: activations, dropout and views."""
    elementwise: ClassVar[bool] = False
    """Whether an output element depends on the input at its own place alone, so that inference can write it there."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.name = _NAMES.get(f"{cls.__module__.rpartition('.')[2]}:{cls.__name__}", cls.__name__)


Traits.__annotations__.clear()  # pydantic knows them by now, and would evaluate all of them again for each operator
