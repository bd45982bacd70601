"""Values with a notation of their own, as fields of models: how they are read, dumped and described."""

from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, PlainValidator, WithJsonSchema

from archspec.spec.quantities import parse_bytes, parse_count
from archspec.spec.volumes import AXES, LARGEST, parse_volume
from archspec.volume import AXIS_NAMES, Volume


def _with_axes(axes: tuple[str, ...]) -> dict[str, Any]:
    """The JSON Schema of a volume as a mapping of these axes and the channels to sizes."""
    names = [*axes, "channels"]
    size = {"type": "integer", "minimum": 1, "maximum": LARGEST}
    return {
        "type": "object",
        "properties": dict.fromkeys(names, size),
        "additionalProperties": False,
        "required": names,
    }


def _number(units: str, example: str) -> dict[str, Any]:
    """The JSON Schema of a number that may have a unit."""
    text = {
        "type": "string",
        "pattern": rf"^\s*[0-9]+(\.[0-9]+)?\s*({units})?\s*$",
        "patternErrorMessage": f"write a number such as {example}",
    }
    return {"anyOf": [text, {"type": "number", "minimum": 0}]}


_VOLUME_TEXT = {
    "type": "string",
    "pattern": r"^\s*([0-9]+(x[0-9]+){2,3}|\{.*\})\s*$",
    "patternErrorMessage": "a volume is written height x width x channels, such as 227x227x3",
}
VOLUME_SCHEMA = {"anyOf": [_VOLUME_TEXT, *map(_with_axes, AXIS_NAMES.values())]}
COUNT_SCHEMA = _number("[kKMGT]", "34944, 61M or 1.2G")
BYTES_SCHEMA = _number("[kKMGT]?B|[KMGT]iB", "600000, 80MB or 64MiB")
_VOLUMES_BY_NAME = {"type": "object", "minProperties": 1, "additionalProperties": VOLUME_SCHEMA}


def volume_text(volume: Volume) -> str | dict[str, int]:
    """A volume as a spec writes it: text, or a mapping where there are fewer axes than an image has."""
    if len(volume.spatial) > 1:
        return str(volume)
    return dict(zip((*volume.axes, "channels"), volume.shape, strict=True))


def _by_name(value: object) -> dict[str, object]:
    """One volume (named ``input``), or several by name, so that an error names the one that is wrong."""
    if (
        isinstance(value, dict)
        and value
        and not set(value) & AXES
        and not all(type(of) is int for of in value.values())
    ):
        return {str(name): volume for name, volume in value.items()}
    return {"input": value}


VolumeField = Annotated[
    Volume,
    PlainValidator(parse_volume),
    PlainSerializer(volume_text, when_used="json"),
    WithJsonSchema(VOLUME_SCHEMA),
]
VolumesField = Annotated[
    dict[str, VolumeField],
    BeforeValidator(_by_name),
    WithJsonSchema({"anyOf": [VOLUME_SCHEMA, _VOLUMES_BY_NAME]}),
]
CountField = Annotated[int, PlainValidator(parse_count), WithJsonSchema(COUNT_SCHEMA)]
BytesField = Annotated[int, PlainValidator(parse_bytes), WithJsonSchema(BYTES_SCHEMA)]
