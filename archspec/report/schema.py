"""The JSON Schemas of archspec's JSON output, generated from its models."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

from pydantic.json_schema import GenerateJsonSchema

if TYPE_CHECKING:
    from archspec.model import Model

CONTRACTS = {
    "report": "contract_report:ReportOutput",
    "findings": "contract_findings:FindingsOutput",
    "sizes": "contract_sizes:SizesOutput",
    "profile": "contract_profile:ProfileOutput",
}
"""Name of a contract -> "module:Class" in this folder."""


def schema(contract: Literal["report", "findings", "sizes", "profile"]) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of what ``show``, ``check``, ``sizes`` or ``run --profile`` print as JSON."""
    return {"$schema": GenerateJsonSchema.schema_dialect, **contract_model(contract).model_json_schema()}


def contract_model(contract: Literal["report", "findings", "sizes", "profile"]) -> type[Model]:
    """The model of a contract."""
    module, _, name = CONTRACTS[contract].partition(":")
    found: type[Model] = getattr(import_module(f"archspec.report.{module}"), name)
    return found
