"""What the options about a baseline request."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

USUAL_FILE = "archspec-baseline.json"
_OPTION = "--write-baseline"


class BaselineOptions(NamedTuple):
    """A file of known findings, which are not reported; ``is_written`` again, or freed of those that are gone."""

    path: str
    is_written: bool = False
    prunes: bool = False


def baseline_options(path: str | None, written: str | None, *, prunes: bool) -> BaselineOptions | None:
    """The baseline of a command line; ``written`` is empty where a file is to be written and none is named.

    Raises:
        ValueError: the options contradict each other; the text says how.

    """
    if written is None:
        return BaselineOptions(path or USUAL_FILE, prunes=prunes) if path or prunes else None
    if prunes:
        raise ValueError("--write-baseline writes the whole baseline: leave out --prune-baseline")
    if path and written and path != written:
        raise ValueError(f"--baseline and --write-baseline name different files, {path} and {written}: use one")
    return BaselineOptions(written or path or USUAL_FILE, is_written=True)


def with_baseline_file(arguments: Sequence[str]) -> list[str]:
    """A command line in which ``--write-baseline`` has a value: the JSON file after it, or none.

    Option parsers take whatever follows for a value, so that ``--write-baseline specs/`` would name a folder.
    """
    found: list[str] = []
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if word == "--":
            return [*found, word, *rest]
        if word == _OPTION:
            word = f"{_OPTION}={rest.pop(0) if rest and rest[0].endswith('.json') else ''}"
        found.append(word)
    return found
