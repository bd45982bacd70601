"""Values that we read ourselves: volumes, counts and bytes."""

from __future__ import annotations

from typing import Any

from archspec.schema.forms import Schema, any_of, closed
from archspec.spec.quantities import parse_bytes, parse_count
from archspec.spec.volumes import LARGEST, parse_volume
from archspec.volume import AXIS_NAMES

READERS: dict[Any, str] = {parse_volume: "volume", parse_count: "quantity", parse_bytes: "bytes"}
"""What reads a value -> the definition of what it takes."""


def value_definitions() -> dict[str, Schema]:
    """Volumes, counts and bytes by name."""
    return {
        "volume": any_of(
            {
                "type": "string",
                "pattern": r"^\s*([0-9]+(x[0-9]+){2,3}|\{.*\})\s*$",
                "patternErrorMessage": "a volume is written height x width x channels, such as 227x227x3",
            },
            *_axes(),
        ),
        "quantity": _number("[kKMGT]", "34944, 61M or 1.2G"),
        "bytes": _number("[kKMGT]?B|[KMGT]iB", "600000, 80MB or 64MiB"),
    }


def _number(units: str, example: str) -> Schema:
    """A number that may have a unit."""
    text = {
        "type": "string",
        "pattern": rf"^\s*[0-9]+(\.[0-9]+)?\s*({units})?\s*$",
        "patternErrorMessage": f"write a number such as {example}",
    }
    return any_of(text, {"type": "number", "minimum": 0})


def _axes() -> list[Schema]:
    """Mappings of axes to sizes."""
    size = {"type": "integer", "minimum": 1, "maximum": LARGEST}
    return [closed(dict.fromkeys((*axes, "channels"), size), [*axes, "channels"]) for axes in AXIS_NAMES.values()]
