"""What ``archspec show --format json`` prints, as models: the contract of docs/json.md."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from archspec.model import Model
from archspec.spec.models import DType

Figure = Annotated[int, Field(ge=0)] | None
"""A count; None where a failed layer makes it unknown."""
Shape = Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=1, max_length=4)] | None
"""Spatial axes, then channels: [height, width, channels] for images; None where unknown."""
Volumes = Annotated[dict[str, Shape], Field(min_length=1)]
Axes = Annotated[list[int], Field(max_length=3)]
Steps = Annotated[list[Annotated[int, Field(ge=0)] | Annotated[float, Field(ge=0)]], Field(max_length=3)]


class ReceptiveFieldOutput(Model):
    """The receptive field in positions of the input, an entry for each spatial axis."""

    size: Axes = Field(description="How many input positions an output position can depend on, at most.")
    stride: Steps = Field(
        description="Input positions between the fields of two neighbours, on average; whole unless a layer upsamples, "
        "0 where the field does not move on."
    )
    offset: Axes = Field(description="First input position that the first output sees; negative in the padding.")


class LayerOutput(Model):
    """One layer."""

    name: str = Field(description="Path of the layer.")
    op: str = Field(description="The operator's name in the spec.")
    line: Annotated[int, Field(ge=1)] | None = Field(
        description="Line of the file, from 1; null for a layer of a program."
    )
    inputs: list[str] = Field(description="Names of the layers or inputs it reads.")
    output: Shape
    params: Figure = Field(description="Learnable elements: weights and biases.")
    weights: Figure
    biases: Figure
    unshared_params: Figure = Field(description="Parameters if positions did not share weights.")
    buffers: Figure = Field(description="Stored elements that are not learned.")
    macs: Figure = Field(description="Multiply-accumulates for one sample.")
    flops: Figure = Field(description="Floating point operations for one sample.")
    activations: Figure = Field(description="Output elements for one sample.")
    bytes: Figure = Field(description="Bytes of the output for the batch; 0 when it takes its input's place.")
    receptive_field: ReceptiveFieldOutput | None
    window_field: ReceptiveFieldOutput | None = Field(
        description="The receptive field of the windows alone: attention and norms of a sample count as one position."
    )
    arguments: dict[str, Any] | None = Field(
        description="Arguments in force under the names of the spec; null when they are faulty."
    )


class TrainingBytes(Model):
    """Parameters, gradients, optimizer state, and stored outputs with their gradients."""

    sgd: Figure
    momentum: Figure
    adam: Figure


class TotalsOutput(Model):
    """Figures of the whole network."""

    params: Figure
    trainable_params: Figure = Field(description="Without those whose values the spec fixes.")
    buffers: Figure
    unshared_params: Figure
    macs: Figure
    flops: Figure
    activations: Figure = Field(description="Stored outputs of one sample, those in place left out.")
    forward_bytes: Figure = Field(description="Inputs and stored outputs of the batch.")
    training_bytes: TrainingBytes
    peak_bytes: Figure = Field(description="The most bytes of volumes alive at once in inference.")
    param_bytes: Figure = Field(description="Bytes of the parameters.")


class ReportOutput(Model):
    """What `archspec show --format json` prints. A figure is null if a failed layer makes it unknown."""

    model_config = ConfigDict(title="archspec report")

    version: Literal[1] = Field(description="Version of this contract.")
    name: str | None = Field(description="The spec's `name`.")
    file: str | None = Field(
        description="The file as it was named on the command line; null for a graph that a program built."
    )
    input: Volumes = Field(description="Input volumes of the network, by name.")
    output: Volumes = Field(description="The results of the network, by the name of their layer.")
    dtype: DType = Field(description="Type of every element, for bytes.")
    batch: Annotated[int, Field(ge=1)] = Field(
        description="Samples that `bytes`, `forward_bytes`, `training_bytes` and `peak_bytes` are for."
    )
    layers: list[LayerOutput] = Field(description="Layers in the order in which they run.")
    totals: TotalsOutput
