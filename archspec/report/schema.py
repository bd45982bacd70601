"""The JSON Schemas of what archspec prints for programs."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any, Literal


def schema(contract: Literal["report", "findings", "sizes", "profile"]) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of what ``show``, ``check``, ``sizes`` or ``run --profile`` print as JSON."""
    text = files("archspec.report").joinpath("schemas", f"{contract}.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return data
