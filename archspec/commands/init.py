"""``archspec init``: a spec to start from."""

from __future__ import annotations

import json
import re
import shlex
import sys
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archspec.commands import Action, Status, refuse
from archspec.files.output_file import write_new_file
from archspec.source import Source
from archspec.syntax import parse, plain
from archspec.text.printable import printable

if TYPE_CHECKING:
    from archspec.diagnostics import Diagnostic

SUFFIX = ".arch.yaml"
_SUFFIXES = (SUFFIX, ".arch.yml", ".yaml", ".yml")
_NAME = re.compile(r"\w[\w.-]*")
_USUAL = "network"
"""The name when the folder's name is not valid."""


NameArgument = Annotated[
    str | None,
    typer.Argument(metavar="NAME", help="Name of the network and its file. Default: the folder's. - prints the spec."),
]
PrintOption = Annotated[bool, typer.Option("--stdout", help="Print the spec instead of writing it.")]


class _InitRefusedError(Exception):
    pass


def init(name: NameArgument = None, *, stdout: PrintOption = False) -> Action:
    """Write NAME.arch.yaml, a commented spec to start from. It passes `archspec check`."""
    is_printed = stdout or name == "-"
    return partial(write_starter, None if name == "-" else name, to_stdout=is_printed)


def write_starter(name: str | None, *, to_stdout: bool) -> Status:
    """Write a commented spec to ``NAME.arch.yaml``, or print it; a file that exists is never touched."""
    try:
        path = _path(name)
        title = _title(path)
        if to_stdout:
            sys.stdout.write(starter(title, path.name))
            return Status.OK
        _write(path, starter(title, path.name))
    except _InitRefusedError as refused:
        return refuse(refused)
    shown = printable(shlex.quote(str(path)))
    sys.stdout.write(f"wrote {shown}; try\n\n  archspec check {shown}\n  archspec show {shown}\n")
    return Status.OK


def starter(title: str, file: str) -> str:
    """The spec to start from, with a network's name and a file name."""
    text = files("archspec.commands").joinpath("starter.arch.yaml").read_text("utf-8")
    return text.replace("name: network\n", f"name: {_scalar(title)}\n").replace("FILE ", f"{file} ")


def _path(name: str | None) -> Path:
    """The file for a name; without a name, the folder's name is used."""
    if name is None:
        folder = Path.cwd().name
        return Path(f"{folder if _NAME.fullmatch(folder) else _USUAL}{SUFFIX}")
    if not name or name.endswith("/"):
        raise _InitRefusedError(f"the file needs a name: `archspec init {name}NAME`")
    return Path(name if name.endswith(_SUFFIXES) else f"{name}{SUFFIX}")


def _title(path: Path) -> str:
    """The network's name: the file name without its suffix."""
    suffix = next(suffix for suffix in _SUFFIXES if path.name.endswith(suffix))
    title = path.name.removesuffix(suffix)
    if not _NAME.fullmatch(title):
        raise _InitRefusedError(
            f"{title!r} is not a network name: use letters, digits, `_`, `-` and `.`, with a letter or digit first"
        )
    return title


def _scalar(title: str) -> str:
    """A name as YAML, quoted where a reader would take it for something else."""
    found: list[Diagnostic] = []
    tree = parse(Source("", f"name: {title}\n"), found.append)
    is_itself = tree is not None and not found and plain(tree) == {"name": title}
    return title if is_itself else json.dumps(title, ensure_ascii=False)


def _write(path: Path, text: str) -> None:
    try:
        write_new_file(path, text.encode())
    except FileExistsError:
        raise _InitRefusedError(
            f"{path} already exists and was not changed; choose another name: `archspec init NAME`"
        ) from None
    except FileNotFoundError:
        raise _InitRefusedError(f"there is no folder {path.parent}; create it: `mkdir -p {path.parent}`") from None
    except (OSError, ValueError) as error:
        raise _InitRefusedError(f"cannot write {path}: {getattr(error, 'strerror', None) or error}") from None
