"""What ``archspec sizes --format json`` prints, as models: the contract of docs/json.md."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from archspec.model import Model

Size = Annotated[int, Field(ge=1)]


class SizeClassOutput(Model):
    """The sizes `first`, `first + step`, `first + 2 * step` and so on."""

    first: Size
    step: Size


class NearestOutput(Model):
    """The next smaller and larger size that fit."""

    below: int | None
    above: int | None


class LosslessOutput(Model):
    """The sizes at which nothing but padding is left over, those that fit exactly included."""

    fits: bool
    classes: list[SizeClassOutput] | None
    others: list[Size]
    sizes: list[Size]
    nearest: list[NearestOutput]


class AxesOutput(Model):
    """The sizes of some axes for which the network fits."""

    names: Annotated[list[str], Field(min_length=1)]
    present: list[Size]
    fits: bool
    layer: str | None
    reason: str | None
    classes: list[SizeClassOutput] | None
    others: list[Size]
    sizes: list[Size]
    nearest: list[NearestOutput]
    lossless: LosslessOutput | None = Field(description="Beside the exact sizes; null with `--fit`.")


class SizesOutput(Model):
    """What `archspec sizes --format json` prints."""

    model_config = ConfigDict(title="Input sizes that fit, of archspec sizes --format json")

    version: Literal[1]
    name: str = Field(description="The network's name.")
    file: str | None = Field(
        description="The file as it was named on the command line; null for a graph that a program built."
    )
    input: dict[str, list[Size] | None] = Field(description="The volumes of the spec, spatial axes, then channels.")
    fit: Literal["exact", "lossless"]
    range: Annotated[list[Size], Field(min_length=2, max_length=2)]
    axes: list[AxesOutput]
