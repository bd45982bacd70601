"""From settings to a configuration: those of a file first, then those of the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from archspec.config.configuration import Configuration
from archspec.config.names import enabled_rules, rules_named, usual
from archspec.config.relative import Ignored, Patterns
from archspec.files.patterns import parse_patterns
from archspec.rules._settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping


_SELECT = "select"
_CHOOSING = (_SELECT, "extend-select", "ignore")


class Layer(NamedTuple):
    """Settings from one place, by their keys in ``KEYS``: ``folder`` is what paths are relative to, and absolute."""

    folder: str
    values: Mapping[str, Any]
    origins: Mapping[str, str]


def resolve(file: Layer, options: Layer) -> Configuration:
    """What a file's settings and the options of a command do together: an option replaces the setting of its name.

    ``--select`` starts over: what the file selects and ignores is left aside. Without it, ``--extend-select`` and
    ``--ignore`` go on from what the file chooses.
    """
    values, origins = _join_layers(file, options)
    return Configuration(
        values=values,
        origins=origins,
        rules=Settings(_selection(file.values, options.values), values.get("thresholds", {})),
        ignored=tuple(
            Ignored(Patterns(file.folder, parse_patterns([pattern])), rules_named(names))
            for pattern, names in file.values.get("per-file-ignores", {}).items()
        ),
        severities=values.get("severity", {}),
        excluded=_exclusions(file, options),
        respects_gitignore=values.get("respect-gitignore", True),
        variants=values.get("variants", ()),
        fail_on=values.get("fail-on", "error"),
    )


def _join_layers(file: Layer, options: Layer) -> tuple[dict[str, Any], dict[str, str]]:
    """The combined settings of both, and the origin of each."""
    left = {key: value for key, value in file.values.items() if _SELECT not in options.values or key not in _CHOOSING}
    before = {key: file.origins.get(key, "") for key in left}
    values, origins = {**left, **options.values}, {**before, **options.origins}
    for key in {*_CHOOSING} & left.keys() & options.values.keys():
        values[key] = (*left[key], *options.values[key])
        origins[key] = f"{before[key]}, {options.origins[key]}"
    return values, origins


def _selection(file: Mapping[str, Any], options: Mapping[str, Any]) -> frozenset[str]:
    before = usual()
    for values in (options,) if _SELECT in options else (file, options):
        on = (*values.get(_SELECT, ()), *values.get("extend-select", ()))
        before = enabled_rules(() if _SELECT in values else before, on, values.get("ignore", ()))
    return before


def _exclusions(file: Layer, options: Layer) -> tuple[Patterns, ...]:
    """Exclusion patterns, each relative to the folder where it was set."""
    from archspec.files.discovery import EXCLUDE  # noqa: PLC0415 - which looks here

    own, further = file.values.get("exclude", EXCLUDE), file.values.get("extend-exclude", ())
    if "exclude" in options.values:
        replacing = Patterns(options.folder, parse_patterns(options.values["exclude"]))
        return replacing, Patterns(file.folder, parse_patterns(further))
    return (Patterns(file.folder, parse_patterns((*own, *further))),)
