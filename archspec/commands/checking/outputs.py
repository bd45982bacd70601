"""Outputs of findings: each ``--output FORMAT[=PATH]`` is one text, on standard output or in a file."""

# ruff: noqa: PTH111, PTH112, PTH110, PTH113, PTH120, PTH121 -- importing pathlib takes longer than reading a spec

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from archspec.report.formats import FINDINGS_FORMATS, render_findings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.diagnostics import Diagnostic
    from archspec.text.views import FindingsView

_WRITTEN_BY_HAND = (".yaml", ".yml", ".toml")


class Output(NamedTuple):
    """One text to write: a key of ``FINDINGS_FORMATS``, and a file; None is standard output."""

    format: str
    path: str | None = None


def usual_outputs() -> tuple[Output, ...]:
    """The default output: text, or annotations in a GitHub workflow."""
    return (Output("github" if os.environ.get("GITHUB_ACTIONS") == "true" else "full"),)


def parse_outputs(texts: Sequence[str]) -> tuple[Output, ...]:
    """The outputs that the options choose.

    Raises:
        ValueError: there is no such format, or two of them would go to the same place; the text says so.

    """
    outputs = tuple(_parse(text) for text in texts)
    places: dict[str | None, Output] = {}
    for output in outputs:
        place = output.path and os.path.realpath(output.path)
        if (first := places.setdefault(place, output)) is not output:
            raise ValueError(_collision(first, output))
    return outputs


def _parse(text: str) -> Output:
    name, equals, path = text.partition("=")
    if name not in FINDINGS_FORMATS:
        raise ValueError(f"there is no format {name!r}; formats are {', '.join(FINDINGS_FORMATS)}")
    if equals and not path:
        raise ValueError(f"{text!r} has no file name: write {name}=PATH, or {name} alone for standard output")
    return Output(name, None if path in ("", "-") else os.path.expanduser(path))  # no shell does it behind `json=`


def _collision(first: Output, second: Output) -> str:
    both = first.format if first.format == second.format else f"{first.format} and {second.format}"
    if second.path is None:
        advice = f"give one a file, such as {second.format}=PATH"
        return f"{both} would both go to standard output; only one can: {advice}"
    return f"{both} would both go to {second.path}: give each a different file"


def refusals(outputs: Sequence[Output], specs: Sequence[str] | None = None) -> list[str]:
    """Why output files cannot be written, as far as this is known before checking.

    Findings are not written over one of ``specs``, nor over what could be one that these use, or a configuration.
    """
    found = []
    for path in (output.path for output in outputs if output.path is not None):
        folder = os.path.dirname(path) or "."
        if os.path.isdir(path):
            found.append(f"cannot write {path}: it is a directory; choose a file in it")
        elif not os.path.isdir(folder):
            found.append(f"cannot write {path}: there is no directory {folder}; create it: `mkdir -p {folder}`")
        elif specs is not None and os.path.isfile(path) and _is_written_by_hand(path, specs):
            found.append(f"cannot write {path}: it is a spec or a configuration; choose another file")
    return found


def _is_written_by_hand(path: str, specs: Sequence[str]) -> bool:
    is_one = os.path.realpath(path).endswith(_WRITTEN_BY_HAND)
    return is_one or any(os.path.exists(spec) and os.path.samefile(path, spec) for spec in specs)


def write_outputs(found: Sequence[Diagnostic], outputs: Sequence[Output], view: FindingsView) -> list[str]:
    """Write every output; files come first, so that they are written even if standard output is closed early.

    Returns what could not be written, and why. ``view.colour`` and ``view.hints`` are for standard output alone.
    """
    from archspec.files.output_file import output_file  # noqa: PLC0415 - printing needs none of it

    failed = []
    for output in outputs:
        if output.path is not None:
            text = render_findings(found, output.format, view._replace(colour=False, hints=False, width=None))
            try:
                with output_file(output.path) as file:
                    file.write(text.encode(errors="backslashreplace"))
            except OSError as error:
                failed.append(str(error))
    for output in outputs:
        if output.path is None:
            sys.stdout.write(render_findings(found, output.format, view))
    return failed
