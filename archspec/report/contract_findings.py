"""What ``archspec check --output json`` prints, as models: the contract of docs/json.md."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from archspec.diagnostics import Severity
from archspec.model import Model

Total = Annotated[int, Field(ge=0)]
Position = Annotated[int, Field(ge=1)]


class SummaryOutput(Model):
    """The number of findings of each severity."""

    files: Total = Field(description="Files that were checked.")
    errors: Total
    warnings: Total
    infos: Total


class EditOutput(Model):
    """Replace the characters from `offset` up to `end_offset` by `text`."""

    file: str
    line: Position
    column: Position
    end_line: Position
    end_column: Position
    offset: Total = Field(description="Characters from the beginning of the text, from 0.")
    end_offset: Total = Field(description="Where the text after the edit goes on.")
    text: str


class FixOutput(Model):
    """Edits that are applied together."""

    title: str = Field(description="What the edits do.")
    safe: bool = Field(description="Whether what the spec means stays the same.")
    edits: Annotated[list[EditOutput], Field(min_length=1)]


class DiagnosticOutput(Model):
    """One finding."""

    rule: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")] = Field(description="Name of the rule.")
    severity: Severity
    message: str = Field(description="What is wrong.")
    notes: list[str] = Field(description="Why it is so.")
    help: list[str] = Field(description="What to write instead.")
    file: str = Field(description="The file as it was named on the command line; empty for a finding in none.")
    line: Position | None = Field(description="Line from 1; null for a finding about the whole file.")
    column: Position | None = Field(description="Column from 1, in characters.")
    end_line: Position | None = Field(description="Line of the first character after the place.")
    end_column: Position | None = Field(description="Column of the first character after the place.")
    layer: str | None = Field(description="Path of the layer it is about.")
    fix: FixOutput | None = Field(description="The first of `fixes`, which `--fix` makes; null without one.")
    fixes: list[FixOutput] = Field(description="Fixes, the best first: each removes the finding by itself.")


class FindingsOutput(Model):
    """What `archspec check --output json` prints."""

    model_config = ConfigDict(title="archspec findings")

    version: Literal[1] = Field(description="Version of this contract.")
    summary: SummaryOutput
    diagnostics: list[DiagnosticOutput] = Field(description="All findings in order of file, place, rule and message.")
