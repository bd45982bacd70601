"""A spec file as pydantic models: the header validated, every layer with its place in the file."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from archspec.diagnostics import Diagnostic
from archspec.ops._base import Count
from archspec.ops._window import Fit
from archspec.spec.quantities import BytesField, CountField
from archspec.spec.volumes import VolumeField, VolumesField, parse_volume
from archspec.syntax.nodes import Mapping, Node, Scalar

DType = Literal["float16", "bfloat16", "float32", "float64"]
ITEM_BYTES: dict[DType, int] = {"float16": 2, "bfloat16": 2, "float32": 4, "float64": 8}
"""Bytes of one number."""


class _Model(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True)


class TrainingMemory(_Model):
    """Bytes to train with each optimizer."""

    sgd: BytesField | None = None
    momentum: BytesField | None = None
    adam: BytesField | None = None


class Counts(_Model):
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


class Figures(Counts):
    """``budget:``: ceilings for the whole network."""

    param_memory: BytesField | None = None
    training_memory: TrainingMemory | None = None
    peak_memory: BytesField | None = None


class Facts(Figures):
    """``expect:`` of the network: figures that must hold exactly, and its output volume."""

    output: VolumeField | None = None
    receptive_field: tuple[Count, ...] | Count | None = None


class Layer(_Model):
    """One list item of ``layers``: an operator, its arguments as they stand, and what the item says besides."""

    kind: str
    key: Scalar
    arguments: Node | None = None
    name: str | None = None
    name_node: Scalar | None = None
    expect: LayerFacts | None = None
    ignore: tuple[str, ...] = ()
    item: Node


class Header(_Model):
    """The top of a spec file without its layers."""

    name: Annotated[str, Field(min_length=1)] | None = None
    source: str | None = None
    input: VolumesField | None = None
    fit: Fit | None = None
    dtype: DType = "float32"
    batch: Count = 1
    expect: Facts | None = None
    budget: Figures | None = None


class Spec(Header):
    """A whole spec. ``input`` is None when the file's was unusable; findings then say so."""

    layers: tuple[Layer, ...] = ()
    tree: Mapping
    findings: tuple[Diagnostic, ...] = ()
    """What reading the file found."""

    def __repr__(self) -> str:
        return f"Spec({self.name!r}, {len(self.layers)} layers)"

    __str__ = __repr__

    def at(self, **changes: Any) -> Spec:
        """The same spec with another ``input`` or ``batch``; its facts and ceilings were stated for the old ones."""
        given = {key: value for key, value in changes.items() if value is not None}
        if not given:
            return self
        if "input" in given:
            given["input"] = dict.fromkeys(self.input or ("input",), parse_volume(given["input"]))
        layers = tuple(layer.model_copy(update={"expect": None}) for layer in self.layers)
        return self.model_copy(update={"expect": None, "budget": None, "layers": layers, **given})
