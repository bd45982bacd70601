"""A spec file as pydantic models: the header validated, every layer with its place in the file.

Annotations are not strings here: pydantic would evaluate those of a base again for each model.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, GetPydanticSchema
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import core_schema

from archspec.diagnostics import Diagnostic
from archspec.model import Model
from archspec.ops._base import Count
from archspec.ops._window import Fit
from archspec.spec.fields import BytesField, CountField, VolumeField, VolumesField
from archspec.spec.items import Block, Item
from archspec.syntax.nodes import Mapping, Node, Scalar

Loss = Literal["softmax", "svm"]
DType = Literal["float16", "bfloat16", "float32", "float64"]
ITEM_BYTES: dict[DType, int] = {"float16": 2, "bfloat16": 2, "float32": 4, "float64": 8}
"""Bytes of one number."""


class TrainingMemory(Model):
    """Bytes to train with each optimizer."""

    sgd: BytesField | None = None
    momentum: BytesField | None = None
    adam: BytesField | None = None


class Counts(Model):
    """Figures that a layer and the whole network have; ``forward_memory`` of a layer is that of its output."""

    params: CountField | None = None
    trainable_params: CountField | None = None
    weights: CountField | None = None
    biases: CountField | None = None
    unshared_params: CountField | None = None
    buffers: CountField | None = None
    macs: CountField | None = None
    flops: CountField | None = None
    activations: CountField | None = None
    forward_memory: BytesField | None = None


class LayerFacts(Counts):
    """``expect:`` of a layer."""

    output: VolumeField | None = None
    receptive_field: tuple[Count, ...] | Count | None = None
    window_field: tuple[Count, ...] | Count | None = None


class Figures(Counts):
    """``budget:``: ceilings for the whole network."""

    param_memory: BytesField | None = None
    training_memory: TrainingMemory | None = None
    peak_memory: BytesField | None = None


class Facts(Figures):
    """``expect:`` of the network: figures that must hold exactly, and its output volume."""

    output: VolumeField | None = None
    receptive_field: tuple[Count, ...] | Count | None = None
    window_field: tuple[Count, ...] | Count | None = None


class VariantHeader(Model):
    """What a variant states instead of the file."""

    source: str | None = None
    input: VolumesField | None = None
    dtype: DType | None = None
    batch: Count | None = None
    expect: Facts | None = None
    budget: Figures | None = None


class Header(Model):
    """The top of a spec file without its layers."""

    name: Annotated[str, Field(min_length=1)] | None = None
    source: str | None = None
    input: VolumesField | None = None
    fit: Fit | None = None
    dtype: DType = "float32"
    batch: Count = 1
    loss: Loss | None = None
    expect: Facts | None = None
    budget: Figures | None = None


T = TypeVar("T")
Parsed = Annotated[
    T,
    GetPydanticSchema(lambda _type, _handler: core_schema.any_schema()),
    SkipJsonSchema(),
    Field(exclude=True),
]
"""A part of the file as its reader left it: neither validated nor dumped, which are for what the header holds."""

Params = tuple[tuple[Scalar, Node], ...]
"""Names of parameters and the nodes of their values."""


@dataclass(slots=True, eq=False)
class Variant:
    """One network of a family: values of parameters, and what it states instead of the file."""

    key: Scalar
    params: Params
    header: VariantHeader


_NONE: dict[str, Any] = {}


class Spec(Header):
    """A whole spec, or one network of it.

    ``input`` is None when the file's was unusable; findings then say so. ``params`` holds the values of the
    parameters once a network is selected (:func:`archspec.spec.selection.select`), ``chosen`` its variant's name.
    ``checks_layers`` is False when parameters or input were replaced, so that the layers' ``expect`` has no say.
    """

    defaults: Parsed[Params] = ()
    blocks: Parsed[dict[str, Block]] = _NONE
    layers: Parsed[tuple[Item, ...]] = ()
    outputs: Parsed[tuple[Scalar, ...]] = ()
    variants: Parsed[dict[str, Variant]] = _NONE
    params: Parsed[dict[str, Any]] = _NONE
    chosen: Parsed[str | None] = None
    checks_layers: Parsed[bool] = True
    is_selected: Parsed[bool] = False
    faulty: Parsed[frozenset[str]] = frozenset()
    """Fields of the header that were refused."""
    tree: Parsed[Mapping]
    findings: Parsed[tuple[Diagnostic, ...]] = ()
    """What reading the file found."""

    @property
    def title(self) -> str:
        """The network's name: the variant's, else the file's."""
        return self.chosen or self.name or ""

    def stated_node(self, key: str) -> Node | None:
        """Where ``expect`` or ``budget`` of the chosen network is: at its variant, else at the top of the file."""
        variants = self.tree.get("variants")
        variant = variants.get(self.chosen) if isinstance(variants, Mapping) and self.chosen else None
        own = variant.get(key) if isinstance(variant, Mapping) else None
        return own or self.tree.get(key)

    def __repr__(self) -> str:
        if self.variants and self.chosen is None:
            return f"Spec({self.name!r}, {len(self.variants)} variants)"
        return f"Spec({self.title!r})"

    __str__ = __repr__
