"""``archspec schema``: the JSON Schema of specs, for editors."""

from __future__ import annotations

import json
import sys
from functools import partial
from typing import Annotated

import typer

from archspec.commands import Action, Status, refuse
from archspec.commands.checking.outputs import Output, refusals
from archspec.files.output_file import OutputError, output_file
from archspec.schema import json_schema

OutputOption = Annotated[str | None, typer.Option(metavar="FILE", help="Where to write it. Default: print it.")]


def schema(*, output: OutputOption = None) -> Action:
    """Print the JSON Schema of specs, for completion, documentation and checks in editors."""
    return partial(write_schema, output)


def write_schema(path: str | None) -> Status:
    """Print the schema, or write it to a file."""
    text = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    if path is None or path == "-":
        sys.stdout.write(text)
        return Status.OK
    failures = refusals((Output("schema", path),))
    if not failures:
        try:
            with output_file(path) as file:
                file.write(text.encode())
        except OutputError as error:
            failures = [str(error)]
    return refuse(*failures) if failures else Status.OK
